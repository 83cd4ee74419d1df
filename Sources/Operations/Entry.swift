import Core
import Transport

/// The node through which the cluster is spoken to: the first whose Pacemaker answers. The others may be dead, which
/// is when most of these commands are needed, so nobody waits for them.
package func entryNode(of nodes: [NodeName], through door: any Asking) async throws -> NodeName {
  let question = Question("probe-daemon", PackageResources.probe_daemon_sh)
  return try await first(of: nodes) { node in
    let answer = try await door.ask(question, of: node)
    guard answer.output.contains("running") else {
      throw NodeFailure(
        node, "Pacemaker does not run there", hint: "start it: pmm-ha apply, or on the node: systemctl start corosync pacemaker")
    }
    return node
  }
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

/// Whether a machine is there: it answers by ssh, or at least refuses us. Only silence says that it may be off.
package func isAlive(_ node: NodeName, through door: any Asking) async -> Bool {
  do {
    _ = try await door.ask(Question("probe-daemon", PackageResources.probe_daemon_sh), of: node)
    return true
  } catch let failure as NodeFailure {
    return !failure.message.hasPrefix("not reachable by ssh")
  } catch {
    return true
  }
}
