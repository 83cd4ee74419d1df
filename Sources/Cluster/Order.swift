import Core
import Corosync
import Host
import Pacemaker

// The order of all components, on one screen. Stages order the steps; within a stage and node, this order does.

/// What one node said to all components.
package struct NodeFacts: Sendable, Equatable {
  package var host: HostFacts
  package var corosync: CorosyncFacts
  package var pacemaker: PacemakerFacts
}

extension ClusterSpec {
  /// In the order in which `NodeFacts` reads the answers.
  func questions(for node: NodeName) -> [Question] {
    [host.question(), CorosyncFacts.question, PacemakerFacts.question]
  }
}

extension NodeFacts {
  init(_ answers: [Answer]) throws {
    host = try HostFacts(answers[0])
    corosync = try CorosyncFacts(answers[1])
    pacemaker = try PacemakerFacts(answers[2])
  }
}

extension ClusterSpec {
  /// Pacemaker's part, which may need a prediction before the rest.
  package func pacemakerPlan(_ facts: [NodeName: NodeFacts]) -> PacemakerPlan {
    let fragments: [CIBFragment] = []
    let stopped = corosync.plan(facts.mapValues(\.corosync)).stopped
    return pacemaker.plan(facts.mapValues(\.pacemaker), desired: .merge(fragments, pacemaker), stopped: stopped)
  }

  /// Everything: pure, the same facts give the same plan.
  package func plan(
    _ facts: [NodeName: NodeFacts], _ pacemaker: PacemakerPlan, _ prediction: Prediction?, findings: [Finding] = []
  ) -> Plan {
    var all = Proposal(findings: findings)
    all += host.proposal(facts.mapValues(\.host))
    all += corosync.plan(facts.mapValues(\.corosync)).proposal
    all += pacemaker.proposal(prediction)
    return Plan(all, transitions: prediction?.lines ?? [], transitionsDisrupt: prediction?.disruptsService ?? false)
  }
}
