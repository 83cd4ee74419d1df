import Core

extension FencingSpec {
  private static let component = "Fencing"

  /// The devices that `node` uses: the other nodes'. Their passwords are on no other node.
  private func used(by node: NodeName) -> [(id: String, device: FenceDevice)] { named.filter { $0.device.node != node } }

  /// What the survey asks a node.
  package func question(_ node: NodeName) -> Question {
    let devices = used(by: node)
    var passwords: Text = ""
    for (id, device) in devices where device.password != nil { passwords = "\(passwords)\(id) \(Self.secret(id))\n" }
    return Question(
      "fencing-probe", PackageResources.fencing_probe_sh,
      ["DEVICES": Text(devices.map { "\($0.id) \($0.device.agent)\n" }.joined()), "PASSWORDS": passwords])
  }

  /// Steps and findings from what the nodes said.
  package func proposal(_ facts: [NodeName: FencingFacts]) -> Proposal {
    if case .noneIAcceptDataLoss = self {
      return Proposal(findings: [
        Finding(
          .danger, at: "fencing", "there is no fencing: when the nodes lose each other, both may write to the disk and destroy PMM's data",
          hint: "give a device for each node under fencing")
      ])
    }
    var proposal = Proposal()
    for (node, fact) in facts.sorted(by: { $0.key < $1.key }) {
      for (id, device) in used(by: node) {
        let here = fact.devices[id] ?? .init(agent: false, password: FileFact(.absent), script: FileFact(.absent))
        let files = files(node, id, device, here)
        proposal.steps += files
        if let test = test(node, id, device, here, written: !files.isEmpty) { proposal.steps.append(test) }
        if let test = here.test, !test.passed {
          proposal.findings.append(
            Finding(
              .danger, at: id, "its last test from \(node) failed: \(device.node) cannot be fenced, so nothing fails over",
              hint: "run 'pmm-ha apply', which tests it again and says what is wrong"))
        }
      }
    }
    return proposal
  }

  private func files(_ node: NodeName, _ id: String, _ device: FenceDevice, _ here: FencingFacts.Device) -> [Step] {
    guard device.password != nil else { return [] }
    let resource = device.isIPMI ? PackageResources.ipmitool_wrapper_sh : PackageResources.password_script_sh
    return [
      here.password.step(node, Self.component, path: FencingPath.password(id), Text(secret: Self.secret(id)), mode: 0o600),
      here.script.step(node, Self.component, path: FencingPath.script(id), Text(String(decoding: resource, as: UTF8.self)), mode: 0o700),
    ].compactMap { $0 }
  }

  /// A device is relied upon only after it has told its node's power state, asked as Pacemaker would.
  private func test(_ node: NodeName, _ id: String, _ device: FenceDevice, _ here: FencingFacts.Device, written: Bool) -> Step? {
    let fingerprint = device.fingerprint(id)
    let why: String
    switch here.test {
    case nil: why = "it was never asked from here"
    case _ where written: why = "its password or script changes"
    case .some(let test) where !test.passed: why = "its last test failed"
    case .some(let test) where test.fingerprint != fingerprint: why = "its parameters have changed"
    case .some(let test) where test.stale: why = "its password or script has changed"
    case .some: return nil
    }
    return Step(
      node, Self.component, .files, "Test \(id)", because: why,
      .run(
        Script(
          "test-device", PackageResources.test_device_sh,
          [
            "ID": Text(id), "AGENT": Text(device.agent), "NODE": Text(device.node.description),
            "PARAMETERS": Text(device.agentParameters(id).map { "\($0.name)=\($0.value)" }.joined(separator: "\n")),
            "FINGERPRINT": Text(fingerprint),
          ])))
  }
}
