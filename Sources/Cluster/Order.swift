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
  /// In the order in which `NodeFacts` reads the answers.
  func questions(for node: NodeName) -> [Question] {
    [
      virtualIP.call, host.question(node), share.question(), sharedStorage.question(), pmmServer.question, fencing.question(node, timing),
      CorosyncFacts.question, QuorumFacts.question, PacemakerFacts.question, pcs.question(), virtualIP.question,
    ] + (ec2.map { [$0.question, $0.accountQuestion(node, virtualIP)] } ?? [])
  }
}

extension NodeFacts {
  init(_ answers: [Answer]) throws {
    var answers = answers[...]
    func next() throws -> Answer {
      guard let answer = answers.popFirst() else { throw UnreadableAnswer("survey", "an answer is missing") }
      return answer
    }
    _ = try next()
    host = try HostFacts(next())
    configShare = try ShareFacts(next())
    sharedStorage = try StorageFacts(next())
    pmm = try PMMFacts(next())
    fencing = try FencingFacts(next())
    corosync = try CorosyncFacts(next())
    quorum = try QuorumFacts(next())
    pacemaker = try PacemakerFacts(next())
    pcs = try PCSFacts(next())
    virtualIP = try VirtualIPFacts(next())
    if answers.isEmpty { return }
    ec2 = try EC2Facts(next())
    account = try EC2Account.parsed(next())
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
