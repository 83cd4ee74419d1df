import ArgumentParser
import EC2
import Glibc
import Provisioning

/// `pmm-ha ec2 up`
struct EC2UpCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up", abstract: "Make a cluster's infrastructure on EC2, or change it, by its CloudFormation template.",
    discussion: """
      Through the AWS CLI, with your own rights. Shows what CloudFormation would do (a change set) and asks; then does it, \
      and prints what init --from-stack makes a spec of. Interrupted anywhere, run it again: it waits for what is under way \
      and does what is left. It costs money from then on.
        pmm-ha ec2 up --region eu-central-1 --parameter ImageId=ami-... --parameter KeyName=ops \
      --parameter AdminNetwork=203.0.113.7/32 --parameter ClientNetwork=10.0.0.0/8
      """)

  @OptionGroup var options: StackOptions
  @OptionGroup var template: StackTemplateOptions
  @Option(
    help: ArgumentHelp("A value that the template asks for; of a stack that is there, only what shall change.", valueName: "name=value"))
  var parameter: [String] = []
  @Flag(help: "Nodes may stop.") var allowDisruption = false

  func run() async throws {
    let document = try template.document()
    let deployment = Deployment(
      options.cli,
      StackWish(
        name: try options.name(template.template().cluster), template: document.yaml, parameters: TemplateParameter.all(of: document),
        values: try values()))
    let plan = try await withProgress("asking AWS") { progress in
      try await deployment.plan { await progress.show($0) }
    }
    do {
      if !options.json { Terminal.output.write(StackText(.output).text(plan)) }
      try consent(plan)
    } catch {
      try? await deployment.abandon(plan)
      throw error
    }
    let start = ContinuousClock.now
    let stack = try await withProgress(nil) { progress in try await deployment.carryOut(plan) { await progress.show($0) } }
    let outcome = StackOutcome(plan: plan, stack: stack, seconds: (ContinuousClock.now - start) / .seconds(1))
    if options.json { try printJSON(outcome) } else { Terminal.output.write(StackText(.output).text(outcome, options.words)) }
  }

  private func consent(_ plan: DeploymentPlan) throws {
    if plan.changes.isEmpty { return }
    var lacking = plan.destroyed.filter { !options.allowDestroy.contains($0.name) }.map { change in
      "  --allow-destroy \(change.name)\n      \(change.logicalResourceId) goes, and with it \(DataHolder.words(change.resourceType))"
    }
    if !allowDisruption, !plan.disrupting.isEmpty {
      lacking.append("  --allow-disruption\n      nodes stop: \(plan.disrupting.map(\.logicalResourceId).joined(separator: ", "))")
    }
    guard lacking.isEmpty else { throw Refusal("Nothing was changed: this needs your consent.\n\(lacking.joined(separator: "\n"))") }
    guard options.yes || confirmed("\(plan.isNew ? "Make" : "Change") the stack \(plan.stack) in \(plan.region)?") else {
      throw Refusal("Nothing was changed. To go on without a question: --yes")
    }
  }

  private func values() throws -> [String: String] {
    try parameter.reduce(into: [:]) { values, text in
      guard let equals = text.firstIndex(of: "=") else { throw ValidationError("'--parameter \(text)' has no '=': write NAME=VALUE.") }
      values[String(text[..<equals])] = String(text[text.index(after: equals)...])
    }
  }
}

/// How it ended, for programs.
struct StackOutcome: Encodable {
  let plan: DeploymentPlan
  let stack: DeployedStack
  let seconds: Double
}
