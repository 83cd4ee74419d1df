import Core

/// Does `body` for all nodes side by side; throws every failure, not the first.
package func onAll<Result: Sendable>(
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
  package init(failures: [any Error]) { self.failures = failures }
  package var description: String { failures.map { "\($0)" }.sorted().joined(separator: "\n") }
}
