import Core
import Corosync
import Fencing
import Pacemaker
import Transport

/// spec -> survey -> facts -> plan. A change of a live cluster's configuration is put to Pacemaker's own scheduler
/// before it is shown: one more round trip, only then. `consent` decides whether a disk with foreign data is refused.
package func makePlan(_ spec: LoadedSpec, consent: Consent = Consent(), asking door: any Asking) async throws -> Plan {
  async let helpers = spec.cluster.surveyHelpers(asking: door)
  let facts = try await survey(spec.cluster, asking: door)
  return try await makePlan(spec, from: facts, helpers: helpers, consent: consent, asking: door)
}

/// The same from facts that are at hand.
func makePlan(
  _ spec: LoadedSpec, from facts: [NodeName: NodeFacts], helpers: [NodeName: HelperAnswer] = [:], consent: Consent, asking door: any Asking
) async throws -> Plan {
  let cluster = spec.cluster
  let pacemaker = cluster.pacemakerPlan(facts)
  var prediction: Prediction?
  if let (node, question) = pacemaker.predictionQuestion {
    prediction = try await door.ask(question, of: node)
  }
  return cluster.plan(facts, pacemaker, prediction, consent: consent, findings: spec.findings, helpers: helpers)
}

/// What of the cluster is on the nodes, and the plan that takes it away.
package func makeDestroyPlan(_ spec: ClusterSpec, asking door: any Asking) async throws -> Plan {
  destroyPlan(
    spec.name,
    try await onAll(spec.nodes.map(\.name)) { node in
      var (remains, corosync) = try await door.ask(Remains.question, CorosyncFacts.question, of: node)
      remains.cluster = corosync.identity
      return remains
    },
    // The address and the filesystem stop beside PMM and after it.
    stopLimit: spec.pmmServer.stopTimeout + 120)
}

/// Whether PMM answers at the virtual IP, asked from the nodes; the best answer counts.
package func serviceAnswer(_ spec: ClusterSpec, asking door: any Asking) async throws -> ServiceAnswer {
  let url = spec.readinessURL
  // Route 53 tells its servers of a changed name within a minute, mostly; resolvers keep the old one for its time to live.
  let patience = spec.virtualIP.record.map { 90 + min($0.ttl, 60) } ?? 0
  let answers = try await onAll(spec.nodes.map(\.name)) { node in
    try await door.ask(ServiceAnswer.question(url, limit: 5, patience: patience), of: node)
  }
  return answers.values.first { $0.isReady } ?? answers.values.first ?? ServiceAnswer(Answer("000"), url: url)
}

/// The fencing devices with the parameters that apply gives them. Where an agent's version decides which it has, the nodes
/// are asked.
package func fencingDevices(_ spec: ClusterSpec, asking door: any Asking) async throws -> FencingSpec {
  spec.ec2 == nil ? spec.fencing : spec.fencing(try await survey(spec, asking: door))
}
