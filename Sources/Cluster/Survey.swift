import Core
import Transport

/// Asks every node everything, side by side, in one round trip each. Throws all nodes that could not be asked at once.
package func survey(_ spec: ClusterSpec, asking door: any Asking) async throws -> [NodeName: NodeFacts] {
  try await onAll(spec.nodes.map(\.name)) { node in
    do {
      return try await spec.facts(of: node, asking: door)
    } catch let unreadable as UnreadableAnswer {
      throw NodeFailure(
        node, "\(unreadable)", hint: "This is a defect of pmm-ha, or a tool there is newer than it knows: please report it.")
    }
  }
}
