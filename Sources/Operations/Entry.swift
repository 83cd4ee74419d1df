import Core
import Transport

/// The node through which the cluster is spoken to: the first whose Pacemaker answers. The others may be dead, which
/// is when most of these commands are needed, so nobody waits for them.
package func entryNode(of nodes: [NodeName], through door: any Asking) async throws -> NodeName {
  let question = Question("probe-daemon", PackageResources.probe_daemon_sh)
  return try await first(of: nodes) { node in
    let answer = try await door.ask(question, of: node)
    guard answer.output.contains("running") else {
      throw notRunning(node)
    }
    return node
  }
}

/// The entry node, and the nodes that answer by then or shortly after: whose locks can be held. A dead node has no lock.
package func entrance(of nodes: [NodeName], through door: any Asking) async throws -> (entry: NodeName, answering: [NodeName]) {
  let question = Question("probe-daemon", PackageResources.probe_daemon_sh)
  return try await withThrowingTaskGroup(of: (node: NodeName, answer: Swift.Result<Answer, any Error>)?.self) { group in
    for node in nodes {
      group.addTask {
        do { return (node, .success(try await door.ask(question, of: node))) } catch { return (node, .failure(error)) }
      }
    }
    var entry: NodeName?
    var answering: [NodeName] = []
    var failures: [any Error] = []
    while answering.count + failures.count < nodes.count, let next = try await group.next(), let (node, answer) = next {
      switch answer {
      case .failure(let error): failures.append(error)
      case .success(let answer):
        answering.append(node)
        guard entry == nil, answer.output.contains("running") else { continue }
        entry = node
        group.addTask {
          try? await Task.sleep(for: .milliseconds(300))
          return nil
        }
      }
    }
    group.cancelAll()
    if let entry { return (entry, answering) }
    throw NoNodeAnswers(failures: failures + answering.map(notRunning))
  }
}

private func notRunning(_ node: NodeName) -> NodeFailure {
  NodeFailure(
    node, "Pacemaker does not run there", hint: "start it: pmm-ha apply, or on the node: systemctl start corosync pacemaker",
    reachability: .answered)
}

/// The first good result of asking all nodes side by side; when none is good, all that went wrong.
package func first<Result: Sendable>(
  of nodes: [NodeName], _ ask: @escaping @Sendable (NodeName) async throws -> Result
) async throws -> Result {
  try await withThrowingTaskGroup(of: Result.self) { group in
    for node in nodes { group.addTask { try await ask(node) } }
    var failures: [any Error] = []
    while let result = await group.nextResult() {
      switch result {
      case .success(let value):
        group.cancelAll()
        return value
      case .failure(let error): failures.append(error)
      }
    }
    throw NoNodeAnswers(failures: failures)
  }
}

/// No node could be used.
package struct NoNodeAnswers: Error, CustomStringConvertible {
  package let failures: [any Error]
  package init(failures: [any Error]) { self.failures = failures }
  package var description: String { failures.map { "\($0)" }.sorted().joined(separator: "\n") }
}
