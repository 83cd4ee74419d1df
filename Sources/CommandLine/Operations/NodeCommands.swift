import Apply
import ArgumentParser
import Cluster
import Core
import Operations
import Transport

/// `pmm-ha node`
struct NodeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "node", abstract: "Replace a dead node, or forget it.", subcommands: [NodeReplace.self, NodeForget.self])
}

/// `pmm-ha node replace`
struct NodeReplace: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replace", abstract: "Make a new machine the dead node of the same name; the service goes on meanwhile.",
    discussion: """
      Makes sure that the dead node is known to be off, then applies the spec: the new machine gets everything, the other \
      node only what has changed in the spec (the new machine's BMC, say). Its address and BMC are the spec's.
      """)

  @Argument(help: "The dead node, and the new machine's name.") var node: NodeName
  @OptionGroup var options: SpecOptions
  @Flag(name: .shortAndLong, help: "Do not ask.") var yes = false
  @Flag(help: "The service may stop or move.") var allowDisruption = false

  func run() async throws {
    let session = try Session(options)
    let entry = try await entryNode(beside: node, session)
    try await withLocks(of: [entry], through: session.door) { [node] in _ = try await release(node, from: entry, session) }
    let flags = (yes ? ["--yes"] : []) + (allowDisruption ? ["--allow-disruption"] : [])
    // All that is left is what an apply does with any node that has nothing yet.
    try await ApplyCommand.parse(["--file", options.file] + flags).run()
  }
}

/// `pmm-ha node forget`
struct NodeForget: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forget", abstract: "Take a dead node out of the cluster's memory.",
    discussion: "The cluster then has one node and cannot fail over. An apply of a spec with both nodes brings a second one in again.")

  @Argument(help: "The dead node.") var node: NodeName
  @OptionGroup var options: SpecOptions
  @Flag(name: .shortAndLong, help: "Do not ask.") var yes = false

  func run() async throws {
    let session = try Session(options)
    let entry = try await entryNode(beside: node, session)
    let place = try await withLocks(of: [entry], through: session.door) { [node, yes] in
      let gone = try await release(node, from: entry, session)
      guard yes || confirmed("The cluster forgets \(node) and has one node then.", expected: node.description) else {
        throw Refusal("Nothing was changed. To go on without a question: --yes")
      }
      return try await withProgress("forgetting \(node)") { _ in
        try await Verbs(door: session.door).forget(gone, through: entry)
      }
    }
    Terminal.output.write("\(node) is forgotten. The service runs \(place.node.map { "on \($0)" } ?? "nowhere").\n")
    let finding = Finding(
      .danger, at: session.cluster.name, "it has one node: when \(entry) dies, the service is gone",
      hint: "when there is a second machine: pmm-ha apply, with a spec that has both")
    Terminal.output.write(FindingText(finding: finding, terminal: .output).lines.joined(separator: "\n") + "\n")
  }
}

/// The node through which the cluster is spoken to about the lost `node`.
private func entryNode(beside node: NodeName, _ session: Session) async throws -> NodeName {
  guard session.nodes.contains(node) else {
    throw Refusal("The spec has no node \(node); it has \(session.nodes.map(\.description).joined(separator: " and ")).")
  }
  return try await withProgress("looking for \(node)") { _ in
    try await entryNode(of: session.nodes.filter { $0 != node }, through: session.door)
  }
}

/// Sees to it that the lost `node` is gone and known to be off; throws where that is not certain.
private func release(_ node: NodeName, from entry: NodeName, _ session: Session) async throws -> Proof<Gone> {
  let lost = try await withProgress("looking for \(node)") { _ in
    try await lookAtLost(node, of: session.cluster, from: entry, through: session.door)
  }
  return try await Operations.release(lost, of: session.cluster, through: session.door) { try askPerson(node, $0) }
}
