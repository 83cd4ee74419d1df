import Apply
import ArgumentParser
import Cluster
import Core
import Fencing
import Operations
import Transport

/// `pmm-ha stop`
struct StopCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop", abstract: "Stop the whole cluster in order, for maintenance of both nodes.",
    discussion: "PMM stops, then Pacemaker and Corosync on both nodes. They start at the next boot, or by: pmm-ha start")

  @OptionGroup var spec: SpecOptions
  @Flag(name: .shortAndLong, help: "Do not ask.") var yes = false

  func run() async throws {
    let session = try Session(spec)
    let status = try await withProgress("looking at the cluster") { _ in
      try await clusterStatus(of: session.nodes, through: session.door, url: nil)
    }
    guard status.state != nil else {
      Terminal.output.write("Nothing to do: the cluster does not run.\n")
      return
    }
    guard yes || confirmed("This stops PMM and the cluster '\(session.cluster.name)' on both nodes.", expected: session.cluster.name) else {
      throw Refusal("Nothing was changed. To go on without a question: --yes")
    }
    let active = session.nodes.first { $0.description == status.service.node }
    try await withProgress("stopping \(session.nodes.map(\.description).joined(separator: " and "))") { _ in
      try await withLocks(of: session.nodes, through: session.door) { [door = session.door, nodes = session.nodes] in
        try await Verbs(door: door).stop(nodes, active: active)
      }
    }
    Terminal.output.write("PMM and the cluster are stopped. To start them: pmm-ha start\n")
  }
}

/// `pmm-ha start`
struct StartCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "start", abstract: "Start the whole cluster and wait for the service; or one node alone, where the other is off for good.",
    discussion: """
      After both nodes were off they must meet once before either runs the service, for each could be the one with the \
      older view. With --alone a node no longer waits for the other: only when its fencing device says that it is off, or, \
      where no device answers, when you type that it is.
      """)

  @Option(help: ArgumentHelp("Start this node without the other one.", valueName: "node")) var alone: NodeName?
  @OptionGroup var options: OperationOptions

  func run() async throws {
    let session = try Session(options.spec)
    guard let alone else {
      return try await options.locked(session.nodes, session) { [options] in
        try await options.report("starting the cluster", session) { try await $0.start(session.nodes, limit: options.timeout) }
      }
    }
    guard session.nodes.contains(alone), let other = session.nodes.first(where: { $0 != alone }) else {
      throw Refusal("The spec has no node \(alone); it has \(session.nodes.map(\.description).joined(separator: " and ")).")
    }
    let off = try await options.locked([alone], session) { [options] in
      let power = try await withProgress("asking whether \(other) is off") { _ in
        try await session.door.ask(session.cluster.fencing.powerQuestion(of: other), of: alone)
      }
      let off = try await proveOff(other, of: session.cluster, power: power, from: alone, through: session.door) { power in
        try askPerson(other, power)
      }
      try await options.report("starting \(alone) without \(other)", session) { verbs in
        try await verbs.startAlone(alone, without: off, limit: options.timeout)
      }
      return off
    }
    Terminal.errors.write(
      off.isPersonsWord
        ? "The service cannot fail over until \(other) is back; it joins by itself when it boots.\n"
        : "Pacemaker fences \(other) before it starts anything: it is powered on again if its power supply works, and joins.\n")
  }
}

/// Asks at the terminal whether `node` is off. Throws where nobody says so.
func askPerson(_ node: NodeName, _ power: PowerState) throws -> PersonsWord {
  if case .unknown(let why) = power {
    Terminal.errors.write(
      "No fencing device tells whether \(node) is off (\(why)).\nIf it runs and this goes on, two nodes may write to the disk and destroy PMM's data.\n"
    )
  }
  guard confirmed("Look at the machine itself.", expected: "\(node) is off"), let word = PersonsWord("\(node) is off", that: node) else {
    throw Refusal("Nothing was changed: it is not proven that \(node) is off. This needs a terminal, where you type it.")
  }
  return word
}
