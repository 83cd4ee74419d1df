import Cluster
import Core
import Corosync
import Fencing
import Pacemaker
import Transport

// A node that is gone for good.

/// How the cluster sees a node that is said to be dead.
package struct LostNode: Sendable, Equatable {
  /// The node through which the cluster is spoken to.
  package let entry: NodeName
  /// Lost, and not fenced: until it is known to be off, nothing of what it ran is started elsewhere.
  package let isUnclean: Bool
  /// What its fencing devices say.
  package let power: PowerState
}

/// Throws where `node` is no lost node: who is in the cluster is not replaced or forgotten.
package func lookAtLost(_ node: NodeName, of spec: ClusterSpec, through door: any Asking) async throws -> LostNode {
  let others = spec.nodes.map(\.name).filter { $0 != node }
  let entry = try await entryNode(of: others, through: door)
  let (status, power) = try await door.ask(ClusterStatus.question(url: nil), spec.fencing.powerQuestion(of: node), of: entry)
  let seen = status.state?.nodes.first { $0.name == node.description }
  if let seen, seen.online || seen.pending {
    throw NodeFailure(
      node, "it is in the cluster, as \(entry) sees it: it is not dead",
      hint:
        "to take a living node out: pmm-ha standby \(node), then stop its cluster (systemctl stop pacemaker corosync on it) and run this again"
    )
  }
  return LostNode(entry: entry, isUnclean: seen?.unclean ?? false, power: power)
}

extension Verbs {
  /// Pacemaker is told that `other`, which it could not fence, is off. Only with proof.
  package func confirmOff(_ other: NodeName, through entry: NodeName, limit: Int) async throws -> Place {
    try await run(
      "Tell Pacemaker that \(other) is off", on: entry, "confirm-off", PackageResources.confirm_off_sh,
      ["OTHER": Text(other.description), "LIMIT": "\(limit)"])
  }

  /// Takes a dead node out of corosync.conf and of Pacemaker's memory.
  package func forget(_ other: NodeName, through entry: NodeName) async throws -> Place {
    let facts = try await door.ask(CorosyncFacts.question, of: entry)
    guard let conf = facts.conf else {
      throw NodeFailure(entry, "it has no corosync.conf that can be read", hint: "look at /etc/corosync/corosync.conf there")
    }
    let write = facts.file.step(
      entry, "Operations", path: "/etc/corosync/corosync.conf", Text(conf.without(other).description))
    let forget = Step(
      entry, "Operations", .cluster, "Forget \(other)", because: "asked",
      .run(
        Script("forget-node", PackageResources.wait_sh + PackageResources.forget_node_sh, ["OTHER": Text(other.description)])
          .adding(["SERVICE": Text(service)])))
    let said = try await door.perform([write, forget].compactMap { $0 }, on: entry) { _ in }
    return said.split(separator: "\n").last.map(String.init) ?? "nowhere"
  }
}
