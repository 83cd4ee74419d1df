import Core

extension PacemakerSpec {
  /// Different versions cluster for the time of a rolling upgrade; one older than the CIB cannot join it at all.
  func versionFindings(_ facts: [NodeName: PacemakerFacts]) -> [Finding] {
    let known = nodes.compactMap { node in facts[node].map { (node: node, facts: $0) } }.filter { $0.facts.installed }
    let versions = known.map { "\($0.facts.version ?? "an unknown version") on \($0.node)" }.joined(separator: ", ")
    var result: [Finding] = []
    if Set(known.map(\.facts.version)).count > 1 {
      result.append(
        Finding(
          .warning, at: "Pacemaker", "its versions differ: \(versions); nodes should differ only while they are being upgraded",
          hint: "install the same version on both, the passive node first"))
    }
    guard let cluster = known.first(where: { $0.facts.live })?.facts.cib?["crm_feature_set"] else { return result }
    for (node, facts) in known where !facts.live {
      guard let own = facts.featureSet, numbers(own).lexicographicallyPrecedes(numbers(cluster)) else { continue }
      result.append(
        Finding(
          .blocking, at: node.description,
          "its Pacemaker \(facts.version ?? "") has feature set \(own), older than the running cluster's \(cluster): it would be refused",
          hint: "install the other node's version of Pacemaker on \(node)"))
    }
    return result
  }

  func stateFindings(_ facts: [NodeName: PacemakerFacts]) -> [Finding] {
    let states = nodes.compactMap { facts[$0]?.state }
    return (states.first { $0.quorum } ?? states.first)?.findings ?? []
  }

  private func numbers(_ version: String) -> [Int] { version.split(separator: ".").map { Int($0) ?? 0 } }
}

extension ClusterState {
  /// What is wrong with the cluster as it runs.
  package var findings: [Finding] {
    var result: [Finding] = []
    if !fencingEnabled {
      result.append(
        Finding(
          .danger, at: "stonith-enabled", "fencing is off: when the nodes lose each other both may write to the same data",
          hint: "give the nodes fencing devices in the spec and apply it"))
    }
    // Before an election nobody knows anything of anybody: each node counts as unclean.
    guard dc != nil else {
      result.append(
        Finding(
          .warning, at: "cluster", "it has no designated controller: it is just starting, or the nodes cannot talk",
          hint: "wait a few seconds; if it stays so: corosync-cfgtool -s, corosync-quorumtool"))
      return result
    }
    if !quorum {
      result.append(
        Finding(
          .danger, at: "quorum", "this partition has no quorum, so it runs nothing",
          hint: "look at the links between the nodes: corosync-cfgtool -s; after a first start both nodes must have been up once"))
    }
    for node in nodes {
      if node.unclean {
        result.append(
          Finding(
            .danger, at: node.name, "it is lost and not fenced yet; its resources cannot be recovered before that",
            hint:
              "see why fencing fails: stonith_admin --history \(node.name); when it is certainly off: stonith_admin --confirm \(node.name)")
        )
      } else if node.pending {
        result.append(Finding(.note, at: node.name, "it is joining", hint: "wait a moment"))
      } else if !node.online {
        result.append(
          Finding(.warning, at: node.name, "it is not in the cluster: nothing can take over", hint: "power it on, or start Pacemaker on it")
        )
      } else if node.standby {
        result.append(
          Finding(.warning, at: node.name, "it is in standby: nothing can take over there", hint: "end it: pmm-ha unstandby \(node.name)"))
      } else if node.maintenance {
        result.append(
          Finding(
            .warning, at: node.name, "it is in maintenance: nothing is watched there",
            hint: "end it: crm_attribute --node \(node.name) --name maintenance --delete"))
      }
    }
    for resource in resources where resource.nodes.count > 1 && !resource.agent.hasPrefix("stonith:") && resource.group != nil {
      result.append(
        Finding(
          .danger, at: resource.id, "it is active on \(resource.nodes.joined(separator: " and ")) at once",
          hint: "stop it by hand on the node where it does not belong, then: crm_resource --cleanup --resource \(resource.id)"))
    }
    for resource in resources where resource.blocked {
      result.append(
        Finding(
          .danger, at: resource.id, "Pacemaker has given it up until an administrator acts",
          hint: "mend the cause, then: crm_resource --cleanup --resource \(resource.id)"))
    }
    for failure in failures {
      result.append(
        Finding(
          .warning, at: failure.resource,
          "\(failure.task) failed on \(failure.node): \(failure.status)" + (failure.reason.isEmpty ? "" : ", \(failure.reason)")
            + (failure.when.map { " (\($0))" } ?? ""),
          hint: "mend the cause, then: pmm-ha cleanup"))
    }
    if let last = fencing.first(where: { $0.status == "failed" }), fencing.first(where: { $0.target == last.target })?.status == "failed" {
      result.append(
        Finding(
          .danger, at: last.target, "its last fencing failed" + (last.reason.isEmpty ? "" : ": \(last.reason)"),
          hint: "try the device by hand from the other node, for a BMC: fence_ipmilan ... -o status"))
    }
    return result
  }
}
