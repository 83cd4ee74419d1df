import Core

// The one judgement of a cluster's state: `plan` and `status` both show it. `status` adds what only it knows: tests of fencing
// devices, PMM's readiness, Corosync's links and votes.

extension ClusterState {
  /// What is wrong with the cluster as it runs.
  package var findings: [Finding] { findings(seenFrom: nil) }

  /// - Parameters:
  ///   - node: the node that said so, for advice that names it; nil where it is not known.
  ///   - isSaved: it is the state of a saved CIB, which has no coordinator and no quorum of its own.
  package func findings(seenFrom node: String?, isSaved: Bool = false) -> [Finding] {
    // Before an election each node counts as unclean: that shows nothing of any node.
    guard dc != nil || isSaved else {
      return optionFindings + [
        Finding(
          .warning, at: "cluster", "it has no coordinator yet: it is just starting, or the nodes cannot talk",
          hint: "wait a few seconds; if it stays so: corosync-cfgtool -s, corosync-quorumtool")
      ]
    }
    let ofQuorum = isSaved && dc == nil ? [] : quorumFindings(node)
    return optionFindings + ofQuorum + nodes.flatMap(nodeFindings) + resourceFindings + fencingFindings
  }

  private var optionFindings: [Finding] {
    var result: [Finding] = []
    if !fencingEnabled {
      result.append(
        Finding(
          .danger, at: "stonith-enabled", "fencing is off: when the nodes lose each other, both may write to the same data",
          hint: "describe the nodes' fencing devices under 'fencing' in the spec and run: pmm-ha apply"))
    }
    if noQuorumPolicy == "ignore" {
      result.append(
        Finding(
          .danger, at: "no-quorum-policy", "it is 'ignore': each half of a split cluster runs the service, without asking for quorum",
          hint: "put the default back: crm_attribute --name no-quorum-policy --update stop"))
    }
    if maintenanceMode {
      result.append(
        Finding(
          .warning, at: "maintenance-mode", "the cluster is in maintenance mode: nothing is watched and nothing fails over",
          hint: "end it: crm_attribute --name maintenance-mode --delete"))
    }
    if mixedVersion {
      result.append(
        Finding(.warning, at: "cluster", "the nodes run different versions of Pacemaker", hint: "bring both to the same packages"))
    }
    return result
  }

  private func quorumFindings(_ node: String?) -> [Finding] {
    guard !quorum, !nodes.isEmpty else { return [] }
    return [
      Finding(
        .danger, at: "quorum", "this partition has no quorum: nothing starts here",
        hint:
          "After a full stop both nodes must meet once: power the other one on (pmm-ha start); if it is dead: pmm-ha start --alone \(node ?? "NODE"). If both run: corosync-cfgtool -s"
      )
    ]
  }

  private func nodeFindings(_ node: Node) -> [Finding] {
    // A remote node is a resource: that it is down is told as a failure of that.
    if node.isRemote { return [] }
    if node.unclean {
      return [
        Finding(
          .danger, at: node.name, "it is lost and not fenced yet; until then its resources start nowhere",
          hint: "See why fencing fails: pmm-ha fence history. If its power is surely off: pmm-ha fence confirm \(node.name)")
      ]
    }
    if node.pending { return [Finding(.note, at: node.name, "it is joining", hint: "Wait a moment.")] }
    if !node.online {
      return [
        Finding(
          .warning, at: node.name, "it is not in the cluster: if the other node dies now, the service is gone",
          hint: "Bring it back: power it on; its cluster starts at boot")
      ]
    }
    if node.standby {
      return [
        Finding(
          .warning, at: node.name, "it is in standby: if the other node dies now, nothing takes over",
          hint: "Take it back: pmm-ha unstandby \(node.name)")
      ]
    }
    if node.maintenance {
      return [
        Finding(
          .warning, at: node.name, "it is in maintenance: Pacemaker does nothing there",
          hint: "End it: crm_attribute --node \(node.name) --name maintenance --delete")
      ]
    }
    return []
  }

  private var resourceFindings: [Finding] {
    var result: [Finding] = []
    // Clones run on several nodes on purpose; what is a primitive of the group or stands beside it runs on one.
    for resource in resources where resource.nodes.count > 1 && (resource.group != nil || resource.id.hasPrefix(ResourceID.prefix)) {
      result.append(
        Finding(
          .danger, at: resource.id, "it is active on several nodes: \(resource.nodes.joined(separator: ", "))",
          hint: "Stop it by hand on the node where it does not belong at once, look at the data, then: pmm-ha cleanup \(resource.id)"))
    }
    for resource in resources where resource.blocked {
      result.append(
        Finding(
          .danger, at: resource.id, "Pacemaker has given it up until an administrator acts",
          hint: "Mend the cause, then: pmm-ha cleanup \(resource.id)"))
    }
    for failure in failures {
      result.append(
        Finding(
          .warning, at: failure.resource,
          "\(failure.task) failed on \(failure.node): \(failure.reason.isEmpty ? failure.status : failure.reason)"
            + (failure.when.map { " (\($0))" } ?? ""), hint: "When the cause is mended: pmm-ha cleanup \(failure.resource)"))
    }
    return result
  }

  /// A failure counts until a later attempt at the same node succeeds. Events come newest first, pending ones before all.
  private var fencingFindings: [Finding] {
    var result: [Finding] = []
    for target in Set(fencing.map(\.target)).sorted() {
      let own = fencing.filter { $0.target == target }
      let node = nodes.first { $0.name == target }
      if own.contains(where: { $0.status == "pending" }), let node, node.online, !node.pending, !node.unclean {
        result.append(
          Finding(
            .note, at: target, "its fencing is noted as pending, and it is in the cluster",
            hint: "If it stays so, it was forgotten under way: stonith_admin --cleanup --history \(target)"))
      }
      guard let last = own.first(where: { $0.status != "pending" }), last.status != "success" else { continue }
      result.append(
        Finding(
          .danger, at: target,
          "its last fencing (\(last.action)) failed\(last.when.map { " at \($0)" } ?? "")\(last.reason.isEmpty ? "" : ": \(last.reason)")",
          hint: "Ask its devices: pmm-ha fence test \(target). Once they work again, forget it: pmm-ha cleanup --fencing"))
    }
    return result
  }
}
