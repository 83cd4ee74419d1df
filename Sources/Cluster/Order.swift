import ConfigShare
import Core
import Corosync
import EC2
import Fencing
import Host
import PCS
import PMMServer
import Pacemaker
import Quorum
import SharedStorage
import Transport
import VirtualIP

// The order of all components, on one screen. Stages order the steps; within a stage and node, this order does.

/// What one node said to all components.
package struct NodeFacts: Sendable, Equatable {
  package var host: HostFacts
  package var configShare: ShareFacts
  package var sharedStorage: StorageFacts
  package var pmm: PMMFacts
  package var virtualIP: VirtualIPFacts
  package var fencing: FencingFacts
  package var corosync: CorosyncFacts
  package var quorum: QuorumFacts
  package var pacemaker: PacemakerFacts
  package var pcs: PCSFacts
  /// On platform ec2 only.
  package var ec2: EC2Facts?
  /// What AWS told it; nil where it could not ask yet.
  package var account: EC2Account?
}

extension ClusterSpec {
  /// Asks a node everything, in one round trip. The first question calls for the virtual IP, and the last one looks at what
  /// came of it.
  func facts(of node: NodeName, asking door: any Asking) async throws -> NodeFacts {
    let (_, host, share, storage, pmm, fencing, corosync, quorum, pacemaker, pcs, address, ec2, account) = try await door.ask(
      virtualIP.call, host.question(node), share.question(), sharedStorage.question(), pmmServer.question, fencing.question(node, timing),
      CorosyncFacts.question, QuorumFacts.question, PacemakerFacts.question, pcs.question(), virtualIP.question,
      Question(optional: ec2?.question), Question(optional: ec2?.accountQuestion(node, virtualIP)), of: node)
    return NodeFacts(
      host: host, configShare: share, sharedStorage: storage, pmm: pmm, virtualIP: address, fencing: fencing, corosync: corosync,
      quorum: quorum, pacemaker: pacemaker, pcs: pcs, ec2: ec2, account: account.flatMap { $0 })
  }
}

extension ClusterSpec {
  /// What the components add to the CIB: the group's members in the order of their start, then the fencing devices.
  /// `facts` say which parameters a fence agent has.
  func fragments(_ facts: [NodeName: NodeFacts]) -> [CIBFragment] {
    let service = [sharedStorage.fragment(timing), virtualIP.fragment(timing), pmmServer.fragment]
    let devices = fencing(facts).fragment(timing)
    guard let ec2 else { return service + [devices] }
    return service + [ec2.fragment(virtualIP), ec2.settled(devices)]
  }

  /// The fencing devices with all that they need where the nodes run.
  func fencing(_ facts: [NodeName: NodeFacts]) -> FencingSpec {
    ec2?.completed(fencing, offered: ec2?.offered(facts.values.map(\.ec2))) ?? fencing
  }

  /// Pacemaker's part, which may need a prediction before the rest.
  package func pacemakerPlan(_ facts: [NodeName: NodeFacts]) -> PacemakerPlan {
    let stopped = corosync.plan(facts.mapValues(\.corosync)).stopped.union(fencing.stopped(facts.mapValues(\.fencing), timing))
    return pacemaker.plan(facts.mapValues(\.pacemaker), desired: .merge(fragments(facts), pacemaker), stopped: stopped)
  }

  /// Everything: pure, the same facts give the same plan.
  package func plan(
    _ facts: [NodeName: NodeFacts], _ pacemaker: PacemakerPlan, _ prediction: Prediction?, consent: Consent, findings: [Finding] = [],
    helpers: [NodeName: HelperAnswer] = [:]
  ) -> Plan {
    var all = Proposal(findings: findings)
    all += host.proposal(facts.mapValues(\.host))
    let corosync = corosync.plan(facts.mapValues(\.corosync), ahead: fencing.sbd(timing) == nil && quorum == nil)
    all += corosync.proposal
    let (beside, server, voter) = helperProposal(helpers)
    all += beside
    all += share.proposal(facts.mapValues(\.configShare), server: server)
    all += sharedStorage.proposal(
      facts.mapValues(\.sharedStorage), consent: consent, owner: pmmServer.dataOwner(facts.mapValues(\.pmm)).description)
    all += fencing(facts).proposal(
      facts.mapValues(\.fencing), timing, consent: consent, stopped: corosync.stopped, thirdVote: quorum != nil,
      headStart: self.pacemaker.fencingHeadStart)
    all.findings += diskFindings(facts)
    if let ec2 {
      all += ec2.proposal(facts.compactMapValues(\.ec2), virtualIP, fencesByAPI: fencesByAPI)
      all.findings += preflight(ec2).findings(facts.mapValues(\.account))
    }
    all += virtualIP.proposal(facts.mapValues(\.virtualIP))
    all += pmmServer.proposal(facts.mapValues(\.pmm), restarted: pacemaker.takesOver)
    // A new configuration would start PMM where its data is not yet.
    if !pmmServer.hasDataElsewhere(facts.mapValues(\.pmm)) { all += pacemaker.proposal(prediction) }
    all += votes.proposal(facts.mapValues(\.quorum), voter: voter)
    all += pcs.proposal(facts.mapValues(\.pcs))
    return Plan(all, transitions: prediction?.lines ?? [], transitionsDisrupt: prediction?.disruptsService ?? false)
  }
}
