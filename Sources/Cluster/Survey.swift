import Core
import Transport

/// Asks every node everything, side by side, in one round trip each. Throws all nodes that could not be asked at once.
package func survey(_ spec: ClusterSpec, asking door: any Asking) async throws -> [NodeName: NodeFacts] {
  try await onAll(spec.nodes.map(\.name)) { node in
    let answers = try await door.ask(spec.questions(for: node), of: node)
    do {
      return try NodeFacts(answers)
    } catch {
      throw NodeFailure(node, "\(error)", hint: "This is a defect of pmm-ha, or a tool there is newer than it knows: please report it.")
    }
  }
}
