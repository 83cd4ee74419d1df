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
    guard let machine = session.cluster.nodes.first(where: { $0.name == node }) else {
      throw Refusal("There is no node '\(node)'. The nodes are \(session.nodes.map(\.description).joined(separator: " and ")).")
    }
    if let yes, yes != node { throw Refusal("--yes names \(yes), not \(node): nothing was confirmed.") }
    let entry = try await withProgress("looking for the cluster") { [node] _ in
      try await entryNode(of: session.nodes.filter { $0 != node }, through: session.door)
    }
    try await options.locked([entry], session) { try await confirm(machine, from: entry, session) }
  }

  private func confirm(_ machine: NodeSpec, from entry: NodeName, _ session: Session) async throws {
    let (power, reach) = try await withProgress("looking for \(node)") { [node] _ -> (PowerState, Reach) in
      async let seen = Operations.reach(machine, from: entry, through: session.door)
      return (try await session.door.ask(session.cluster.fencing.powerQuestion(of: node), of: entry), await seen)
    }
    try refuseAlive(node, power: power, reach: reach)
    let warning = Terminal.errors.style("If \(node) is not off, both nodes will write to one disk, and PMM's data is gone.", .alarm)
    guard yes == node || confirmed("\(warning)\nSee that it has no power.", expected: node.description),
      let word = PersonsWord(node.description, that: node)
    else {
      throw Refusal("Nothing was confirmed. Without a question: --yes \(node)")
    }
    let off: Proof<Off>
    if case .off = power {
      off = try Proof<Off>(node, by: power)
    } else {
      off = try Proof<Off>(node, by: word, power: power, reach: reach)
    }
    try await options.report("confirming that \(node) is off", session) { [options] in
      try await $0.confirm(off, through: entry, limit: options.timeout)
    }
  }
}
