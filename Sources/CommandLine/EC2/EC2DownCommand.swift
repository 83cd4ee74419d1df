import ArgumentParser
import Cluster
import Provisioning

/// `pmm-ha ec2 down`
struct EC2DownCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "down", abstract: "Delete a cluster's infrastructure on EC2: the whole stack.",
    discussion: """
      Through the AWS CLI, with your own rights. Shows what would be deleted, and in red what holds data: PMM's volume, of which \
      a snapshot stays by the template, and the config share's file system, which is lost and wants --allow-destroy with \
      its id. Asks for the stack's name. Interrupted, run it again: it waits for the end.
      """)

  @OptionGroup var options: StackOptions
  @Option(name: [.short, .long], help: ArgumentHelp("A spec, to take the stack's name from.", valueName: "file")) var file: String?

  func run() async throws {
    let name = try options.name(file.map { try LoadedSpec(file: $0).cluster.name } ?? "pmm-ha")
    let removal = Removal(options.cli, stack: name)
    guard let plan = try await withProgress("asking AWS", { _ in try await removal.plan() }) else {
      if options.json {
        try printJSON(RemovedStack(stack: name, removed: nil))
      } else {
        Terminal.output.write("Nothing to do: there is no stack \(name)\(options.region.map { " in \($0)" } ?? "").\n")
      }
      return
    }
    if !options.json { Terminal.output.write(StackText(.output).text(plan)) }
    if !plan.isUnderWay { try consent(plan) }
    try await withProgress(nil) { progress in try await removal.carryOut(plan) { await progress.show($0) } }
    if options.json {
      try printJSON(RemovedStack(stack: name, removed: plan))
    } else {
      Terminal.output.write(StackText(.output).farewell(plan, options.words))
    }
  }

  private func consent(_ plan: RemovalPlan) throws {
    let lacking = plan.destroyed.filter { !options.allowDestroy.contains($0.physicalID) }
    guard lacking.isEmpty else {
      let flags = lacking.map {
        "  --allow-destroy \($0.physicalID)\n      \($0.logicalID) holds \($0.holds?.words ?? "data"), and the template keeps nothing of it"
      }
      throw Refusal("Nothing was deleted: this needs your consent.\n\(flags.joined(separator: "\n"))")
    }
    let question = "This deletes \(counted(plan.resources.count, "resource")) for good, and ends PMM where it runs on them."
    guard options.yes || confirmed(question, expected: plan.stack) else {
      throw Refusal("Nothing was deleted. To go on without a question: --yes")
    }
  }
}

/// How it ended, for programs; `removed` is nil where there was nothing.
private struct RemovedStack: Encodable {
  let stack: String
  let removed: RemovalPlan?
}
