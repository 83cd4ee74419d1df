import Core
import Transport

// The whole cluster at once: stopped for maintenance, started again, and started where only one node is left.

extension Verbs {
  /// Stops the cluster on `nodes`, one after the other: the active one last, so that the service stops once and moves
  /// nowhere. It starts again at the next boot.
  package func stop(_ nodes: [NodeName], active: NodeName?) async throws {
    for node in nodes.filter({ $0 != active }) + nodes.filter({ $0 == active }) {
      let step = Step(
        node, "Operations", .quiesce, "Stop the cluster on \(node)", because: "asked",
        .run(Script("stop-node", PackageResources.stop_node_sh)),
        effects: [.disrupts("PMM stops")], limit: 900)
      try await door.perform([step], on: node) { _ in }
    }
  }

  /// Starts the cluster on all nodes, side by side, and waits for the service.
  package func start(_ nodes: [NodeName], limit: Int) async throws -> Place {
    let door = door
    _ = try await onAll(nodes) { node in
      let step = Step(
        node, "Operations", .start, "Start the cluster on \(node)", because: "asked",
        .run(Script("start-node", PackageResources.start_node_sh)))
      return try await door.perform([step], on: node) { _ in }
    }
    guard let entry = nodes.first else { return .nowhere }
    return try await wait(on: entry, for: "the service to be started", limit: limit) { $0.active($1) != nil && !$0.isBusy }
  }

  /// `node` goes on without the other node, which is off. Where a device says so, Pacemaker fences it once more before it starts
  /// anything; where a person says so, no device could, and Pacemaker is told.
  package func startAlone(_ node: NodeName, without off: Proof<Off>, limit: Int) async throws -> Place {
    try await act(
      "Start \(node) without \(off.node)", on: node, "start-alone", PackageResources.last_look_sh + PackageResources.start_alone_sh,
      ["OTHER": Text(off.node.description), "CONFIRM": off.isPersonsWord ? "yes" : ""], because: off.evidence)
    // Not only there: Pacemaker fences the other node, which may be back, and be given the service, before it is started here.
    return try await wait(on: node, for: "the service to be started", limit: limit) { $0.active($1) != nil }
  }
}
