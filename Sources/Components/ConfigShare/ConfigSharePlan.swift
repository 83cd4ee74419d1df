import Core

extension ConfigShareSpec {
  /// Asked of every node, the same everywhere.
  package func question() -> Question {
    Question("share-probe", PackageResources.share_probe_sh, ["SHARE": Text(path)])
  }

  /// Steps and findings from what the nodes see.
  ///
  /// One node leaves a mark, the others must see it: the proof that they have one directory and not each its own.
  package func proposal(_ facts: [NodeName: ShareFacts]) -> Proposal {
    let known = facts.sorted { $0.key < $1.key }.map { (node: $0.key, place: $0.value.place) }
    var findings = known.compactMap { unusable($0.node, $0.place) }
    if findings.isEmpty { findings += different(known) }
    guard findings.isEmpty, let first = known.first else { return Proposal(findings: findings) }
    if case .directory(_, .some) = first.place { return Proposal() }
    let absent = if case .absent = first.place { true } else { false }
    let mark = Step(
      first.node, "ConfigShare", .files, absent ? "Make \(path)" : "Mark \(path) as the shared directory",
      because: absent ? "it is not there" : "it is not yet proven that both nodes see the same one",
      .run(Script("mark-share", PackageResources.mark_share_sh, ["SHARE": Text(path)])))
    let checks = known.dropFirst().map { node, _ in
      Step(
        node, "ConfigShare", .storage, "Check that \(path) is \(first.node)'s directory", because: "both nodes must see the same one",
        .run(
          Script(
            "check-share", PackageResources.check_share_sh, ["SHARE": Text(path), "MAKER": Text(first.node.description)])))
    }
    return Proposal(steps: [mark] + checks)
  }

  private func unusable(_ node: NodeName, _ place: ShareFacts.Place) -> Finding? {
    func finding(_ message: String, _ hint: String) -> Finding { Finding(.blocking, at: node.description, message, hint: hint) }
    switch place {
    case .directory, .absent(parent: true): return nil
    case .absent(parent: false):
      return finding(
        "there is no \(path), nor the directory that it would lie in",
        "mount the share on \(node), or correct config_share/path in the spec")
    case .other(let kind): return finding("\(path) is a \(kind), not a directory", "correct config_share/path in the spec")
    case .hanging:
      return finding("\(path) does not answer", "is the share's server up, and reachable from \(node)? See 'findmnt -T \(path)' there")
    case .failing(let message): return finding("\(path) cannot be looked at: \(message)", "see 'ls -ld \(path)' on \(node)")
    }
  }

  /// Places that cannot be one directory: a mark that only some see, a directory that only some have.
  private func different(_ known: [(node: NodeName, place: ShareFacts.Place)]) -> [Finding] {
    guard let first = known.first else { return [] }
    return known.dropFirst().compactMap { other in
      let message: String
      switch (first.place, other.place) {
      case (.directory(_, let left), .directory(_, let right)) where left == right: return nil
      case (.absent, .absent): return nil
      case (.directory(_, .some), .directory(_, .some)): message = "the file .pmm-ha-share there differs"
      case (.directory(_, .some), _): message = "\(other.node) does not see the file .pmm-ha-share that \(first.node) has there"
      case (_, .directory(_, .some)): message = "\(first.node) does not see the file .pmm-ha-share that \(other.node) has there"
      case (.directory, _): message = "\(first.node) has this directory, \(other.node) has not"
      default: message = "\(other.node) has this directory, \(first.node) has not"
      }
      return Finding(
        .blocking, at: "\(first.node), \(other.node)", "\(path) is not shared: \(message)",
        hint: "mount the same share at this place on both nodes (compare 'findmnt -T \(path)' there)")
    }
  }
}
