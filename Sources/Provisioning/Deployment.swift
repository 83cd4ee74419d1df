import Core
import EC2

/// What is wanted of a stack.
package struct StackWish: Sendable {
  /// The stack's name.
  package var name: String
  /// As AWS takes it.
  package var template: String
  /// What the template asks for, and what of it has a default.
  package var parameters: [TemplateParameter]
  /// Values that were given.
  package var values: [String: String]

  package init(name: String, template: String, parameters: [TemplateParameter], values: [String: String]) {
    self.name = name
    self.template = template
    self.parameters = parameters
    self.values = values
  }
}

/// A parameter of a template.
package struct TemplateParameter: Sendable, Equatable {
  package let key: String
  package let words: String
  package let hasDefault: Bool

  package static func all(of template: Document) -> [TemplateParameter] {
    guard case .object(let members)? = template["Parameters"] else { return [] }
    return members.map {
      TemplateParameter(key: $0.key, words: $0.value["Description"]?.text ?? "", hasDefault: $0.value["Default"] != nil)
    }
  }
}

/// A stack and what would be done to it; nothing has been yet.
package struct DeploymentPlan: Sendable, Encodable {
  package let stack: String
  package let id: String
  package let region: String
  package let account: String
  /// It is not there yet.
  package let isNew: Bool
  package let changes: [StackChange]
  /// The empty stack to which the change set belongs came with it.
  let isMadeHere: Bool

  private enum CodingKeys: String, CodingKey { case stack, id, region, account, isNew, changes }

  init(_ name: String, _ id: String, isNew: Bool, _ changes: [StackChange], isMadeHere: Bool = false) {
    let identity = StackIdentity(id)
    (stack, self.id, region, account) = (name, id, identity.region, identity.account)
    (self.isNew, self.changes, self.isMadeHere) = (isNew, changes, isMadeHere)
  }

  package var destroyed: [StackChange] { changes.filter(\.destroys) }
  package var disrupting: [StackChange] { isNew ? [] : changes.filter(\.disrupts) }
}

/// How a deployment ended.
package struct DeployedStack: Sendable, Encodable {
  package let id: String
  package let status: StackStatus
  package let outputs: [Output]

  package struct Output: Sendable, Encodable {
    package let key: String
    package let value: String
  }
}

/// Makes a stack, or changes one, through change sets: what would be done is AWS's own word.
package struct Deployment: Sendable {
  let cli: AWSCLI
  let wish: StackWish
  let pause: Duration
  /// Of this run: another's change set is left alone.
  private let changeSetName = "pmm-ha-\(UInt64.random(in: .min ... .max))"
  private static let service = "cloudformation"

  package init(_ cli: AWSCLI, _ wish: StackWish, pause: Duration = .seconds(2)) {
    self.cli = cli
    self.wish = wish
    self.pause = pause
  }

  private struct Validation: Encodable, Sendable { let templateBody: String }

  /// What would be done. What an earlier run has begun is waited for first. The change set that this makes stays until
  /// `carryOut` or `abandon`.
  package func plan(_ report: @escaping @Sendable (StackEvent) async -> Void) async throws -> DeploymentPlan {
    async let valid: AWSCLI.Nothing = cli.call(Self.service, "validate-template", Validation(templateBody: wish.template))
    var stack = try await cli.stack(wish.name)
    _ = try await valid
    if let found = stack, found.stackStatus.isUnderWay {
      var watch = StackWatch(cli, found.stackId, pause: pause)
      _ = try await watch.end(report)
      stack = try await cli.stack(wish.name)
    }
    if let stack, !stack.stackStatus.isWhole, !stack.stackStatus.isEmpty { throw try await unusable(stack) }
    let isNew = stack?.stackStatus.isEmpty ?? true
    let parameters = try parameters(known: isNew ? [] : Set((stack?.parameters ?? []).map(\.parameterKey)))
    let created: ChangeSet.Created
    do {
      created = try await cli.call(
        Self.service, "create-change-set",
        ChangeSet.Request(
          stackName: wish.name, changeSetName: changeSetName, changeSetType: isNew ? "CREATE" : "UPDATE", templateBody: wish.template,
          parameters: parameters, capabilities: ["CAPABILITY_IAM"], description: "made by pmm-ha ec2 up"))
    } catch let failure as AWSFailure where ChangeSet.isVain(failure.message) {
      return DeploymentPlan(wish.name, stack?.stackId ?? "", isNew: false, [])
    }
    var made: ChangeSet = try await cli.call(Self.service, "describe-change-set", name(created.stackId))
    while ["CREATE_PENDING", "CREATE_IN_PROGRESS"].contains(made.status) {
      try await Task.sleep(for: pause)
      made = try await cli.call(Self.service, "describe-change-set", name(created.stackId))
    }
    let plan = DeploymentPlan(
      wish.name, created.stackId, isNew: isNew, (made.changes ?? []).compactMap(\.resourceChange), isMadeHere: stack == nil)
    guard made.status != "CREATE_COMPLETE" else { return plan }
    try await abandon(plan)
    guard made.isVain else {
      throw StackFailure(
        "AWS makes no plan of it: \(made.statusReason ?? made.status)", "correct the template or its parameters, and run it again")
    }
    // Without changes.
    return plan
  }

  /// Does what the plan says.
  package func carryOut(_ plan: DeploymentPlan, _ report: @escaping @Sendable (StackEvent) async -> Void) async throws -> DeployedStack {
    if !plan.changes.isEmpty {
      var watch = StackWatch(cli, plan.id, pause: pause)
      try await watch.begin()
      let _: AWSCLI.Nothing = try await cli.call(Self.service, "execute-change-set", name(plan.id))
      let (status, failures) = try await watch.end(report)
      guard status.isSuccess else { throw ended(plan, status, failures) }
    }
    guard let stack = try await cli.stack(plan.id) else {
      throw StackFailure("The stack \(plan.stack) is gone", "somebody deleted it meanwhile")
    }
    return DeployedStack(
      id: stack.stackId, status: stack.stackStatus,
      outputs: (stack.outputs ?? []).map { .init(key: $0.outputKey, value: $0.outputValue) })
  }

  /// Takes the change set away, and the empty stack that came with it.
  package func abandon(_ plan: DeploymentPlan) async throws {
    let _: AWSCLI.Nothing = try await cli.call(Self.service, "delete-change-set", name(plan.id))
    if plan.isMadeHere, let stack = try await cli.stack(plan.id), stack.stackStatus.isEmpty {
      let _: AWSCLI.Nothing = try await cli.call(Self.service, "delete-stack", StackDescription.Request(stackName: plan.id))
    }
  }

  private func name(_ stack: String) -> ChangeSet.Name { .init(stackName: stack, changeSetName: changeSetName) }

  /// What was given; of a stack that is there, what it has. `known`: the stack's own.
  func parameters(known: Set<String>) throws(StackFailure) -> [ChangeSet.Parameter] {
    let keys = wish.parameters.map(\.key)
    if let stranger = wish.values.keys.sorted().first(where: { !keys.contains($0) }) {
      throw StackFailure("The template has no parameter \(stranger)", "it has \(keys.joined(separator: ", "))")
    }
    let missing = wish.parameters.filter { wish.values[$0.key] == nil && !$0.hasDefault && !known.contains($0.key) }
    guard missing.isEmpty else {
      throw StackFailure(
        "Not enough is known",
        "add:\n" + missing.map { "  --parameter \($0.key)=...   \($0.words)" }.joined(separator: "\n"))
    }
    return wish.parameters.compactMap { parameter in
      if let value = wish.values[parameter.key] { return .init(parameterKey: parameter.key, parameterValue: value) }
      return known.contains(parameter.key) ? .init(parameterKey: parameter.key, usePreviousValue: true) : nil
    }
  }

  private func unusable(_ stack: StackDescription) async throws -> StackFailure {
    let why = stack.stackStatusReason.map { " (\($0))" } ?? ""
    let words = "The stack \(stack.stackName) is \(stack.stackStatus)\(why)"
    return switch stack.stackStatus.rawValue {
    case "UPDATE_ROLLBACK_FAILED":
      StackFailure(words, "mend what it names, then: aws cloudformation continue-update-rollback --stack-name \(stack.stackName)")
    case "DELETE_FAILED":
      StackFailure(words, "delete what it names by hand, then: pmm-ha ec2 down --stack \(stack.stackName)")
    default:
      StackFailure(
        words,
        "it can only be deleted: pmm-ha ec2 down --stack \(stack.stackName); why it failed: aws cloudformation describe-stack-events --stack-name \(stack.stackName)"
      )
    }
  }

  private func ended(_ plan: DeploymentPlan, _ status: StackStatus, _ failures: [StackEvent]) -> StackFailure {
    let reasons = failures.filter { !$0.isOfStack }.map {
      "  \($0.logicalResourceId) (\($0.resourceType)): \($0.resourceStatusReason ?? $0.resourceStatus.rawValue)"
    }
    return StackFailure(
      (["The stack \(plan.stack) is \(status)"] + reasons).joined(separator: "\n"),
      plan.isNew
        ? "AWS took away what it had made. Mend it, then: pmm-ha ec2 down --stack \(plan.stack), and up again"
        : "the stack is as it was before; mend it, and run up again")
  }
}

/// What stands in the way, and what to do.
package struct StackFailure: Error, Equatable, CustomStringConvertible {
  let message: String
  let hint: String
  package var description: String { "\(message).\n  → \(hint)" }

  init(_ message: String, _ hint: String) {
    self.message = message
    self.hint = hint
  }
}
