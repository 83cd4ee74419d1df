import Core

/// The share with what the rest of the spec says about its place: Cluster fills it.
package struct ConfigShare: Sendable, Equatable {
  package let spec: ConfigShareSpec
  /// In the order of the spec.
  package let nodes: [NodeSpec]

  package init(_ spec: ConfigShareSpec, nodes: [NodeSpec]) {
    self.spec = spec
    self.nodes = nodes
  }

  static let component = "ConfigShare"
  var path: String { spec.path }

  /// The units that mount it on a node; nil where the user mounts it.
  func units(_ node: NodeName) -> MountUnits? {
    switch spec {
    case .directory: nil
    case .nfs(let share): share.units
    case .glusterfs(let share): share.units(others: servers(but: node))
    }
  }

  /// Asked of every node, the same everywhere.
  package func question() -> Question<ShareFacts> {
    var (volume, brick) = ("", "")
    if case .glusterfs(let share) = spec { (volume, brick) = (share.volume, share.brick) }
    let unit = if case .directory = spec { "" } else { escapedPath(path) }
    return Question(
      "share-probe", PackageResources.share_probe_sh,
      ["SHARE": Text(path), "UNIT": Text(unit), "VOLUME": Text(volume), "BRICK": Text(brick)]
    ) { try ShareFacts($0) }
  }

  /// Steps and findings from what the nodes see, and the machine beside them, where pmm-ha sets one up.
  ///
  /// One node leaves a mark, the others must see it: the proof that they have one directory and not each its own.
  package func proposal(_ facts: [NodeName: ShareFacts], server: ServerFacts? = nil) -> Proposal {
    let known = facts.sorted { $0.key < $1.key }.map { (node: $0.key, fact: $0.value) }
    var proposal = Proposal()
    if let server, let helper = spec.helper { proposal += self.server(helper.name, server) }
    if case .glusterfs(let share) = spec { proposal += gluster(share, known) }
    let makesVolume = proposal.steps.contains { $0.stage == .peers }
    let views = known.map { (node: $0.node, view: view($0.node, $0.fact, toMount: makesVolume), record: $0.fact.record) }
    var findings = views.compactMap { unusable($0.node, $0.view) }
    if findings.isEmpty { findings += different(views.map { ($0.node, $0.view) }) }
    proposal.findings += findings
    if findings.contains(where: { $0.severity == .blocking }) { return Proposal(findings: proposal.findings) }
    for (node, view, _) in views {
      if case .toMount(let why) = view, let fact = facts[node] { proposal.steps += mount(node, fact, why) }
    }
    // While the share is down somewhere there is nobody to prove anything to.
    let isDown = views.contains { if case .down = $0.view { true } else { false } }
    if !isDown { proposal.steps += marks(views) }
    return proposal
  }

  /// The mark on the first node, and the others' look at it; on each node until it has noted the mark.
  private func marks(_ views: [(node: NodeName, view: View, record: String?)]) -> [Step] {
    guard let first = views.first else { return [] }
    var steps: [Step] = []
    let isNew = first.view.mark == nil
    if isNew || first.record != first.view.mark {
      let absent = if case .absent = first.view { true } else { false }
      steps.append(
        Step(
          first.node, Self.component, .files, absent ? "Make \(path)" : "Mark \(path) as the shared directory",
          because: absent ? "it is not there" : isNew ? "it is not yet proven that both nodes see the same one" : unnoted(first.record),
          .run(Script("mark-share", PackageResources.mark_share_sh, ["SHARE": Text(path)]))))
    }
    for other in views.dropFirst() where isNew || other.view.mark == nil || other.record != other.view.mark {
      steps.append(
        Step(
          other.node, Self.component, .storage, "Check that \(path) is \(first.node)'s directory",
          because: isNew || other.view.mark == nil ? "both nodes must see the same one" : unnoted(other.record),
          .run(
            Script(
              "check-share", PackageResources.check_share_sh, ["SHARE": Text(path), "MAKER": Text(first.node.description)]))))
    }
    return steps
  }

  private func unnoted(_ record: String?) -> String {
    record == nil ? "this node has not noted which one it is" : "it is another one than before"
  }

  /// Writes the units and mounts by them.
  private func mount(_ node: NodeName, _ fact: ShareFacts, _ why: String) -> [Step] {
    guard let units = units(node) else { return [] }
    func file(_ path: String, _ text: String) -> Step? {
      (fact.files[path] ?? FileFact(.absent)).step(node, Self.component, path: path, Text(text))
    }
    return [
      file(units.mountFile, units.mount), file(units.automountFile, units.automount),
      Step(
        node, Self.component, .files, "Mount \(units.source) on \(path)", because: why,
        .run(
          Script(
            "mount-share", PackageResources.mount_share_sh,
            [
              "SHARE": Text(path), "UNIT": Text(units.name), "SOURCE": Text(units.source),
              "TYPES": Text(units.kernelTypes.sorted().joined(separator: " ")),
            ]))),
    ].compactMap { $0 }
  }

  private func unusable(_ node: NodeName, _ view: View) -> Finding? {
    func finding(_ message: String, _ hint: String) -> Finding { Finding(.blocking, at: node.description, message, hint: hint) }
    let where_ = spec.source.map { "\($0), mounted on \(path)," } ?? path
    switch view {
    case .ready, .toMount, .absent(parent: true): return nil
    case .absent(parent: false):
      return finding(
        "there is no \(path), nor the directory that it would lie in",
        "mount the share on \(node), or correct config_share/path in the spec")
    case .other(let kind): return finding("\(path) is a \(kind), not a directory", "correct config_share/path in the spec")
    case .hanging:
      return finding("\(where_) does not answer", "is the share's server up, and reachable from \(node)? See 'findmnt -T \(path)' there")
    case .failing(let message):
      return finding(
        "\(where_) cannot be looked at: \(message)",
        spec.source == nil
          ? "see 'ls -ld \(path)' on \(node)" : "is the server up? See 'systemctl status \(escapedPath(path)).mount' on \(node)")
    case .down(let message):
      return Finding(
        .warning, at: node.description, "the config share is down: \(where_) \(message)",
        hint: "PMM runs, and starts on either node, from each node's own copies; settings cannot be shared until the server answers again")
    }
  }

  /// Places that cannot be one directory: a mark that only some see, a directory that only some have.
  private func different(_ known: [(node: NodeName, view: View)]) -> [Finding] {
    guard let first = known.first else { return [] }
    return known.dropFirst().compactMap { other in
      let message: String
      switch (first.view, other.view) {
      // Not known before they are mounted, or up.
      case (.toMount, _), (_, .toMount), (.down, _), (_, .down): return nil
      case (.ready(let left), .ready(let right)) where left == right: return nil
      case (.absent, .absent): return nil
      case (.ready(.some), .ready(.some)): message = "the file .pmm-ha-share there differs"
      case (.ready(.some), _): message = "\(other.node) does not see the file .pmm-ha-share that \(first.node) has there"
      case (_, .ready(.some)): message = "\(first.node) does not see the file .pmm-ha-share that \(other.node) has there"
      case (.ready, _): message = "\(first.node) has this directory, \(other.node) has not"
      default: message = "\(other.node) has this directory, \(first.node) has not"
      }
      return Finding(
        .blocking, at: "\(first.node), \(other.node)", "\(path) is not shared: \(message)",
        hint: "mount the same share at this place on both nodes (compare 'findmnt -T \(path)' there)")
    }
  }
}

extension ConfigShareSpec {
  /// What is mounted; nil where the user mounts it.
  var source: String? {
    switch self {
    case .directory: nil
    case .nfs(let share): share.source
    case .glusterfs(let share): "the volume \(share.volume)"
    }
  }
}
