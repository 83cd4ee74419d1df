import Core

extension PMMServer {
  /// What is wrong or risky about PMM on the nodes.
  func findings(_ facts: [NodeName: PMMFacts]) -> [Finding] {
    var findings: [Finding] = []
    let alive = nodes.filter { facts[$0]?.alive == true }
    if alive.count > 1 {
      findings.append(
        Finding(
          .danger, at: alive.map(\.description).joined(separator: ", "), "PMM runs on both nodes: two may write to one disk",
          hint: "stop it at once on the node without the virtual IP: systemctl stop pmm-server; then look at fencing"))
    }
    for node in nodes {
      guard let fact = facts[node] else { continue }
      if let program = fact.portTakenBy, !fact.alive {
        findings.append(
          Finding(
            .blocking, at: "\(node)",
            "port \(spec.port) is in use by \(program.isEmpty ? "another program" : program), so PMM cannot start here",
            hint: "stop that program on \(node), or set another pmm/port in the spec"))
      }
      findings += fact.parts.findings(at: "\(node)")
      if fact.activeState == "failed" && !fact.alive {
        findings.append(
          Finding(
            .warning, at: "\(node)", "pmm-server.service has failed here",
            hint: "look at 'journalctl -u pmm-server' on \(node), then: pmm-ha cleanup"))
      }
    }
    return findings + volumeFindings(facts) + ownerFindings(facts) + loginFindings(facts) + tlsFindings(facts) + keyFindings(facts)
      + drift(facts) + mismatch(facts) + versionChange(facts)
  }

  /// The share's files against the node's own copies, which PMM is started with. What an apply that was cut off leaves
  /// behind is mended by its next run, and is no finding: there the node's copy differs from the spec, too.
  private func drift(_ facts: [NodeName: PMMFacts]) -> [Finding] {
    guard let (node, fact) = nodes.compactMap({ node in facts[node].map { (node, $0) } }).first(where: \.1.share) else { return [] }
    func differ(_ shared: FileFact?, _ own: FileFact?, wanted: String) -> Bool {
      guard let shared, let own else { return false }
      if own.state == .same { return shared.state == .different }
      return own.state == .shown && own.content == wanted && shared.state == .shown && shared.content != wanted
    }
    let pairs = [(sharedSettings, PMMPath.settings, settings), (sharedEnvironment, PMMPath.environment, environment.description)]
    return pairs.compactMap { shared, own, wanted in
      guard differ(fact.files[shared], fact.files[own], wanted: wanted) else { return nil }
      return Finding(
        .warning, at: "\(node)", "\(shared) is not what the spec says, nor what PMM is started with (\(own)): somebody has changed it",
        hint: "put what was meant into the spec (pmm) and apply; apply writes the spec's settings over this file")
    }
  }

  /// One tag, two images: a failover would change PMM's version, up or down.
  private func mismatch(_ facts: [NodeName: PMMFacts]) -> [Finding] {
    let have = nodes.compactMap { node in facts[node]?.images[spec.reference].map { (node: node, id: $0) } }
    guard Set(have.map(\.id)).count > 1 else { return [] }
    return [
      Finding(
        .blocking, at: "pmm/tag",
        "\(spec.reference) is not the same image on both nodes: "
          + have.map { "\($0.id.prefix(12)) on \($0.node)" }.joined(separator: ", "),
        hint: "on the node with the wrong one: podman rmi --force \(spec.reference); then apply again, which fetches it anew")
    ]
  }

  /// PMM's data goes forward only.
  private func versionChange(_ facts: [NodeName: PMMFacts]) -> [Finding] {
    // What runs; else what was last written, on the share or a node.
    let running = nodes.compactMap { facts[$0] }.filter(\.alive).compactMap(\.container).map(\.imageName).filter { !$0.isEmpty }
    let written = nodes.compactMap { facts[$0] }.flatMap { [$0.files[sharedSettings], $0.files[PMMPath.settings]] }
      .compactMap { $0?.content }.compactMap { keyValues($0)["PMM_TAG"] }
    let told = running.compactMap { ImageReference($0)?.tag }
    guard let tag = spec.tag, let wanted = Version(tag), let newest = (told.isEmpty ? written : told).compactMap(Version.init).max()
    else { return [] }
    if wanted.isOlder(than: newest) {
      return [
        Finding(
          .blocking, at: "pmm/tag", "\(tag) is older than \(newest), which has worked on this data: PMM cannot go back",
          hint:
            "set pmm/tag to \(newest) or newer. To go back in spite of it, restore data from before the update and put the old PMM_TAG into "
            + "\(sharedSettings) and, on each node, \(PMMPath.settings)")
      ]
    }
    if wanted.parts[0] != newest.parts[0] {
      return [
        Finding(
          .blocking, at: "pmm/tag", "from \(newest) to \(tag) is a new major version, which a changed tag alone does not bring",
          hint: newest.parts[0] == 2 ? fromTwo(to: wanted) : "follow Percona's migration guide to PMM \(wanted.parts[0]) on the data first")
      ]
    }
    return []
  }

  /// The last release that takes over the data of PMM 2, and the last one that takes it over from that release.
  private static let bridges = (first: Version(3, 8, 1), last: Version(3, 12, 0))

  /// How PMM 2's data comes to a release of PMM 3.
  private func fromTwo(to wanted: Version) -> String {
    let (first, last) = Self.bridges
    var way = [first.description]
    if wanted.isFixed, wanted.parts[1] > last.parts[1] { way.append("a 3.\(last.parts[1]) release") }
    if !wanted.isFixed || first < wanted { way.append(wanted.description) }
    return "\(first) is the last release that takes PMM 2's data, so the way is \(way.joined(separator: ", then ")), one apply each. "
      + "Before the first: stop PMM (pcs resource disable pmm_server); on the node where \(mountPoint) is mounted: chown -R 1000:0 \(mountPoint); "
      + "write PMM_TAG=\(first) into \(sharedSettings) and, on each node, \(PMMPath.settings). After it: pcs resource enable pmm_server"
  }
}
