import Core

extension HostSpec {
  /// Steps and findings from what the nodes said. `clockUncertainty`: seconds by which the moments at which the nodes
  /// were asked may lie apart.
  package func proposal(_ facts: [NodeName: HostFacts], clockUncertainty: Double = 1.5) -> Proposal {
    var proposal = Proposal(findings: differences(facts, clockUncertainty: clockUncertainty))
    for node in nodes {
      guard let fact = facts[node.name] else { continue }
      let findings = self.findings(node.name, fact)
      proposal.findings += findings
      // On a node that must be put right by hand first, steps would only fail.
      if !findings.contains(where: { $0.severity == .blocking }) { proposal.steps += steps(node.name, fact) }
    }
    return proposal
  }

  /// Of a machine beside the nodes: its packages and its firewall, and nothing of what makes a node of it.
  package func helperProposal(_ node: NodeName, _ fact: HostFacts) -> Proposal {
    var fact = fact
    fact.missingPackages.removeAll { $0 == "chrony" }
    let findings = self.findings(node, fact).filter { $0.severity == .blocking }
    return Proposal(
      steps: findings.isEmpty ? [install(node, fact)].compactMap { $0 } + openFirewall(node, fact) : [], findings: findings)
  }

  private func steps(_ node: NodeName, _ fact: HostFacts) -> [Step] {
    [install(node, fact)].compactMap { $0 } + openFirewall(node, fact)
      + [
        setName(node, fact), makeDirectories(node, fact), nameNodes(node, fact), keepTime(node, fact), setTimeServers(node, fact),
        disableSBD(node, fact),
      ].compactMap { $0 }
  }

  private func install(_ node: NodeName, _ fact: HostFacts) -> Step? {
    let missing = fact.missingPackages.filter { $0 != "chrony" || fact.needsTimeService }
    guard !missing.isEmpty || fact.guardLeft else { return nil }
    let names = Text(missing.joined(separator: " "))
    let script: Script? =
      switch fact.os.family {
      case .debian: Script("install-packages-apt", PackageResources.install_packages_apt_sh, ["PACKAGES": names])
      case .enterprise:
        Script(
          "install-packages-dnf", PackageResources.install_packages_dnf_sh,
          ["PACKAGES": names, "REPOSITORIES": Text(fact.os.highAvailabilityRepository(machine: fact.machine) ?? "")])
      case nil: nil
      }
    let what = missing.isEmpty ? "Finish the installation of packages" : "Install \(missing.joined(separator: ", "))"
    let why = fact.guardLeft ? "it was interrupted" : "not installed"
    return script.map { Step(node, "Host", .packages, what, because: why, .run($0), limit: 3600) }
  }

  private func setName(_ node: NodeName, _ fact: HostFacts) -> Step? {
    guard fact.hostName != node.description else { return nil }
    return Step(
      node, "Host", .files, "Set the host name to \(node)", because: "it is \(fact.hostName)",
      .run(Script("set-host-name", PackageResources.set_host_name_sh, ["NAME": Text(node.description)])))
  }

  private func makeDirectories(_ node: NodeName, _ fact: HostFacts) -> Step? {
    let wrong = Self.directories.filter { fact.directories[$0.path] != "\(String($0.mode, radix: 8)) root:root" }
    guard !wrong.isEmpty else { return nil }
    let present = wrong.filter { fact.directories[$0.path] != nil }
    return Step(
      node, "Host", .files, "Make \(wrong.map(\.path).joined(separator: ", "))",
      because: present.isEmpty ? "not there" : "others than root may use \(present.map(\.path).joined(separator: ", "))",
      .run(
        Script(
          "make-directories", PackageResources.make_directories_sh,
          ["DIRECTORIES": Text(wrong.map { "\($0.path):\(String($0.mode, radix: 8))" }.joined(separator: " "))])))
  }

  private func nameNodes(_ node: NodeName, _ fact: HostFacts) -> Step? {
    let wanted = HostsFile.wanted(fact.hosts.content ?? "127.0.0.1 localhost\n", nodes: nodes)
    return fact.hosts.step(node, "Host", .files, path: "/etc/hosts", Text(wanted), mode: fact.hosts.mode ?? 0o644)
  }

  private func keepTime(_ node: NodeName, _ fact: HostFacts) -> Step? {
    guard fact.needsTimeService else { return nil }
    let unit = fact.os.family == .debian ? "chrony.service" : "chronyd.service"
    return Step(
      node, "Host", .files, "Start \(unit)", because: "no time service runs",
      .run(Script("enable-time-service", PackageResources.enable_time_service_sh, ["UNIT": Text(unit)])))
  }

  private func disableSBD(_ node: NodeName, _ fact: HostFacts) -> Step? {
    guard !usesSBD, let sbd = fact.units["sbd.service"], sbd.file == "enabled", sbd.active != "active" else { return nil }
    return Step(
      node, "Host", .files, "Disable sbd.service", because: "it is enabled and has no device, so Pacemaker would wait for it",
      .run(Script("disable-unit", PackageResources.disable_unit_sh, ["UNIT": "sbd.service"])))
  }
}

extension HostFacts {
  /// The units of which one keeps the time, by any distribution's name.
  static let timeServices = [
    "chrony.service", "chronyd.service", "systemd-timesyncd.service", "ntpsec.service", "ntpd.service", "ntp.service",
  ]

  /// The time service that runs.
  var timeService: String? { Self.timeServices.first { units[$0]?.active == "active" } }

  /// Whether one must be started; a container cannot set the clock, its host does.
  var needsTimeService: Bool { timeService == nil && container == nil }
}
