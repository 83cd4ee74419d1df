import Core
import VirtualIP

extension EC2Spec {
  private static let component = "EC2"

  /// What the survey asks every node.
  package var question: Question<EC2Facts> { Question("ec2-probe", PackageResources.ec2_probe_sh) { try EC2Facts($0) } }

  /// What the survey asks AWS from a node.
  package func accountQuestion(_ node: NodeName, _ address: VirtualIPSpec) -> Question<EC2Account?> {
    let other = instances.first { $0.key != node }?.value ?? ""
    return Question(
      "ec2-survey", PackageResources.ec2_survey_sh,
      [
        "REGION": Text(region), "OWN": Text(instances[node] ?? ""), "OTHER": Text(other), "VOLUME": Text(volume),
        "ROUTE_TABLES": Text(address.routeTables.joined(separator: " ")), "ADDRESS": Text(address.address?.description ?? ""),
        "ZONE": Text(address.record?.zone ?? ""), "RECORD": Text(address.record?.name ?? ""),
        "PROGRAM": Text(String(decoding: PackageResources.ec2_survey_py, as: UTF8.self)),
      ], limit: 60
    ) { try EC2Account.parsed($0) }
  }

  /// Of the AWS CLI: no keys, for the instance's role gives the rights; the metadata service gets two seconds.
  func config(_ address: VirtualIPSpec) -> String {
    func section(_ name: String, output: String) -> String {
      """
      [\(name)]
      region = \(region)
      output = \(output)
      metadata_service_timeout = 1
      metadata_service_num_attempts = 2
      retry_mode = standard
      max_attempts = 2

      """
    }
    let text = address.ec2 == .route53 ? "\n" + section("profile \(EC2Path.textProfile)", output: "text") : ""
    return section("default", output: "json") + text
  }

  /// The parameters of fence_aws that it has on every node; nil while one does not say.
  package func offered(_ facts: [EC2Facts?]) -> Set<String>? {
    var common: Set<String>?
    for fact in facts {
      guard let here = fact?.fenceParameters else { return nil }
      common = common?.intersection(here) ?? here
    }
    return common
  }

  /// Steps and findings from what the nodes said.
  package func proposal(_ facts: [NodeName: EC2Facts], _ address: VirtualIPSpec, fencesByAPI: Bool) -> Proposal {
    var proposal = Proposal()
    for (node, fact) in facts.sorted(by: { $0.key < $1.key }) {
      proposal.steps += [
        fact.config.step(node, Self.component, path: EC2Path.config, Text(config(address))),
        fact.cli.step(
          node, Self.component, path: EC2Path.cli, Text(String(decoding: PackageResources.aws_cli_sh, as: UTF8.self)), mode: 0o755),
      ].compactMap { $0 }
      proposal.findings += findings(node, fact, address)
    }
    if fencesByAPI, let offered = offered(Array(facts.values)) {
      for extra in Self.extras where !offered.contains(extra.name) {
        proposal.findings.append(
          Finding(
            .note, at: Self.fenceAgent, "it has no \(extra.name) here: \(extra.missed)",
            hint: "a newer fence-agents has it; failover works without"))
      }
    }
    return proposal
  }

  private func findings(_ node: NodeName, _ fact: EC2Facts, _ address: VirtualIPSpec) -> [Finding] {
    var result: [Finding] = []
    if fact.volumes[serial] == nil {
      let seen = fact.volumes.keys.sorted().joined(separator: ", ")
      result.append(
        Finding(
          .blocking, at: "\(node)",
          "the volume \(volume) is not attached here: no disk has the serial number \(serial)"
            + (seen.isEmpty ? "" : " (seen: \(seen))"),
          hint:
            "attach it: aws ec2 attach-volume --region \(region) --volume-id \(volume) --instance-id \(instances[node] ?? "i-...") --device /dev/sdf"
        ))
    }
    if address.ec2 == .secondaryIP, !fact.foreignSetup.isEmpty {
      result.append(
        Finding(
          .warning, at: "\(node)",
          "\(fact.foreignSetup.joined(separator: " and ")) sets secondary addresses by itself, and would set the virtual IP on a node that is not active",
          hint: "disable it: systemctl disable --now \(fact.foreignSetup.joined(separator: " "))"))
    }
    return result
  }
}
