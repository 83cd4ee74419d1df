import Core
import EC2
import Transport

// What the EC2 variant gives to the commands.

/// A verb of the EC2 variant, and a spec of another platform.
package struct NotOnEC2: Error, CustomStringConvertible {
  package let description = "The spec's platform is not ec2. Write platform: ec2 and the section ec2; pmm-ha schema --example shows it."
}

extension ClusterSpec {
  /// The rights that the instances' role needs.
  package func ec2Policy() throws -> EC2Policy { try requireEC2().policy(virtualIP, fencesByAPI: fencesByAPI) }

  func requireEC2() throws -> EC2Spec {
    guard let ec2 else { throw NotOnEC2() }
    return ec2
  }

  /// A node is fenced by the EC2 API.
  var fencesByAPI: Bool { fencing.devices.contains { $0.agent == EC2Spec.fenceAgent } }
}

extension ClusterSpec {
  /// The infrastructure that this spec is of, to be made anew.
  package func stackTemplate(thirdVote: Bool) throws -> StackTemplate {
    let ec2 = try requireEC2()
    return StackTemplate(
      cluster: name, nodes: nodes.map(\.name), address: virtualIP.ec2 ?? .secondaryIP, port: pmm.port,
      readinessPath: pmm.major.readinessPath, existingNetwork: ec2.vpc != nil, thirdVote: thirdVote)
  }
}

/// A spec's text from what describe-stacks has printed into `file`.
package func specOfStack(_ file: String, user: String, tag: String) throws -> String {
  try Stack(describeStacks: SpecText.read(file)).spec(user: user, tag: tag)
}

extension ClusterSpec {
  func preflight(_ ec2: EC2Spec) -> EC2Preflight {
    EC2Preflight(
      ec2, virtualIP, fencesByAPI: fencesByAPI, pmmPort: pmm.port,
      nodes: nodes.reduce(into: [:]) { $0[$1.name] = $1.addresses.first })
  }
}

/// All that is wrong or risky with a cluster, and what that is known from.
package struct ClusterCheck: Sendable, Encodable {
  package let findings: [Finding]
  /// What was asked and answered, a line each.
  package let evidence: [String]
}

/// Looks at everything as a plan does, and changes nothing.
package func checkCluster(_ spec: LoadedSpec, asking door: any Asking) async throws -> ClusterCheck {
  let cluster = spec.cluster
  async let helpers = cluster.surveyHelpers(asking: door)
  let facts = try await survey(cluster, asking: door)
  let plan = try await makePlan(spec, from: facts, helpers: helpers, consent: Consent(), asking: door)
  let evidence = cluster.ec2.map { cluster.preflight($0).evidence(facts.mapValues(\.account)) } ?? []
  return ClusterCheck(findings: plan.findings, evidence: evidence)
}
