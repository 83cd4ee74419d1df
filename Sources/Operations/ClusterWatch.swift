import Core
import Pacemaker
import Synchronization
import Transport

/// The cluster's state as it changes, seen from one node: a stream of crm_mon's answers, each read whole or not at all.
package struct ClusterWatch: Sendable {
  let door: any Watching
  /// The node on which crm_mon runs.
  let entry: NodeName

  package init(door: any Watching, entry: NodeName) {
    self.door = door
    self.entry = entry
  }

  /// Waits until `isTrue` for a state that was read whole, and returns that state. A look that failed is no state: it makes
  /// nothing true, and only where it goes on failing it is told.
  ///
  /// - Parameters:
  ///   - what: what is waited for, for the person who waited in vain: "the service to leave pmm1".
  ///   - limit: seconds.
  /// - Throws: `StillWaiting` after `limit`; `NodeFailure` where the node can no longer be asked.
  package func wait(
    for what: String, limit: Int, until isTrue: @escaping @Sendable (ClusterState) -> Bool
  ) async throws -> ClusterState {
    let seen = Seen()
    let mark = "frame-" + String(UInt64.random(in: .min ... .max), radix: 36)
    let script = Script("watch-cluster", PackageResources.watch_cluster_sh, ["MARK": Text(mark)])
    return try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        do {
          try await door.follow(script, on: entry) { line in
            let isReached = seen.frames.withLock { frames in
              guard let state = frames.read(line, mark: mark), isTrue(state) else { return false }
              frames.reached = state
              return true
            }
            if isReached { throw Reached() }
          }
        } catch {
          // Ending the stream is how the body says that it has seen enough.
          guard seen.frames.withLock({ $0.reached != nil }) else { throw error }
          return true
        }
        throw NodeFailure(
          entry, "the look at the cluster ended while it waited for \(what)", hint: "Pacemaker goes on; look: pmm-ha status")
      }
      group.addTask {
        try await Task.sleep(for: .seconds(limit))
        return false
      }
      defer { group.cancelAll() }
      let isReached = try await group.next() ?? false
      let (reached, last) = seen.frames.withLock { ($0.reached, $0.last) }
      if isReached, let reached { return reached }
      throw StillWaiting(what: what, limit: limit, entry: entry, last: last)
    }
  }

  private struct Reached: Error {}

  private final class Seen: Sendable {
    let frames = Mutex(Frames())
  }
}

/// The reader of watch-cluster.sh's frames.
struct Frames: Sendable {
  /// The first state for which the wait was over.
  var reached: ClusterState?
  /// What the last whole frame said.
  private(set) var last: Swift.Result<ClusterState, NoClusterState>?
  private var lines: [String]?

  /// The state that ends with `line`; nil within a frame, between two, and for one that holds no state.
  mutating func read(_ line: String, mark: String) -> ClusterState? {
    guard line.hasPrefix(mark) else {
      lines?.append(line)
      return nil
    }
    guard line.hasPrefix("\(mark) end ") else {
      lines = []
      return nil
    }
    guard let text = lines?.joined(separator: "\n") else { return nil }
    lines = nil
    let status = line.dropFirst("\(mark) end ".count)
    do throws(NoClusterState) {
      let state = try ClusterState(text)
      guard status == "0" else { throw NoClusterState(description: "crm_mon ended with \(status)") }
      last = .success(state)
      return state
    } catch {
      last = .failure(status == "124" ? NoClusterState(description: "crm_mon did not answer in 10 s") : error)
      return nil
    }
  }
}

/// What was waited for has not come. What was asked for stays asked for.
package struct StillWaiting: Error, CustomStringConvertible {
  package let what: String
  /// Seconds.
  package let limit: Int
  let entry: NodeName
  let last: Swift.Result<ClusterState, NoClusterState>?

  package var description: String {
    let reasons: [String] =
      switch last {
      case nil: ["\(entry): crm_mon has not answered once"]
      case .failure(let error): ["\(entry): \(error)"]
      case .success(let state): state.obstacles
      }
    return (reasons + ["after \(limit) s still waiting: \(what). Pacemaker goes on; look: pmm-ha status"]).joined(separator: "\n")
  }
}

extension ClusterState {
  /// What may stand in the way of what is waited for, one line each.
  fileprivate var obstacles: [String] {
    failures.map { "failed: \($0.task) of \($0.resource) on \($0.node): \($0.reason.isEmpty ? $0.status : $0.reason)" }
      + nodes.filter { $0.unclean && !$0.online }.map { "\($0.name) is unclean: its fencing has not succeeded" }
  }
}
