import ConfigShare
import Core
import Corosync
import Host
import Pacemaker
import SharedStorage

// The order of all components, on one screen. Stages order the steps; within a stage and node, this order does.

/// What one node said to all components.
package struct NodeFacts: Sendable, Equatable {
  package var host: HostFacts
  package var configShare: ShareFacts
  package var sharedStorage: StorageFacts
  package var corosync: CorosyncFacts
  package var pacemaker: PacemakerFacts
}

extension ClusterSpec {
  /// In the order in which `NodeFacts` reads the answers.
  func questions(for node: NodeName) -> [Question] {
    [
      host.question(), configShare.question(), sharedStorage.question(), CorosyncFacts.question, PacemakerFacts.question,
    ]
  }
}

extension NodeFacts {
  init(_ answers: [Answer]) throws {
    var answers = answers[...]
    func next() throws -> Answer {
      guard let answer = answers.popFirst() else { throw UnreadableAnswer("survey", "an answer is missing") }
      return answer
    }
    host = try HostFacts(next())
    configShare = try ShareFacts(next())
    sharedStorage = try StorageFacts(next())
    corosync = try CorosyncFacts(next())
    pacemaker = try PacemakerFacts(next())
  }
}

extension ClusterSpec {
  /// Pacemaker's part, which may need a prediction before the rest.
  package func pacemakerPlan(_ facts: [NodeName: NodeFacts]) -> PacemakerPlan {
    let fragments = [sharedStorage.fragment(timing)]
    let stopped = corosync.plan(facts.mapValues(\.corosync)).stopped
    return pacemaker.plan(facts.mapValues(\.pacemaker), desired: .merge(fragments, pacemaker), stopped: stopped)
  }

  /// Everything: pure, the same facts give the same plan.
  package func plan(
    _ facts: [NodeName: NodeFacts], _ pacemaker: PacemakerPlan, _ prediction: Prediction?, consent: Consent, findings: [Finding] = []
  ) -> Plan {
    var all = Proposal(findings: findings)
    all += host.proposal(facts.mapValues(\.host))
    all += configShare.proposal(facts.mapValues(\.configShare))
    all += sharedStorage.proposal(facts.mapValues(\.sharedStorage), consent: consent)
    all += corosync.plan(facts.mapValues(\.corosync)).proposal
    all += pacemaker.proposal(prediction)
    return Plan(all, transitions: prediction?.lines ?? [], transitionsDisrupt: prediction?.disruptsService ?? false)
  }
}
