import Core

extension FencingSpec {
  private static let component = "Fencing"

  /// The devices that `node` uses: the other nodes'. Their passwords are on no other node.
  package func used(by node: NodeName) -> [(id: String, device: FenceDevice)] {
    named.filter { $0.device.node != node && $0.device.isResource }
  }

  /// What the survey asks a node.
  package func question(_ node: NodeName, _ timing: Timing = .standard) -> Question<FencingFacts> {
    let sbd = sbd(timing)
    let devices = used(by: node)
    var passwords: Text = ""
    for (id, device) in devices where device.password != nil { passwords = "\(passwords)\(id) \(Self.secret(id))\n" }
    return Question(
      "fencing-probe", PackageResources.fencing_probe_sh,
      [
        "DEVICES": Text(devices.map { "\($0.id) \($0.device.agent)\n" }.joined()), "PASSWORDS": passwords,
        "WATCHDOG": Text(sbd?.watchdog ?? ""), "SBD_DISK": Text(sbd?.disk ?? ""), "RESERVED": Text(reservedDisks.joined(separator: " ")),
      ]
    ) { answer in
      let facts = try FencingFacts(answer)
      // A probe that says nothing of a device, or of SBD, has not answered.
      guard devices.allSatisfy({ facts.devices[$0.id] != nil }), sbd == nil || facts.sbd != nil else {
        throw UnreadableAnswer("fencing-probe", "a device is missing in: \(answer.said)")
      }
      return facts
    }
  }

  /// Steps and findings from what the nodes said. `stopped`: nodes whose cluster another component stops. `thirdVote`: a
  /// quorum device decides between the two nodes. `headStart`: the seconds by which the node with the service shoots first.
  package func proposal(
    _ facts: [NodeName: FencingFacts], _ timing: Timing = .standard, consent: Consent = Consent(), stopped: Set<NodeName> = [],
    thirdVote: Bool = false, headStart: Int = 5
  ) -> Proposal {
    if case .noneIAcceptDataLoss = self {
      return Proposal(findings: [
        Finding(
          .danger, at: "fencing", "there is no fencing: when the nodes lose each other, both may write to the disk and destroy PMM's data",
          hint: "give a device for each node under fencing")
      ])
    }
    var proposal =
      sbd(timing)?.proposal(facts.compactMapValues(\.sbd), consent: consent, stopped: stopped, thirdVote: thirdVote) ?? Proposal()
    for (node, fact) in facts.sorted(by: { $0.key < $1.key }) {
      proposal += reservationProposal(node, fact)
      for (id, device) in used(by: node) {
        let here = fact.devices[id] ?? .init(agent: false, password: FileFact(.absent), script: FileFact(.absent))
        let files = files(node, id, device, here)
        proposal.steps += files
        if let why = needsTest(id, device, here, written: !files.isEmpty) { proposal.steps.append(test(node, id, device, because: why)) }
        proposal.findings += unknownParameters(id, device, fact.parameters[device.agent]).filter { !proposal.findings.contains($0) }
        if !thirdVote, let race = race(node, id, device, here.test, headStart: headStart) { proposal.findings.append(race) }
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

  /// A device is relied upon only after it has told its node's power state; nil where it has.
  private func needsTest(_ id: String, _ device: FenceDevice, _ here: FencingFacts.Device, written: Bool) -> String? {
    switch here.test {
    case nil: "it was never asked from here"
    case _ where written: "its password or script changes"
    case .some(let test) where !test.passed: "its last test failed"
    case .some(let test) where test.fingerprint != device.fingerprint(id): "its parameters have changed"
    case .some(let test) where test.stale: "its password or script has changed"
    case .some: nil
    }
  }

  /// Asks a device for its node's power state, as Pacemaker would. What answers only while the cluster runs is asked then.
  package func test(_ node: NodeName, _ id: String, _ device: FenceDevice, because why: String = "asked") -> Step {
    Step(
      node, Self.component, device.needsCluster ? .access : .files, "Test \(id)", because: why,
      .run(
        Script(
          "test-device", PackageResources.ask_device_sh + PackageResources.test_device_sh,
          [
            "ID": Text(id), "AGENT": Text(device.agent), "NODE": Text(device.node.description), "PLUG": Text(device.plug),
            "PLUG_NAMES": Text(device.plugNames),
            "PARAMETERS": Text(device.agentParameters(id).map { "\($0.name)=\($0.value)" }.joined(separator: "\n")),
            "FINGERPRINT": Text(device.fingerprint(id)),
          ])))
  }
}
