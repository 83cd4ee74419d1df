import Core
import Fencing
import Transport

// What licenses the acts of an emergency. A step that tells Pacemaker that a node is off, and one that takes a node out of
// the cluster, can only be built with a proof; a proof can only be made here, from answers that were read. No answer, half
// an answer and an answer that nobody can read prove nothing.

/// Evidence for `Claim` about a node.
package struct Proof<Claim>: Sendable {
  package let node: NodeName
  /// What shows it, one clause: "fence_pmm1 says that it is off".
  package let evidence: String
  /// It rests on a person's word; no device has said it.
  package let isPersonsWord: Bool

  fileprivate init(_ node: NodeName, _ evidence: String, isPersonsWord: Bool = false) {
    self.node = node
    self.evidence = evidence
    self.isPersonsWord = isPersonsWord
  }
}

/// The machine has no power, so that it writes to no disk.
package enum Off {}

/// The node is no member of the cluster, nothing of it is left to be recovered, and its machine runs nothing of the cluster.
package enum Gone {}

/// Why a claim is not proven, with what to do.
package struct NotProven: Error, Equatable, CustomStringConvertible {
  package let description: String
  init(_ description: String) { self.description = description }
}

/// What a person typed when asked whether a node is off.
package struct PersonsWord: Sendable, Equatable {
  package let node: NodeName

  /// nil unless the person typed the node's name, or "NODE is off".
  package init?(_ typed: String, that node: NodeName) {
    guard typed == node.description || typed == "\(node) is off" else { return nil }
    self.node = node
  }
}

extension Proof where Claim == Off {
  /// From its fencing devices: all of one level say that it is off, and none says that it is on.
  package init(_ node: NodeName, by power: PowerState) throws(NotProven) {
    switch power {
    case .off(let devices):
      self.init(node, "\(devices.joined(separator: " and ")) \(devices.count == 1 ? "says" : "say") that it is off")
    case .on(let device): throw .on(node, device)
    case .unknown(let why): throw NotProven("No fencing device proves that \(node) is off: \(why).")
    }
  }

  /// From a person who looked at the machine, where no device tells and nothing answers at its address.
  package init(_ node: NodeName, by word: PersonsWord, power: PowerState, reach: Reach) throws(NotProven) {
    guard word.node == node else { throw NotProven("The word given is about \(word.node), not about \(node).") }
    try refuseAlive(node, power: power, reach: reach)
    self.init(node, "a person says that it is off", isPersonsWord: true)
  }
}

/// Throws unless a person may be asked whether `node` is off: a machine that answers is not off, whatever its devices say.
package func refuseAlive(_ node: NodeName, power: PowerState, reach: Reach) throws(NotProven) {
  if case .on(let device) = power { throw .on(node, device) }
  switch reach.reachability {
  case .silent: return
  case .answered, .refused:
    throw NotProven(
      "\(node): \(reach.words), so it is not off: nothing was changed. Power it off, or start its cluster: pmm-ha apply.")
  case .unknown:
    if case .off = power { return }
    throw NotProven(
      "It is not known whether anything answers at \(node)'s address (\(reach.words)): nothing was changed. Mend the way to it, see 'ssh' in the spec, and run this again; pmm-ha wants to see that the machine is silent."
    )
  }
}

extension Proof where Claim == Gone {
  /// From how the cluster sees it. `off` is needed where it is unclean: then somebody must have shown that it is off. `idle` is
  /// what the machine says of itself; it is needed where a device says that the machine is on.
  package init(_ lost: LostNode, off: Proof<Off>?, idle: Fact<Bool>?) throws(NotProven) {
    let node = lost.node
    if lost.isUnclean {
      guard let off, off.node == node else { throw NotProven("\(node) is unclean, and it is not proven that it is off.") }
      self.init(node, off.evidence, isPersonsWord: off.isPersonsWord)
      return
    }
    if case .on(let device) = lost.power {
      switch idle {
      case .yes: break
      case .no: throw NotProven("Nothing was changed: \(device) says that \(node) is on, and Pacemaker, Corosync or PMM runs there.")
      case .unknown(let why):
        throw NotProven(
          "Nothing was changed: \(device) says that \(node) is on, and it is not known what runs there (\(why)). Stop its cluster (systemctl stop pacemaker corosync on it) or power it off, and run this again."
        )
      case nil:
        throw NotProven(
          "Nothing was changed: \(device) says that \(node) is on, and nobody could ask it what it runs. Power it off and run this again.")
      }
    }
    self.init(node, lost.isListed ? "\(lost.entry) shows it as offline and clean" : "neither Pacemaker nor Corosync knows it any more")
  }
}

extension NotProven {
  fileprivate static func on(_ node: NodeName, _ device: String) -> NotProven {
    NotProven(
      "Nothing was changed: the fencing device \(device) of \(node) says that it is on. Start its cluster (pmm-ha start), or power it off for certain, by its BMC or its plug, and run this again."
    )
  }
}
