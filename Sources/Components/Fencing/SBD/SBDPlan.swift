import Core

extension SBDSpec {
  private static let component = "Fencing"

  /// What apply does for SBD. `stopped`: nodes whose cluster something else stops already.
  func proposal(_ facts: [NodeName: SBDFacts], consent: Consent, stopped: Set<NodeName>, thirdVote: Bool) -> Proposal {
    let known = facts.sorted { $0.key < $1.key }.map { (node: $0.key, facts: $0.value) }
    var proposal = Proposal(findings: findings(known, consent: consent, thirdVote: thirdVote))
    if proposal.findings.contains(where: { $0.severity == .blocking }) { return proposal }
    for (node, here) in known {
      proposal.steps += [here.file.step(node, Self.component, path: here.path, Text(config)), enable(node, here)].compactMap { $0 }
    }
    proposal.steps += create(known)
    for node in restarts(facts).subtracting(stopped).sorted() {
      proposal.steps.append(stop(node, runs: facts[node]?.clusterRuns ?? true))
    }
    return proposal
  }

  /// Nodes whose Pacemaker runs without sbd, or whose sbd runs with other settings: it starts and stops with Corosync only.
  func restarts(_ facts: [NodeName: SBDFacts]) -> Set<NodeName> {
    func isOutdated(_ facts: SBDFacts) -> Bool { facts.active && (facts.stale || facts.file.content != config) }
    return Set(facts.filter { ($0.value.clusterRuns && !$0.value.active) || isOutdated($0.value) }.map(\.key))
  }

  private func enable(_ node: NodeName, _ facts: SBDFacts) -> Step? {
    guard !facts.enabled else { return nil }
    return Step(
      node, Self.component, .files, "Enable sbd.service", because: "Pacemaker must not start without it",
      .run(Script("enable-sbd", PackageResources.enable_sbd_sh)))
  }

  private func stop(_ node: NodeName, runs: Bool) -> Step {
    Step(
      node, Self.component, .storage, "Stop Pacemaker and Corosync", because: "sbd starts with them only",
      .run(Script("stop-for-sbd", PackageResources.stop_for_sbd_sh)),
      effects: runs ? [.disrupts("PMM stops while the cluster starts anew with sbd")] : [])
  }

  /// One node makes the header where there is none; the others prove that they see it before the cluster starts.
  private func create(_ known: [(node: NodeName, facts: SBDFacts)]) -> [Step] {
    guard let disk, let maker = known.first, known.allSatisfy({ $0.facts.disk?.header == nil }) else { return [] }
    let found = Self.signatures(known).joined(separator: "+")
    let why = found.isEmpty ? "it is blank" : "it holds \(found), which you agreed to lose"
    let make = Step(
      maker.node, Self.component, .storage, "Make SBD's slots on \(disk)", because: why,
      .run(
        Script(
          "create-sbd", PackageResources.create_sbd_sh,
          [
            "DISK": Text(disk), "WATCHDOG": Text("\(times.watchdog)"), "MESSAGE_WAIT": Text("\(times.messageWait)"),
            "ALLOWED": Text(found),
          ])),
      effects: [.destroys(device: found.isEmpty ? disk : "\(disk)=\(found)")])
    let checks = known.dropFirst().map { node, _ in
      Step(
        node, Self.component, .proof, "Check that \(disk) is \(maker.node)'s disk", because: "a blank disk could not prove it",
        .run(Script("check-sbd", PackageResources.check_sbd_sh, ["DISK": Text(disk), "MAKER": Text(maker.node.description)])))
    }
    return [make] + checks
  }

  static func signatures(_ known: [(node: NodeName, facts: SBDFacts)]) -> [String] {
    Set(known.flatMap { $0.facts.disk?.signatures ?? [] }).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}

extension FencingSpec {
  /// Nodes whose cluster the plan stops, so that it starts with sbd.
  package func stopped(_ facts: [NodeName: FencingFacts], _ timing: Timing) -> Set<NodeName> {
    sbd(timing)?.restarts(facts.compactMapValues(\.sbd)) ?? []
  }
}
