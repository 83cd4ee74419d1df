import ArgumentParser
import Core
import Operations

/// What the verbs on a running cluster share.
struct OperationOptions: ParsableArguments {
  @OptionGroup var spec: SpecOptions
  @Option(help: ArgumentHelp("Give up waiting after this many seconds; what was asked for stays asked for.", valueName: "seconds"))
  var timeout = 900
  @Flag(help: "For programs: one JSON object.") var json = false

  /// Runs a verb through the first node whose Pacemaker answers, and says where the service runs then.
  func perform(_ label: String, _ verb: @escaping @Sendable (Verbs, NodeName) async throws -> Verbs.Place) async throws {
    let session = try Session(spec)
    try await report(label, session) { verbs, nodes in try await verb(verbs, entryNode(of: nodes, through: session.door)) }
  }

  /// Runs a verb that needs no running cluster.
  func performOnNodes(_ label: String, _ verb: @escaping @Sendable (Verbs, [NodeName]) async throws -> Verbs.Place) async throws {
    try await report(label, Session(spec), verb)
  }

  private func report(
    _ label: String, _ session: Session, _ verb: @escaping @Sendable (Verbs, [NodeName]) async throws -> Verbs.Place
  ) async throws {
    let start = ContinuousClock.now
    let place = try await withProgress(label) { _ in try await verb(Verbs(door: session.door), session.nodes) }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    if json {
      try printJSON(Result(service: place == "nowhere" ? nil : place, seconds: seconds))
    } else {
      Terminal.output.write(
        "The service runs \(place == "nowhere" ? "" : "on ")\(Terminal.output.style(place, .bold)).  "
          + "\(Terminal.output.style(seconds.seconds, .dim))\n")
    }
  }

  private struct Result: Encodable {
    /// Where it runs; nil: nowhere.
    let service: String?
    let seconds: Double
  }
}

/// `pmm-ha standby`
struct StandbyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "standby", abstract: "Take a node out of service: what runs there moves to the other node.")
  @Argument(help: "The node.") var node: NodeName
  @OptionGroup var options: OperationOptions

  func run() async throws {
    try await options.perform("putting \(node) into standby") { [node, options] in
      try await $0.standby(node, through: $1, limit: options.timeout)
    }
  }
}

/// `pmm-ha unstandby`
struct UnstandbyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "unstandby", abstract: "Let a node take the service again.")
  @Argument(help: "The node.") var node: NodeName
  @OptionGroup var options: OperationOptions

  func run() async throws {
    try await options.perform("taking \(node) out of standby") { [node, options] in
      try await $0.unstandby(node, through: $1, limit: options.timeout)
    }
  }
}

/// `pmm-ha move`
struct MoveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "move", abstract: "Move the service to the other node, leaving no constraint behind.")
  @Argument(help: "Where to; without it, the node that does not run it.") var node: NodeName?
  @OptionGroup var options: OperationOptions

  func run() async throws {
    try await options.perform("moving the service") { [node, options] in try await $0.move(to: node, through: $1, limit: options.timeout) }
  }
}

/// `pmm-ha cleanup`
struct CleanupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cleanup", abstract: "Forget failed actions, so that Pacemaker tries again.")
  @Argument(help: "A resource; without it, all.") var resource: String?
  @Flag(help: "Forget failed fencing actions, too.") var fencing = false
  @OptionGroup var options: OperationOptions

  func run() async throws {
    try await options.perform("cleaning up") { [resource, fencing, options] in
      try await $0.cleanup(resource, fencing: fencing, through: $1, limit: options.timeout)
    }
  }
}

extension NodeName: ExpressibleByArgument {
  package init?(argument: String) { try? self.init(argument) }
}
