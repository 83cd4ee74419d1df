import Core
import Transport

/// The cluster's status: the first good view, with what the others add if they answer soon after it. A dead node is
/// not waited for. `url`: PMM's readiness through the virtual IP, nil to leave it unasked.
package func clusterStatus(of nodes: [NodeName], through door: any Asking, url: String?) async throws -> ClusterStatus {
  let question = ClusterStatus.question(url: url)
  return try await withThrowingTaskGroup(of: Swift.Result<ClusterStatus, any Error>?.self) { group in
    for node in nodes {
      group.addTask {
        do { return .success(try await door.ask(question, of: node)) } catch { return .failure(error) }
      }
    }
    var views: [ClusterStatus] = []
    var failures: [any Error] = []
    var isWaiting = true
    while isWaiting, views.count + failures.count < nodes.count, let next = try await group.next() {
      switch next {
      case .success(let view):
        views.append(view)
        if view.state != nil {
          group.addTask {
            try? await Task.sleep(for: .milliseconds(200))
            return nil
          }
        }
      case .failure(let error): failures.append(error)
      case nil: isWaiting = false
      }
    }
    group.cancelAll()
    guard let status = ClusterStatus(merging: views) else { throw NoNodeAnswers(failures: failures) }
    return status
  }
}
