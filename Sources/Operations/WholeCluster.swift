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
    guard let entry = nodes.first else { return "nowhere" }
    return try await run("Wait for the service", on: entry, "wait-service", PackageResources.wait_service_sh, ["LIMIT": "\(limit)"])
  }

  /// `node` goes on without `other`, which is off. `confirmed`: a person says so, not a device.
  package func startAlone(_ node: NodeName, without other: NodeName, confirmed: Bool, limit: Int) async throws -> Place {
    try await run(
      "Start \(node) without \(other)", on: node, "start-alone", PackageResources.start_alone_sh,
      ["OTHER": Text(other.description), "CONFIRM": confirmed ? "yes" : "", "LIMIT": "\(limit)"])
  }
}
