import Core

/// Runs `body` with the locks of all `nodes`, helpers among them, taken in one order by everybody so that two operators can't
/// each hold one. Throws `Locked` where somebody else has one, and `LockLost` where one is lost while `body` runs, which is then
/// cancelled.
package func withLocks<Result: Sendable>(
  of nodes: [NodeName], through door: any Acting, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
  guard let first = nodes.min() else { return try await body() }
  let rest = nodes.filter { $0 != first }
  return try await door.locked(first) { try await withLocks(of: rest, through: door, body) }
}

/// The connection that held a node's lock ended while the work ran.
package struct LockLost: Error, Sendable, CustomStringConvertible {
  let node: NodeName
  /// What the work itself said when it was cancelled; nil where it had just ended.
  let reason: String?

  package init(node: NodeName, reason: String? = nil) {
    self.node = node
    self.reason = reason.map(printable)
  }

  package var description: String {
    "\(node): the connection that holds its lock has ended, so the work was stopped: another operator may begin there now. A step that had "
      + "begun goes on to its end on its node. Look at it with 'pmm-ha status', then run the same command again."
      + (reason.map { "\n\($0)".indented(by: "    ") } ?? "")
  }
}
