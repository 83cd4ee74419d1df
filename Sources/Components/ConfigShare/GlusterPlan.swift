import Core

extension ConfigShare {
  /// The addresses of all machines of the volume, in the order of their bricks.
  func servers(but node: NodeName? = nil) -> [String] {
    (nodes + [spec.helper].compactMap { $0 }).filter { $0.name != node }.map { $0.addresses[0] }
  }

  /// glusterd on both nodes and the volume of their bricks, made by the first node once both answer.
  func gluster(_ share: GlusterShare, _ known: [(node: NodeName, fact: ShareFacts)]) -> Proposal {
    var proposal = Proposal()
    for (node, fact) in known {
      let gluster = fact.gluster
      if let step = startDaemon(node, share.brick, active: gluster?.daemon, atBoot: gluster?.atBoot, brick: gluster?.brick) {
        proposal.steps.append(step)
      }
    }
    guard let first = known.first, let volume = first.fact.gluster?.volume else {
      if let first = known.first { proposal.steps.append(makeVolume(share, on: first.node, because: "there is none of this name")) }
      return proposal + risks(share, known)
    }
    let bricks = servers().map { "\($0):\(share.brick.replacing("/", with: "-"))" }
    guard volume.bricks == bricks, volume.arbiters == (share.arbiter == nil ? 0 : 1) else {
      proposal.findings.append(
        Finding(
          .blocking, at: first.node.description, "the volume \(share.volume) is of other bricks: \(volume.bricks.joined(separator: ", "))",
          hint: "name another volume in the spec (config_share/volume), or change this one with 'gluster volume replace-brick' to "
            + bricks.joined(separator: ", ")))
      return proposal
    }
    let missing = servers(but: first.node).filter { first.fact.gluster?.peers.contains($0) != true }
    let options = self.options.filter { volume.options[$0.0] != $0.1 }
    if !volume.started {
      proposal.steps.append(makeVolume(share, on: first.node, because: "it is not started"))
    } else if !missing.isEmpty {
      proposal.steps.append(makeVolume(share, on: first.node, because: "\(missing.joined(separator: ", ")) is no peer yet"))
    } else if !options.isEmpty {
      proposal.steps.append(makeVolume(share, on: first.node, because: "its \(options.map(\.0).joined(separator: ", ")) differs"))
    }
    return proposal + risks(share, known)
  }

  func startDaemon(_ node: NodeName, _ brick: String, active: String?, atBoot: Bool?, brick isThere: Bool?) -> Step? {
    let why: String
    switch (active, atBoot, isThere) {
    case ("active", true, true): return nil
    case ("active", true, _): why = "there is no \(brick)"
    case ("active", _, _): why = "it would not start at boot"
    default: why = "it does not run"
    }
    return Step(
      node, Self.component, .packages, "Start glusterd.service", because: why,
      .run(Script("start-glusterd", PackageResources.start_glusterd_sh, ["BRICK": Text(brick)])))
  }

  /// quorum-type auto: with two copies the first one's machine must be there for a write, with an arbiter any two of the
  /// three; so two halves never write apart from each other. ping-timeout: seconds that a client waits for a machine that
  /// has lost its power (42 by default). auth.allow: the nodes and nobody else.
  private var options: [(String, String)] {
    let allowed = Set(nodes.flatMap(\.addresses) + [spec.helper].compactMap { $0?.addresses[0] }).sorted() + ["127.0.0.1"]
    return [
      ("auth.allow", allowed.joined(separator: ",")), ("cluster.quorum-type", "auto"), ("network.ping-timeout", "5"),
    ]
  }

  private func makeVolume(_ share: GlusterShare, on node: NodeName, because why: String) -> Step {
    Step(
      node, Self.component, .peers, "Make the volume \(share.volume) of \(servers().joined(separator: ", "))", because: why,
      .run(
        Script(
          "make-volume", PackageResources.make_volume_sh,
          [
            "VOLUME": Text(share.volume), "KIND": share.arbiter == nil ? "replica 2" : "replica 3 arbiter 1",
            "BRICKS": Text(servers().map { "\($0):\(share.brick)" }.joined(separator: " ")),
            "PEERS": Text(servers(but: node).joined(separator: " ")),
            "OPTIONS": Text(options.map { "\($0.0)=\($0.1)" }.joined(separator: " ")),
          ])))
  }

  private func risks(_ share: GlusterShare, _ known: [(node: NodeName, fact: ShareFacts)]) -> Proposal {
    var findings: [Finding] = []
    if share.arbiter == nil, let first = nodes.first {
      findings.append(
        Finding(
          .warning, at: "config_share",
          "two copies and no third vote: so that they cannot part (split brain), the share is read-only while \(first.name) is away",
          hint: "name a third machine, which holds no content: config_share: arbiter: {host: ...}"))
    }
    for (node, fact) in known {
      guard let gluster = fact.gluster, gluster.volume != nil else { continue }
      let lost = servers(but: node).filter { !gluster.peers.contains($0) }
      if !lost.isEmpty && gluster.daemon == "active" {
        findings.append(
          Finding(
            .warning, at: node.description, "glusterd does not count \(lost.joined(separator: ", ")) among its peers",
            hint: "see 'gluster peer status' on \(node)"))
      }
      if gluster.pending > 0 {
        findings.append(
          Finding(
            .warning, at: node.description, "\(gluster.pending) changes of the volume \(share.volume) wait to be copied to another machine",
            hint: "they are copied when it is back; if this stays: gluster volume heal \(share.volume) info"))
      }
    }
    return Proposal(findings: findings)
  }
}

private func + (left: Proposal, right: Proposal) -> Proposal {
  var sum = left
  sum += right
  return sum
}
