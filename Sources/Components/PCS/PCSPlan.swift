import Core

extension PCSSpec {
  /// Steps from what pcs has on the nodes.
  package func proposal(_ facts: [NodeName: PCSFacts]) -> Proposal {
    let known = nodes.compactMap { node in facts[node.name].map { (node: node, facts: $0) } }
    var proposal = Proposal()
    for (node, facts) in known {
      let write = writePassword(node.name, facts, known)
      proposal.steps += [write, setPassword(node.name, facts, anew: write != nil), startDaemon(node.name, facts)].compactMap { $0 }
    }
    proposal.steps += [authorize(known)].compactMap { $0 }
    return proposal
  }

  private typealias Known = [(node: NodeSpec, facts: PCSFacts)]

  /// Where nobody gave a password, a node that has one passes it on; only if none has one, it is a new one.
  private func writePassword(_ node: NodeName, _ facts: PCSFacts, _ known: Known) -> Step? {
    var content = Text(secret: Self.secret)
    if facts.password.state == .absent, let other = known.first(where: { $0.facts.password.state == .unknown }) {
      content = Text(secret: .file(Self.passwordPath, on: other.node.name))
    }
    return facts.password.step(node, "PCS", .files, path: Self.passwordPath, content, mode: 0o600)
  }

  private func setPassword(_ node: NodeName, _ facts: PCSFacts, anew: Bool) -> Step? {
    guard anew || !facts.isSet else { return nil }
    return Step(
      node, "PCS", .files, "Set the password of hacluster", because: anew ? "it is a new one" : "it is not the one in \(Self.passwordPath)",
      .run(Script("set-password", PackageResources.set_password_sh, ["FILE": Text(Self.passwordPath)])))
  }

  private func startDaemon(_ node: NodeName, _ facts: PCSFacts) -> Step? {
    guard !facts.pcsd else { return nil }
    return Step(
      node, "PCS", .access, "Start pcsd.service", because: "it does not run, or would not after a reboot",
      .run(Script("start-pcsd", PackageResources.start_pcsd_sh)))
  }

  /// Once, from one node: as the nodes are a cluster by then, pcs itself hands the tokens to all of them.
  private func authorize(_ known: Known) -> Step? {
    let lacking = known.flatMap { here in
      known.filter { !isAuthorized(here.facts, for: $0) }.map { "\(here.node.name) for \($0.node.name)" }
    }
    guard let first = known.first, !lacking.isEmpty else { return nil }
    let hosts = known.map { "\($0.node.name)=\($0.node.addresses.first ?? $0.node.name.description)" }
    return Step(
      first.node.name, "PCS", .access, "Authorize pcs on \(known.map(\.node.name.description).joined(separator: " and "))",
      because: "not authorized: \(lacking.joined(separator: ", "))",
      .run(
        Script("authorize", PackageResources.authorize_sh, ["HOSTS": Text(hosts.joined(separator: " ")), "FILE": Text(Self.passwordPath)])))
  }

  /// The token that one node would show is one that the other takes, under an address that the spec knows. That makes
  /// asking pcsd itself, which is slow, unnecessary.
  private func isAuthorized(_ facts: PCSFacts, for other: (node: NodeSpec, facts: PCSFacts)) -> Bool {
    guard let host = facts.knownHosts[other.node.name.description] else { return false }
    let addresses = other.node.addresses + [other.node.name.description]
    return addresses.contains(host.address) && !host.token.isEmpty && other.facts.accepted.contains(host.token)
  }
}
