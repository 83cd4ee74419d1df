import Cluster
import Core
import Fencing
import Pacemaker
import Transport

/// A node that the cluster shows as lost, by answers that were read.
package struct LostNode: Sendable, Equatable {
  package let node: NodeName
  /// The node through which the cluster is spoken to.
  package let entry: NodeName
  /// Pacemaker knows it: it is shown as offline. Else crm_mon and crm_node have both answered, and neither names it as a member.
  package let isListed: Bool
  /// Lost, and not fenced: until it is known to be off, nothing of what it ran is started elsewhere.
  package let isUnclean: Bool
  /// What its fencing devices say.
  package let power: PowerState

  /// Throws unless `status` and `membership`, both of `entry`, show `node` as lost: a state that could not be read, a tool
  /// that did not answer and a node that is missing from one list only show nothing.
  init(_ node: NodeName, from entry: NodeName, _ status: ClusterStatus, _ membership: Membership, power: PowerState) throws(NodeFailure) {
    func unknown(_ what: String) -> NodeFailure {
      NodeFailure(
        entry, "\(what), so it is not known whether \(node) is lost: nothing was changed",
        hint: "look there: crm_mon -1, corosync-quorumtool -l, crm_node -l; when they answer, run this again")
    }
    func alive(_ how: String) -> NodeFailure {
      NodeFailure(
        node, "it is in the cluster, \(how): it is not dead",
        hint:
          "to take a living node out: pmm-ha standby \(node), then stop its cluster (systemctl stop pacemaker corosync on it) and run this again"
      )
    }
    guard let state = status.state else { throw unknown(status.findings.first?.message ?? "crm_mon did not answer") }
    let seen = state.nodes.first { $0.name == node.description }
    if let seen, seen.online || seen.pending { throw alive("as \(entry) sees it") }
    switch membership.others {
    case .no: break
    case .yes(let others): throw alive("for Corosync on \(entry) is not alone: \(others.joined(separator: ", ")) is a member")
    case .unknown(let why): throw unknown("\(why)")
    }
    if seen == nil {
      // A crm_mon that leaves a node out is one witness, and Pacemaker's membership cache is another one.
      guard let known = membership.known.value else {
        throw unknown(membership.known.unknown.map { "\($0)" } ?? "crm_node -l did not answer")
      }
      guard !known.contains(node.description) else { throw unknown("crm_mon does not name \(node), and crm_node -l does") }
    }
    self.node = node
    self.entry = entry
    self.power = power
    isListed = seen != nil
    isUnclean = seen?.unclean ?? false
  }
}

/// Looks at `node` from `entry`, a node whose Pacemaker runs. Throws unless it is shown as lost: a node that is in the cluster is
/// not replaced or forgotten.
package func lookAtLost(
  _ node: NodeName, of spec: ClusterSpec, from entry: NodeName, through door: any Asking
) async throws -> LostNode {
  let (status, membership, power) = try await door.ask(
    ClusterStatus.question(url: nil), Membership.question, spec.fencing.powerQuestion(of: node), of: entry)
  return try LostNode(node, from: entry, status, membership, power: power)
}

/// Sees to it that a lost node is known to Pacemaker as off. Where it is unclean, Pacemaker is told, with a proof. Throws where
/// that is not certain; nothing was changed then. `person` is asked only where no device tells and the machine is silent.
package func release(
  _ lost: LostNode, of spec: ClusterSpec, through door: any Acting & Watching, person: (PowerState) async throws -> PersonsWord
) async throws -> Proof<Gone> {
  guard lost.isUnclean else {
    var idle: Fact<Bool>?
    if case .on = lost.power {
      do { idle = try await door.ask(Idleness.question, of: lost.node).isIdle } catch {
        idle = .unknown(Unknown("ssh", "\(error)"))
      }
    }
    return try Proof<Gone>(lost, off: nil, idle: idle)
  }
  let off = try await proveOff(lost.node, of: spec, power: lost.power, from: lost.entry, through: door, person: person)
  _ = try await Verbs(door: door).confirm(off, through: lost.entry, limit: 60)
  return try Proof<Gone>(lost, off: off, idle: nil)
}

/// That `node` is off, by its devices or, where none tells and the machine is silent, by a person's word.
package func proveOff(
  _ node: NodeName, of spec: ClusterSpec, power: PowerState, from entry: NodeName?, through door: any Asking,
  person: (PowerState) async throws -> PersonsWord
) async throws -> Proof<Off> {
  guard case .unknown = power, let machine = spec.nodes.first(where: { $0.name == node }) else {
    return try Proof<Off>(node, by: power)
  }
  let reach = await reach(machine, from: entry, through: door)
  try refuseAlive(node, power: power, reach: reach)
  return try await Proof<Off>(node, by: person(power), power: power, reach: reach)
}
