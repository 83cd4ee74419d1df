import Core

/// The third vote with what the rest of the spec says: Cluster fills it. Without a device what is left of one is stopped.
///
/// As `pcs quorum device add` does it, and with one difference: each node has a key of its own, which never leaves it.
package struct Quorum: Sendable, Equatable {
  package let device: QuorumSpec.Device?
  /// corosync-qnetd knows a cluster by it: the name in the nodes' certificates must be this one.
  package let cluster: String
  package let nodes: [NodeName]

  package init(device: QuorumSpec.Device?, cluster: String, nodes: [NodeName]) {
    self.device = device
    self.cluster = cluster
    self.nodes = nodes
  }

  static let component = "Quorum"
  static let nodeDirectory = "/etc/corosync/qdevice/net/nssdb"
  /// What apply writes there that is its own as a whole, for `destroy`.
  package static let ownPaths = [nodeDirectory]
  static let voterDirectory = "/etc/corosync/qnetd/nssdb"
  private static let authorityPath = "\(voterDirectory)/qnetd-cacert.crt"
  private static let requestPath = "\(nodeDirectory)/qdevice-net-node.crq"
  private func certificatePath(_ node: NodeName) -> String { "\(Self.voterDirectory)/cluster-\(cluster).\(node).crt" }

  /// Steps and findings from what the nodes said, and the third machine, where it could be asked.
  package func proposal(_ facts: [NodeName: QuorumFacts], voter: VoterFacts?) -> Proposal {
    guard let device else { return Proposal(steps: nodes.compactMap { node in facts[node].flatMap { stop(node, $0) } }) }
    var proposal = Proposal()
    let machine = device.machine.name
    let lacking = nodes.filter { node in
      guard let facts = facts[node] else { return false }
      let known = voter.map { $0.authority == facts.authority } ?? true
      return facts.authority == nil || !known || facts.certifiedFor != cluster
    }
    guard let voter else {
      if !lacking.isEmpty {
        proposal.findings.append(
          Finding(
            .blocking, at: lacking.map(\.description).joined(separator: ", "),
            "the third vote cannot be set up without \(machine), and with a vote that never comes the cluster would not survive a crash",
            hint: "make \(machine) reachable, or leave the section quorum out until it is"))
      }
      proposal.steps += nodes.compactMap { node in facts[node].flatMap { start(node, $0, device, renewed: false) } }
      return proposal
    }
    if case .unreadable(let said) = voter.store {
      proposal.findings.append(
        Finding(
          .blocking, at: machine.description,
          "its certificates for corosync-qnetd cannot be read (\(said)): they are left alone, for other clusters may use them",
          hint:
            "see 'certutil -L -d \(Self.voterDirectory)' there; where it serves no cluster: mv \(Self.voterDirectory) \(Self.voterDirectory).old"
        ))
      return proposal
    }
    proposal.steps += [serve(machine, voter)].compactMap { $0 }
    for node in lacking { proposal.steps += certify(node, by: machine, facts[node]) }
    for node in nodes {
      if let facts = facts[node], let step = start(node, facts, device, renewed: lacking.contains(node)) { proposal.steps.append(step) }
    }
    return proposal
  }

  private func serve(_ machine: NodeName, _ voter: VoterFacts) -> Step? {
    let why: String? =
      if voter.authority == nil {
        "it has no certificates"
      } else if !voter.active {
        "it does not run"
      } else if !voter.atBoot {
        "it would not start at boot"
      } else {
        nil
      }
    return why.map {
      Step(
        machine, Self.component, .packages, "Let corosync-qnetd give the third vote", because: $0,
        .run(Script("serve-votes", PackageResources.serve_votes_sh)),
        effects: voter.store == .begun ? [.disrupts("\(Self.voterDirectory), which has no authority, is moved aside there")] : [])
    }
  }

  /// A request of the node's, signed by the third machine: stage after stage, for each needs what the one before has left.
  private func certify(_ node: NodeName, by machine: NodeName, _ facts: QuorumFacts?) -> [Step] {
    let why =
      facts?.authority == nil
      ? "it has none" : facts?.certifiedFor == cluster ? "it trusts another authority" : "it has none for \(cluster)"
    let path = certificatePath(node)
    return [
      Step(
        node, Self.component, .peers, "Ask \(machine) for a certificate", because: why,
        .run(
          Script(
            "request-certificate", PackageResources.request_certificate_sh,
            ["AUTHORITY": Text(secret: .file(Self.authorityPath, on: machine)), "CLUSTER": Text(cluster)]))),
      Step(
        machine, Self.component, .files, "Sign \(node)'s certificate", because: "\(node) asks for it",
        .run(
          Script(
            "sign-certificate", PackageResources.sign_certificate_sh,
            ["REQUEST": Text(secret: .file(Self.requestPath, on: node)), "CLUSTER": Text(cluster), "CERTIFICATE": Text(path)]))),
      Step(
        node, Self.component, .storage, "Keep the certificate for the third vote", because: why,
        .run(
          Script(
            "keep-certificate", PackageResources.keep_certificate_sh, ["CERTIFICATE": Text(secret: .file(path, on: machine))]))),
    ]
  }

  /// When Corosync runs with the device: what starts earlier finds none and ends.
  private func start(_ node: NodeName, _ facts: QuorumFacts, _ device: QuorumSpec.Device, renewed: Bool) -> Step? {
    guard renewed || !facts.active || !facts.atBoot else { return nil }
    let why = renewed ? "it has a new certificate" : facts.active ? "it would not start at boot" : "it does not run"
    return Step(
      node, Self.component, .settle, "Start corosync-qdevice, and wait for \(device.host)'s vote", because: why,
      .run(
        Script(
          "start-qdevice", PackageResources.start_qdevice_sh, ["HOST": Text(device.host), "RENEWED": Text(renewed ? "yes" : "")])))
  }

  /// Before Corosync forgets the device: two votes of three are a quorum meanwhile.
  private func stop(_ node: NodeName, _ facts: QuorumFacts) -> Step? {
    guard facts.active || facts.atBoot else { return nil }
    return Step(
      node, Self.component, .quiesce, "Stop corosync-qdevice", because: "the spec has no third vote",
      .run(Script("stop-qdevice", PackageResources.stop_qdevice_sh)))
  }
}
