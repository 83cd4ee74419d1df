import Apply
import ArgumentParser
import Cluster
import Core
import Fencing
import Operations

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
      try await Executor.locked(session.nodes, through: session.door) { [door = session.door, nodes = session.nodes] in
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
    guard let alone else {
      return try await options.performOnNodes("starting the cluster") { [options] verbs, nodes in
        try await verbs.start(nodes, limit: options.timeout)
      }
    }
    let session = try Session(options.spec)
    guard session.nodes.contains(alone), let other = session.nodes.first(where: { $0 != alone }) else {
      throw Refusal("The spec has no node \(alone); it has \(session.nodes.map(\.description).joined(separator: " and ")).")
    }
    let power = try await withProgress("asking whether \(other) is off") { _ in
      try await session.door.ask(session.cluster.fencing.powerQuestion(of: other), of: alone)
    }
    if case .unknown = power, (try? await session.door.ask(ClusterStatus.question(url: nil), of: other)) != nil {
      throw Refusal("Nothing was changed: \(other) answers by ssh, so it is not off. Start the cluster there, too: pmm-ha start")
    }
    let byHand = try proveOff(other, power)
    try await options.performOnNodes("starting \(alone) without \(other)") { [options] verbs, _ in
      try await verbs.startAlone(alone, without: other, confirmed: byHand, limit: options.timeout)
    }
    Terminal.errors.write(
      byHand
        ? "The service cannot fail over until \(other) is back; it joins by itself when it boots.\n"
        : "Pacemaker fences \(other) before it starts anything: it is powered on again if its power supply works, and joins.\n")
  }
}

/// That `node` is off, for certain: throws where it is not so. True when it is a person's word.
func proveOff(_ node: NodeName, _ power: PowerState) throws -> Bool {
  switch power {
  case .off: return false
  case .on:
    throw Refusal(
      "Nothing was changed: the fencing device of \(node) says that it is on. Start its cluster (pmm-ha start), or power it off for certain, by its BMC or its plug, and run this again."
    )
  case .unknown(let why):
    Terminal.errors.write(
      "No fencing device tells whether \(node) is off (\(why)).\nIf it runs and this goes on, two nodes may write to the disk and destroy PMM's data.\n"
    )
    guard confirmed("Look at the machine itself.", expected: "\(node) is off") else {
      throw Refusal("Nothing was changed: it is not proven that \(node) is off. This needs a terminal, where you type it.")
    }
    return true
  }
}
