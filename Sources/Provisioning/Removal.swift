import Core
import FoundationEssentials
import Yams

/// What of a stack would go, and what of it stays.
package struct RemovalPlan: Sendable, Encodable {
  package let stack: String
  package let id: String
  package let region: String
  package let account: String
  /// It is being deleted already: only the end is left to wait for.
  package let isUnderWay: Bool
  package let resources: [StackResource]

  /// What is lost with the data in it.
  package var destroyed: [StackResource] { resources.filter { $0.holds != nil && $0.policy == .delete } }
}

/// A thing that a stack has made.
package struct StackResource: Sendable, Equatable, Encodable {
  package let logicalID: String
  package let physicalID: String
  package let type: String
  package let policy: DeletionPolicy
  package let holds: DataHolder?

  /// What becomes of a resource when its stack is deleted, by the template.
  package enum DeletionPolicy: String, Sendable, Codable {
    case delete = "Delete"
    case retain = "Retain"
    case retainExceptOnCreate = "RetainExceptOnCreate"
    case snapshot = "Snapshot"

    package var stays: Bool { self == .retain || self == .retainExceptOnCreate }
  }
}

/// Deletes a stack.
package struct Removal: Sendable {
  let cli: AWSCLI
  let name: String
  let pause: Duration
  private static let service = "cloudformation"

  package init(_ cli: AWSCLI, stack name: String, pause: Duration = .seconds(2)) {
    self.cli = cli
    self.name = name
    self.pause = pause
  }

  private struct Resources: Decodable, Sendable {
    let stackResourceSummaries: [Summary]
    struct Summary: Decodable, Sendable {
      let logicalResourceId: String
      let physicalResourceId: String?
      let resourceType: String
      let resourceStatus: StackStatus
    }
  }

  /// What would go; nil where there is no such stack.
  package func plan() async throws -> RemovalPlan? {
    guard let stack = try await cli.stack(name) else { return nil }
    if stack.enableTerminationProtection == true {
      throw StackFailure(
        "The stack \(name) is protected from being deleted",
        "end that: aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name \(name)")
    }
    if stack.stackStatus.isUnderWay, stack.stackStatus.rawValue != "DELETE_IN_PROGRESS" {
      throw StackFailure(
        "The stack \(name) is \(stack.stackStatus)", "wait for its end: aws cloudformation describe-stacks --stack-name \(name)")
    }
    let request = StackDescription.Request(stackName: stack.stackId)
    async let template: TemplateBody =
      stack.stackStatus.isEmpty ? TemplateBody(policies: [:]) : cli.call(Self.service, "get-template", request)
    let listed: Resources = try await cli.call(Self.service, "list-stack-resources", request)
    let policies = try await template.policies
    let identity = StackIdentity(stack.stackId)
    return RemovalPlan(
      stack: stack.stackName, id: stack.stackId, region: identity.region, account: identity.account,
      isUnderWay: stack.stackStatus.isUnderWay,
      resources: listed.stackResourceSummaries.filter { !$0.resourceStatus.isDeleted }.map {
        StackResource(
          logicalID: $0.logicalResourceId, physicalID: $0.physicalResourceId ?? "", type: $0.resourceType,
          // What the template does not say is deleted: that is CloudFormation's way, and the careful guess.
          policy: policies[$0.logicalResourceId].flatMap { StackResource.DeletionPolicy(rawValue: $0) } ?? .delete,
          holds: DataHolder($0.resourceType))
      })
  }

  /// Deletes it, and waits.
  package func carryOut(_ plan: RemovalPlan, _ report: @escaping @Sendable (StackEvent) async -> Void) async throws {
    var watch = StackWatch(cli, plan.id, pause: pause)
    if !plan.isUnderWay {
      try await watch.begin()
      let _: AWSCLI.Nothing = try await cli.call(Self.service, "delete-stack", StackDescription.Request(stackName: plan.id))
    }
    let (status, failures) = try await watch.end(report)
    guard status.isDeleted else {
      let reasons = failures.filter { !$0.isOfStack }.map {
        "  \($0.logicalResourceId) (\($0.resourceType)): \($0.resourceStatusReason ?? $0.resourceStatus.rawValue)"
      }
      throw StackFailure(
        (["The stack \(plan.stack) is \(status)"] + reasons).joined(separator: "\n"),
        "mend what is named, and run down again: it goes on from there")
    }
  }
}

/// A deployed template, of which the deletion policies are of interest here. The CLI gives one in JSON as an object, and
/// one in YAML as text.
struct TemplateBody: Decodable, Sendable {
  let policies: [String: String]

  init(policies: [String: String]) { self.policies = policies }

  private enum CodingKeys: String, CodingKey { case templateBody }
  private struct Body: Decodable {
    let resources: [String: Resource]?
    struct Resource: Decodable { let deletionPolicy: String? }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    if let text = try? container.decode(String.self, forKey: .templateBody) {
      policies = try Self.policies(yaml: text)
    } else {
      policies = try container.decode(Body.self, forKey: .templateBody).resources?.compactMapValues(\.deletionPolicy) ?? [:]
    }
  }

  /// CloudFormation's short tags (`!Ref`) are of no interest: nodes are composed, not constructed.
  static func policies(yaml: String) throws -> [String: String] {
    guard let resources = try Yams.compose(yaml: yaml)?["Resources"]?.mapping else { return [:] }
    return resources.reduce(into: [:]) { result, entry in
      if let name = entry.key.string, let policy = entry.value["DeletionPolicy"]?.string { result[name] = policy }
    }
  }
}
