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

  package func plan(_ facts: [NodeName: CorosyncFacts]) -> CorosyncPlan {
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
          .run(Script("stop-default", PackageResources.stop_default_sh, ["CLUSTER": Text(facts.running["totem.cluster_name"] ?? "debian")]))
        ))
    }
    let alive = known.filter { $0.facts.active && !plan.stopped.contains($0.name) }.map(\.name)
    plan.proposal += keys(known.map { ($0.name, $0.facts) }, alive: alive)
    plan.proposal += files(known.map { ($0.name, $0.facts) }, alive: alive)
    return plan
  }

  private func foreign(_ name: NodeName, _ facts: CorosyncFacts) -> [Finding] {
    guard let cluster = facts.cluster else { return [] }
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
    let there = Set(facts.conf?.nodeNames ?? [])
    let wanted = Set(nodes.map(\.name.description))
    if there == wanted || facts.conf == nil { return [] }
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
    guard let key = known.first(where: { $0.0 == source })?.1.key, key.isText, !places.contains(where: alive.contains) else {
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
    var stale: [String] = []
    for (name, facts) in known {
      if facts.active, alive.contains(name) {
        // A daemon may run with less than its file says, if an earlier run was interrupted before the reload.
        stale += staleValues(facts)
        let conf = facts.conf ?? CorosyncConf()
        let fixed = conf.differences(to: wanted).filter { !reloadable($0) }
        if !fixed.isEmpty && !conf.means(wanted) {
          result.findings.append(
            Finding(
              .blocking, at: name.description, "Corosync cannot change \(fixed.joined(separator: ", ")) while it runs",
              hint: "stop the cluster (the service stops too): pcs cluster stop --all; then apply again"))
          continue
        }
      }
      if let conf = facts.conf, conf.means(wanted) { continue }
      if let step = facts.file.step(name, "Corosync", path: Self.confPath, "\(wanted.description)") {
        result.steps.append(step)
        stale += facts.conf?.differences(to: wanted) ?? []
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
    for (index, node) in nodes.enumerated() {
      for (link, address) in node.addresses.enumerated() { wanted["nodelist.node.\(index).ring\(link)_addr"] = address }
    }
    return wanted.keys.sorted().filter { !facts.running.isEmpty && facts.running[$0] != wanted[$0] }
  }

  /// Whether `corosync-cfgtool -R` brings it into a running daemon (cfgtool(8); tried with 3.1.7).
  private func reloadable(_ path: String) -> Bool {
    path == "totem.token" || path == "totem.consensus" || path.hasPrefix("totem.interface.")
      || (path.hasPrefix("nodelist.node.") && path.hasSuffix("ring1_addr"))
  }
}
