import Core

/// Corosync's part of a plan.
package struct CorosyncPlan: Sendable, Equatable {
  package var proposal: Proposal
  /// Nodes whose Corosync (and Pacemaker) is stopped by it, to be started again with the new configuration.
  package var stopped: Set<NodeName>
}

extension CorosyncSpec {
  /// Shared by both nodes, made when there is none; text, so that it can be carried from node to node.
  package static let key = SecretName("corosync-authkey")
  static let confPath = "/etc/corosync/corosync.conf"
  static let keyPath = "/etc/corosync/authkey"
  /// What apply writes there that is its own as a whole, for `destroy`.
  package static let ownPaths = [confPath, keyPath]

  /// `ahead`: a new cluster's Corosync may start while other files are still being written.
  package func plan(_ facts: [NodeName: CorosyncFacts], ahead: Bool = false) -> CorosyncPlan {
    let known = nodes.compactMap { node in facts[node.name].map { (name: node.name, facts: $0) } }
    var plan = CorosyncPlan(proposal: Proposal(findings: known.flatMap { foreign($0.name, $0.facts) }), stopped: [])
    // Another cluster is here: nothing of it is touched.
    if !plan.proposal.findings.isEmpty { return plan }
    for (name, facts) in known where facts.runsExample {
      plan.stopped.insert(name)
      plan.proposal.steps.append(
        Step(
          name, "Corosync", .files, "Stop the one-node cluster of the package's example configuration",
          because: "it runs since the installation",
          .run(Script("stop-default", PackageResources.stop_default_sh))
        ))
    }
    let alive = known.filter { $0.facts.active && !plan.stopped.contains($0.name) }.map(\.name)
    plan.proposal += keys(known.map { ($0.name, $0.facts) }, alive: alive)
    plan.proposal += files(known.map { ($0.name, $0.facts) }, alive: alive)
    if ahead, alive.isEmpty, known.count == nodes.count { plan.proposal.steps += known.map { start($0.name) } }
    return plan
  }

  /// Corosync 3.1.7 is ready 0.38 s after its start, of which it computes for 0.05 s.
  private func start(_ node: NodeName) -> Step {
    Step(
      node, "Corosync", .files, "Start Corosync", because: "it takes a moment, in which the rest is prepared",
      .run(Script("start-corosync", PackageResources.start_corosync_sh)))
  }

  private func foreign(_ name: NodeName, _ facts: CorosyncFacts) -> [Finding] {
    if let unknown = facts.identity.unknown {
      return [
        Finding(
          .blocking, at: name.description, "it is not known which cluster \(facts.active ? "runs" : "is configured") here: \(unknown)",
          hint: "see corosync-cmapctl, 'corosync -t' and /etc/corosync/corosync.conf on \(name); mend what they say, or take it away: "
            + "pcs cluster destroy there")
      ]
    }
    guard let cluster = facts.identity.value else { return [] }
    if cluster != clusterName {
      return [
        Finding(
          .blocking, at: name.description,
          "a cluster named '\(cluster)' is \(facts.active ? "running" : "configured") here, not '\(clusterName)'",
          hint:
            "name it in the spec (cluster: \(cluster)) if this is the cluster you mean; else take it away first: pcs cluster destroy on \(name)"
        )
      ]
    }
    if let unreadable = facts.unreadable {
      return [
        Finding(
          .blocking, at: name.description, "Corosync's file cannot be read, and does not count as absent: \(unreadable)",
          hint: "mend that line ('corosync -t' checks the file), then plan again")
      ]
    }
    let there = Set(facts.conf?.nodeNames ?? [])
    let wanted = Set(nodes.map(\.name.description))
    if there == wanted || facts.conf == nil || joins(facts) { return [] }
    return [
      Finding(
        .blocking, at: name.description,
        "the cluster '\(cluster)' here has the nodes \(there.sorted().joined(separator: ", ")), not \(wanted.sorted().joined(separator: ", "))",
        hint: "check the nodes in the spec; if this is another cluster, take it away first: pcs cluster destroy on \(name)")
    ]
  }

  private func keys(_ known: [(NodeName, CorosyncFacts)], alive: [NodeName]) -> Proposal {
    var result = Proposal()
    for (name, facts) in known {
      if let key = facts.key, key.mode & 0o077 != 0 {
        result.findings.append(
          Finding(
            .warning, at: name.description, "\(Self.keyPath) can be read by others (mode \(String(key.mode, radix: 8)))",
            hint: "chmod 400 \(Self.keyPath)"))
      }
    }
    let digests = Set(known.map { $0.1.key?.digest })
    if digests.count == 1, digests.first != .some(nil), known.allSatisfy({ ($0.1.key?.size ?? 0) >= 128 }) { return result }
    func write(_ node: NodeName, _ secret: SecretName, _ why: String) {
      result.steps.append(
        Step(
          node, "Corosync", .files, "Write \(Self.keyPath)", because: why,
          .write(FileWrite(Self.keyPath, Text(secret: secret), mode: 0o400))))
    }
    // Nobody uses any of them: both get a new one.
    guard let source = alive.first else {
      for (node, facts) in known { write(node, Self.key, facts.key == nil ? "it is not there" : "the nodes' keys differ") }
      return result
    }
    let places = known.map(\.0).filter { $0 != source }
    guard known.first(where: { $0.0 == source })?.1.key != nil, !places.contains(where: alive.contains) else {
      result.findings.append(
        Finding(
          .blocking, at: places.map(\.description).joined(separator: ", "),
          "its \(Self.keyPath) differs from the one that Corosync uses on \(source), so the nodes cannot talk to each other",
          hint:
            "stop the cluster on \(places.map(\.description).joined(separator: ", ")) and copy the file there from \(source), with mode 400"
        ))
      return result
    }
    for node in places { write(node, .file(Self.keyPath, on: source), "\(source) runs with another key") }
    return result
  }

  private func files(_ known: [(NodeName, CorosyncFacts)], alive: [NodeName]) -> Proposal {
    var result = Proposal()
    let wanted = conf
    let allRun = alive.count == nodes.count
    var stale: [String] = []
    for (name, facts) in known {
      let found = facts.conf.map(withAddresses)
      if facts.active, alive.contains(name) {
        // A daemon may run with less than its file says, if an earlier run was interrupted before the reload.
        stale += staleValues(facts)
        let conf = found ?? CorosyncConf()
        let fixed = conf.differences(to: wanted).filter { !reloadable($0, in: facts, allRun: allRun) }
        if !fixed.isEmpty && !conf.means(wanted) {
          result.findings.append(
            Finding(
              .blocking, at: name.description, "Corosync cannot change \(fixed.joined(separator: ", ")) while it runs",
              hint: fixed.allSatisfy(isVote)
                ? "both nodes must run while votes change, or quorum could be lost: start the other one (pmm-ha start), then apply again"
                : "stop the cluster (the service stops too): pcs cluster stop --all; then apply again"))
          continue
        }
      }
      if let found, found.means(wanted) { continue }
      if let step = facts.file.step(name, "Corosync", path: Self.confPath, "\(wanted.description)") {
        result.steps.append(step)
        stale += found?.differences(to: wanted) ?? []
      }
    }
    if let node = alive.first, !stale.isEmpty, result.findings.isEmpty {
      let values = Set(stale).sorted().joined(separator: ", ")
      result.steps.append(
        Step(
          node, "Corosync", .cluster, "Let the running Corosync read the new file", because: "it runs with another \(values)",
          .run(Script("reload-corosync", PackageResources.reload_corosync_sh))))
    }
    return result
  }

  /// What the daemon runs with, where that is not what the spec says.
  private func staleValues(_ facts: CorosyncFacts) -> [String] {
    var wanted = ["totem.token": "\(timing.token)", "totem.consensus": "\(timing.consensus)"]
    if let device { wanted["quorum.device.net.host"] = device.host }
    for (index, node) in nodes.enumerated() {
      for (link, address) in node.addresses.enumerated() {
        let key = "nodelist.node.\(index).ring\(link)_addr"
        // The node's own name means its first address, which Host sees to.
        wanted[key] = link == 0 && facts.running[key] == node.name.description ? node.name.description : address
      }
    }
    let votes = device == nil && facts.running["quorum.device.net.host"] != nil ? ["quorum.device.net.host"] : []
    return votes + wanted.keys.sorted().filter { !facts.running.isEmpty && facts.running[$0] != wanted[$0] }
  }

  /// A node's name in the place of its first address, as `pcs cluster setup` without addresses writes it, means that
  /// address.
  private func withAddresses(_ conf: CorosyncConf) -> CorosyncConf {
    var result = conf
    for list in result.sections.indices where result.sections[list].name == "nodelist" {
      for index in result.sections[list].sections.indices {
        let section = result.sections[list].sections[index]
        guard let name = section["name"], section["ring0_addr"] == name, let node = nodes.first(where: { $0.name.description == name }),
          let address = node.addresses.first
        else { continue }
        result.sections[list].sections[index].values.removeAll { $0.key == "ring0_addr" }
        result.sections[list].sections[index].values.append(.init("ring0_addr", address))
      }
    }
    return result
  }

  /// Runs without a node that the spec has: one that was forgotten, and joins again.
  private func joins(_ facts: CorosyncFacts) -> Bool {
    let there = facts.conf?.nodeNames ?? []
    let wanted = nodes.map(\.name.description)
    return facts.active && !there.isEmpty && there.count < wanted.count && there.allSatisfy(wanted.contains)
  }

  /// It is of who votes: two_node and wait_for_all, or the device.
  private func isVote(_ path: String) -> Bool {
    path.hasPrefix("quorum.device.") || path == "quorum.two_node" || path == "quorum.wait_for_all"
  }

  /// Whether `corosync-cfgtool -R` brings it into a running daemon (cfgtool(8); tried with 3.1.7).
  private func reloadable(_ path: String, in facts: CorosyncFacts, allRun: Bool) -> Bool {
    if joins(facts) {
      let there = facts.conf?.nodeNames ?? []
      let added = nodes.map(\.name.description).filter { !there.contains($0) }
      if path == "quorum.two_node" || path == "quorum.wait_for_all" || added.contains(where: { path.hasPrefix("nodelist.node.\($0).") }) {
        return true
      }
    }
    if isVote(path) { return allRun }
    return path == "totem.token" || path == "totem.consensus" || path.hasPrefix("totem.interface.")
      || (path.hasPrefix("nodelist.node.") && path.hasSuffix("ring1_addr"))
  }
}
