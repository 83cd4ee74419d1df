import Apply
import ArgumentParser
import Core
import Operations
import Transport

/// What the verbs on a running cluster share.
struct OperationOptions: ParsableArguments {
  @OptionGroup var spec: SpecOptions
  @Option(help: ArgumentHelp("Give up waiting after this many seconds; what was asked for stays asked for.", valueName: "seconds"))
  var timeout = 900
  @Flag(help: "For programs: one JSON object.") var json = false

  /// Runs a verb through the first node whose Pacemaker answers, and says where the service runs then. Holds the locks of the
  /// nodes that answer meanwhile.
  func perform(_ label: String, _ verb: @escaping @Sendable (Verbs, NodeName) async throws -> Verbs.Place) async throws {
    let session = try Session(spec)
    let (entry, answering) = try await withProgress("looking for the cluster") { _ in
      try await entrance(of: session.nodes, through: session.door)
    }
    try await locked(answering, session) { try await report(label, session) { try await verb($0, entry) } }
  }

  /// Runs `body` with the locks of `nodes`: no other operator's verb or apply runs there at the same time.
  func locked<Value: Sendable>(
    _ nodes: [NodeName], _ session: Session, _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    try await withLocks(of: nodes, through: session.door, body)
  }

  /// Runs a verb and says where the service runs then, and how long it took.
  func report(_ label: String, _ session: Session, _ verb: @escaping @Sendable (Verbs) async throws -> Verbs.Place) async throws {
    let start = ContinuousClock.now
    let place = try await withProgress(label) { progress in
      try await verb(Verbs(door: session.door) { await progress.phase("\(label): \($0)") })
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    if json {
      try printJSON(Result(service: place.node?.description, seconds: seconds))
    } else {
      Terminal.output.write(
        "The service runs \(place.node == nil ? "" : "on ")\(Terminal.output.style(place.description, .bold)).  "
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
