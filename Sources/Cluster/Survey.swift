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

/// Does `body` for all nodes side by side; throws every failure, not the first.
func onAll<Result: Sendable>(
  _ nodes: [NodeName], _ body: @escaping @Sendable (NodeName) async throws -> Result
) async throws -> [NodeName: Result] {
  try await withThrowingTaskGroup(of: (NodeName, Swift.Result<Result, any Error>).self) { group in
    for node in nodes {
      group.addTask {
        do { return (node, .success(try await body(node))) } catch { return (node, .failure(error)) }
      }
    }
    var results: [NodeName: Result] = [:]
    var failures: [any Error] = []
    for try await (node, result) in group {
      switch result {
      case .success(let value): results[node] = value
      case .failure(let error): failures.append(error)
      }
    }
    guard failures.isEmpty else { throw SeveralFailures(failures: failures) }
    return results
  }
}

/// What went wrong on the nodes.
package struct SeveralFailures: Error, CustomStringConvertible {
  package let failures: [any Error]
  package var description: String { failures.map { "\($0)" }.sorted().joined(separator: "\n") }
}
