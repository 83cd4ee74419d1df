import Core

// A unit made by hand may bind another directory than the cluster mounts: PMM then writes to the node's own disk, and
// after a failover its data is not there. It is brought to the shared filesystem before anything else is changed.

extension PMMServer {
  /// PMM's data lies on a node's own disk: no other part of the service may be changed before it is brought.
  package func hasDataElsewhere(_ facts: [NodeName: PMMFacts]) -> Bool { holder(facts) != nil }

  /// Data of PMM's outside of the shared filesystem on this node.
  private func elsewhere(_ fact: PMMFacts) -> PMMFacts.Volume? {
    fact.volume.flatMap { $0.path != mountPoint && $0.entries > 0 ? $0 : nil }
  }

  /// The node whose own disk holds what PMM works with: where it runs; where it is stopped, where the shared filesystem
  /// is mounted.
  private func holder(_ facts: [NodeName: PMMFacts]) -> (node: NodeName, volume: PMMFacts.Volume)? {
    let active = nodes.first { facts[$0]?.alive == true } ?? nodes.first { facts[$0]?.sharedEntries != nil }
    guard let active, let volume = facts[active].flatMap(elsewhere) else { return nil }
    return (active, volume)
  }

  /// Nil where it must be decided by hand.
  func bringData(_ facts: [NodeName: PMMFacts]) -> Step? {
    guard let (node, volume) = holder(facts), facts[node]?.sharedEntries == 0 else { return nil }
    return Step(
      node, "PMMServer", .cluster, "Stop PMM and copy its data from \(volume.path) to \(mountPoint)",
      because: "PMM writes to \(node)'s own disk, so a failover would lose its data",
      .run(
        Script(
          "bring-data", PackageResources.bring_data_sh,
          ["FROM": Text(volume.path), "TO": Text(mountPoint), "KEPT": Text(Self.kept(volume.path)), "STOP": "\(stopTimeout)"])),
      effects: [.disrupts("PMM is down while its data is copied; the original stays, as \(Self.kept(volume.path))")],
      // As long as a copy of all of PMM's data takes.
      limit: 86_400)
  }

  private static func kept(_ path: String) -> String { "\(path).before-pmm-ha" }

  func volumeFindings(_ facts: [NodeName: PMMFacts]) -> [Finding] {
    let holder = holder(facts)
    var result: [Finding] = []
    if let (node, volume) = holder {
      let entries = facts[node]?.sharedEntries
      let commands =
        "stop PMM (pcs resource disable pmm-server), on \(node): cp -a \(volume.path)/. \(mountPoint)/ && mv \(volume.path) \(Self.kept(volume.path)), then apply"
      if entries == 0 {
        result.append(
          Finding(
            .danger, at: "\(node)", "PMM's data is in \(volume.path), on this node's own disk, and not on the shared one at \(mountPoint)",
            hint: "apply copies it, and keeps the original as \(Self.kept(volume.path)); by hand: \(commands)"))
      } else if entries == nil {
        result.append(
          Finding(
            .blocking, at: "\(node)", "PMM's data is in \(volume.path), on this node's own disk, and nothing is mounted at \(mountPoint)",
            hint: "let Pacemaker mount the shared filesystem there (pcs status says why it does not); then apply"))
      } else {
        result.append(
          Finding(
            .blocking, at: "\(node)",
            "PMM writes to \(volume.path), on this node's own disk, and there is something in the shared filesystem at \(mountPoint) too: which of them counts is yours to say",
            hint:
              "to keep what PMM works with now: move the other things away, below \(mountPoint) on \(node); then apply, which copies it. "
              + "To keep what is on the shared disk: mv \(volume.path) \(Self.kept(volume.path)) on \(node) while PMM is stopped (pcs resource disable pmm-server)"
          ))
      }
    }
    for node in nodes where node != holder?.node {
      guard let volume = facts[node].flatMap(elsewhere) else { continue }
      result.append(
        Finding(
          .warning, at: "\(node)",
          "PMM has run on this node's own disk, too: \(volume.path) holds what it wrote there, which nobody else has",
          hint: "it is left as it is; look whether it is needed"))
    }
    return result
  }
}
