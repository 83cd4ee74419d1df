import Core
import Transport

/// What attempts to reach a machine have shown: ours by ssh, and, where that leaves it open, those of another node by ping.
package struct Reach: Sendable, Equatable {
  package let reachability: Reachability
  /// What was seen, one clause: "it answers by ssh".
  package let words: String
}

/// Tries to reach `node` from here by ssh, and from `entry`, a node of the same networks, by ping. Neither changes anything.
/// `entry`: nil where no other node can be asked.
package func reach(_ node: NodeSpec, from entry: NodeName?, through door: any Asking) async -> Reach {
  async let seen = pings(node, from: entry, through: door)
  let own: Reach
  do {
    _ = try await door.ask(Question("probe-daemon", PackageResources.probe_daemon_sh), of: node.name)
    own = Reach(reachability: .answered, words: "it answers by ssh")
  } catch let failure as NodeFailure {
    let words = failure.reachability == .refused ? "it refuses ssh's connection (\(failure.message))" : failure.message
    own = Reach(reachability: failure.reachability, words: words)
  } catch {
    own = Reach(reachability: .unknown, words: "\(error)")
  }
  if own.reachability.isAlive { return own }
  let pings = await seen
  if pings.reachability == .answered { return pings }
  // Silence here is silence. Where our own attempt got stuck on the way, the other node's look counts.
  return own.reachability == .silent ? own : pings.reachability == .silent ? pings : own
}

private func pings(_ node: NodeSpec, from entry: NodeName?, through door: any Asking) async -> Reach {
  guard let entry, !node.addresses.isEmpty else { return Reach(reachability: .unknown, words: "no other node was asked") }
  let question = Question("probe-peer", PackageResources.probe_peer_sh, ["ADDRESSES": Text(node.addresses.joined(separator: " "))])
  let lines: [[Substring]]
  do {
    let answer = try await door.ask(question, of: entry)
    lines = answer.output.split(separator: "\n").map { $0.split(separator: " ", maxSplits: 2) }
  } catch {
    return Reach(reachability: .unknown, words: "\(error)")
  }
  if let alive = lines.first(where: { $0.count > 1 && $0[1] == "answers" }) {
    return Reach(reachability: .answered, words: "\(entry) gets answers to ping from its address \(alive[0])")
  }
  let silent = Set(lines.filter { $0.count > 1 && $0[1] == "silent" }.map { String($0[0]) })
  if Set(node.addresses).isSubset(of: silent) {
    return Reach(reachability: .silent, words: "\(entry) gets no answer to ping from \(silent.sorted().joined(separator: ", "))")
  }
  return Reach(reachability: .unknown, words: "\(entry) could not ping it")
}
