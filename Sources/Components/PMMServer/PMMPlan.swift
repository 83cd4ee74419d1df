import Core

extension PMMServer {
  private static let component = "PMMServer"

  /// What the survey asks a node.
  package var question: Question<PMMFacts> {
    let environment = self.environment
    var secrets: Text = ""
    for name in environment.secrets { secrets = "\(secrets)+\(name)\n" }
    let secret = !environment.secrets.isEmpty
    let paths = [PMMPath.environment, sharedEnvironment]
    let shown = [PMMPath.agent, PMMPath.startCheck, PMMPath.unit, PMMPath.settings, sharedSettings] + (secret ? [] : paths)
    return Question(
      "pmm-probe", PackageResources.data_owner_sh + PackageResources.certificate_sh + PMMPart.script + PackageResources.pmm_probe_sh,
      [
        "SHOWN": Text(shown.joined(separator: " ")), "SECRET": Text(secret ? paths.joined(separator: " ") : ""),
        "CONTENT": secret ? environment : "", "SECRETS": secrets, "SHARE": Text(share), "PORT": "\(spec.port)",
        "MOUNT_POINT": Text(mountPoint), "OWNER": "\(spec.major.owner.user)",
        "PASSWORD_FILE": spec.adminPassword == nil ? "" : Text(PMMPath.password), "PASSWORD": password,
        "CERTIFICATE": Text(spec.tls?.certificate ?? ""), "KEY": Text(spec.tls?.key ?? ""), "AUTHORITIES": Text(spec.tls?.ca ?? ""),
        "ENCRYPTION_KEY": Text(spec.encryptionKey ?? ""),
      ]
    ) { try PMMFacts($0) }
  }

  /// Steps and findings from what the nodes said. `restarted`: other steps of the plan stop PMM and start it anew.
  package func proposal(_ facts: [NodeName: PMMFacts], restarted: Bool = false) -> Proposal {
    var proposal = Proposal(findings: findings(facts))
    let known = nodes.compactMap { node in facts[node].map { (node: node, facts: $0) } }
    let keepUnit = hasDataElsewhere(facts)
    for (node, fact) in known {
      proposal.steps += [image(node, fact, facts)].compactMap { $0 } + (keepUnit ? [] : files(node, fact))
    }
    // Not before the data is where the new unit looks for it. The next round does the rest.
    if keepUnit {
      proposal.steps += [bringData(facts)].compactMap { $0 }
      return proposal
    }
    if let (node, fact) = known.first(where: \.facts.share) ?? known.first, !fact.shareDown { proposal.steps += shared(node, fact) }
    if let compare = compareImages(facts) { proposal.steps.append(compare) }
    let changed = Set(proposal.steps.filter { if case .write = $0.action { true } else { false } }.map(\.node))
    if !restarted, let restart = restart(facts, changed: changed) { proposal.steps.append(restart) }
    proposal.steps += setPassword(facts) + [installCertificate(facts)].compactMap { $0 }
    return proposal
  }

  /// Fetches the image where it is missing. A node that has it already tells which one it must be.
  private func image(_ node: NodeName, _ fact: PMMFacts, _ facts: [NodeName: PMMFacts]) -> Step? {
    guard fact.images[spec.reference] == nil else { return nil }
    let other = nodes.first { $0 != node && facts[$0]?.images[spec.reference] != nil }
    let archive = spec.archive?.replacing("{tag}", with: spec.tag ?? "")
    return Step(
      node, Self.component, .files, archive.map { "Load \(spec.reference) from \($0)" } ?? "Pull \(spec.reference)",
      because: "the image is not on this node",
      .run(
        Script(
          "provide-image", PackageResources.provide_image_sh,
          [
            "REFERENCE": Text(spec.reference), "ARCHIVE": Text(archive ?? ""),
            "EXPECTED": Text(other.flatMap { facts[$0]?.images[spec.reference] } ?? ""),
          ])), limit: 7200)
  }

  /// Where several nodes fetch the image side by side, none knew which one it must be: compared before PMM starts.
  private func compareImages(_ facts: [NodeName: PMMFacts]) -> Step? {
    let fetching = nodes.filter { facts[$0].map { $0.images[spec.reference] == nil } ?? false }
    guard fetching.count > 1, fetching.count == facts.count else { return nil }
    return Step(
      fetching[1], Self.component, .storage, "Compare \(spec.reference) with \(fetching[0])'s", because: "both nodes have just fetched it",
      .run(
        Script(
          "compare-images", PackageResources.compare_images_sh,
          ["REFERENCE": Text(spec.reference), "THEIRS": Text(secret: .file(PMMPath.imageNote, on: fetching[0]))])))
  }

  private func files(_ node: NodeName, _ fact: PMMFacts) -> [Step] {
    func file(_ path: String, _ wanted: Text, mode: UInt16 = 0o644) -> Step? {
      (fact.files[path] ?? FileFact(.absent)).step(node, Self.component, path: path, wanted, mode: mode)
    }
    func program(_ path: String, _ resource: [UInt8]) -> Step? { file(path, Text(String(decoding: resource, as: UTF8.self)), mode: 0o755) }
    let unit = file(PMMPath.unit, Text(self.unit(selinux: fact.selinux)))
    var steps = [
      program(PMMPath.startCheck, Self.startCheck),
      spec.resource == .ocf ? program(PMMPath.agent, PackageResources.ocf_agent_sh) : nil,
      file(PMMPath.settings, Text(settings)),
      file(PMMPath.environment, environment, mode: environmentMode),
      unit,
    ].compactMap { $0 }
    let atBoot = fact.unitFileState?.hasPrefix("enabled") == true
    // A unit that systemd has never seen needs no reload, which takes half a second.
    if (unit != nil && fact.unitFileState != nil) || fact.needsReload || atBoot {
      steps.append(
        Step(
          node, Self.component, .files, "Have systemd read pmm-server.service",
          because: atBoot ? "it starts at boot, which is Pacemaker's to decide" : "the file was changed",
          .run(Script("settle-unit", PackageResources.settle_unit_sh))))
    }
    return steps
  }

  /// The share's two files, written by one node.
  private func shared(_ node: NodeName, _ fact: PMMFacts) -> [Step] {
    [
      (fact.files[sharedSettings] ?? FileFact(.absent)).step(node, Self.component, path: sharedSettings, Text(settings)),
      (fact.files[sharedEnvironment] ?? FileFact(.absent))
        .step(node, Self.component, path: sharedEnvironment, environment, mode: environmentMode),
    ].compactMap { $0 }
  }

  /// Where PMM runs with another image or other settings than the spec's. In the stage after the CIB's changes, so that
  /// the two do not meet; from the node where it does not run, so that a crash of the other one cannot cut it off.
  private func restart(_ facts: [NodeName: PMMFacts], changed: Set<NodeName>) -> Step? {
    let interrupted = nodes.first { facts[$0]?.restartInterrupted == true }
    let active = nodes.first { facts[$0]?.alive == true }
    guard let why = interrupted.map({ "a restart was cut off on \($0)" }) ?? active.flatMap({ restartReason($0, facts, changed: changed) })
    else { return nil }
    guard let node = interrupted ?? nodes.first(where: { $0 != active && facts[$0] != nil }) ?? active else { return nil }
    let running = active.flatMap { facts[$0]?.container?.imageName }
    let update = running.map { $0 != spec.reference && !$0.isEmpty } ?? false
    return Step(
      node, Self.component, .settle, update ? "Restart PMM with \(spec.reference)" : "Restart PMM", because: why,
      .run(
        Script(
          "restart-pmm", PackageResources.restart_pmm_sh,
          ["RESOURCE": Text(Self.resource), "STOP": "\(stopTimeout)", "START": "\(startTimeout)"])),
      effects: [.disrupts("PMM restarts\(active.map { " on \($0)" } ?? ""), because \(why)")])
  }

  private func restartReason(_ node: NodeName, _ facts: [NodeName: PMMFacts], changed: Set<NodeName>) -> String? {
    guard let fact = facts[node] else { return nil }
    if let container = fact.container {
      if !container.imageName.isEmpty && container.imageName != spec.reference { return "it runs \(container.imageName)" }
      if let id = fact.images[spec.reference], id != container.imageID { return "it runs an older image of the same tag" }
    }
    if changesService(node, fact) { return "its settings change" }
    if fact.settingsCurrent == false { return "its settings have changed since it was started" }
    return nil
  }

  /// Whether a file that PMM is started with changes on this node; a changed agent needs no restart.
  private func changesService(_ node: NodeName, _ fact: PMMFacts) -> Bool {
    files(node, fact).contains { step in
      if case .write(let file) = step.action { [PMMPath.settings, PMMPath.environment, PMMPath.unit].contains(file.path) } else { false }
    }
  }
}
