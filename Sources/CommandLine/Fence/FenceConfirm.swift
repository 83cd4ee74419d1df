import ArgumentParser
import Cluster
import Core
import Fencing
import Operations

/// `pmm-ha fence confirm`
struct FenceConfirm: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "confirm", abstract: "Tell Pacemaker that a lost node is off, when no device can.",
    discussion: """
      Pacemaker then starts its resources elsewhere. If the node is not off, both write to one disk, and PMM's data is \
      gone. Pull its plug first, or see with your own eyes that it has no power.
      """)
  @Argument(help: "The node.") var node: NodeName
  @Option(help: ArgumentHelp("Do not ask: the node is off, by its name.", valueName: "node")) var yes: NodeName?
  @OptionGroup var options: OperationOptions

  func run() async throws {
    let session = try Session(options.spec)
    guard session.nodes.contains(node) else {
      throw Refusal("There is no node '\(node)'. The nodes are \(session.nodes.map(\.description).joined(separator: " and ")).")
    }
    let alive = try await withProgress("looking for \(node)") { [node] _ in await isAlive(node, through: session.door) }
    if alive {
      throw Refusal("\(node) answers by ssh, so it is not off: nothing was confirmed. Power it off, or start its cluster: pmm-ha apply.")
    }
    let power = try await withProgress("asking \(node)'s devices") { [node] _ in
      let entry = try await entryNode(of: session.nodes.filter { $0 != node }, through: session.door)
      return try await session.door.ask(session.cluster.fencing.powerQuestion(of: node), of: entry)
    }
    if power == .on { throw Refusal("A device of \(node)'s says that it is on: nothing was confirmed. See: pmm-ha fence test \(node)") }
    if let yes, yes != node { throw Refusal("--yes names \(yes), not \(node): nothing was confirmed.") }
    let warning = Terminal.errors.style(
      "If \(node) is not off, both nodes will write to one disk, and PMM's data is gone.", .alarm)
    guard yes == node || confirmed("\(warning)\nSee that it has no power.", expected: node.description) else {
      throw Refusal("Nothing was confirmed. Without a question: --yes \(node)")
    }
    try await options.perform("confirming that \(node) is off") { [node, options] in
      try await $0.confirm(node, through: $1, limit: options.timeout)
    }
  }
}
