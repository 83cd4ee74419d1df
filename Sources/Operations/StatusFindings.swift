import Core
import Pacemaker

/// What is wrong or risky in a running cluster, worst first.
func statusFindings(_ status: ClusterStatus, _ state: ClusterState) -> [Finding] {
  let all =
    fencingFindings(status, state) + nodeFindings(state, seenFrom: status.seenFrom) + serviceFindings(status, state) + linkFindings(status)
    + voteFindings(status)
  return all.sorted { $0.severity > $1.severity }
}

private func fencingFindings(_ status: ClusterStatus, _ state: ClusterState) -> [Finding] {
  var findings: [Finding] = []
  if !state.fencingEnabled {
    findings.append(
      Finding(
        .danger, at: "fencing", "fencing is off (stonith-enabled=false): two nodes may write to one disk at once",
        hint: "Describe the nodes' BMCs in the spec's 'fencing' and run: pmm-ha apply"))
  } else if status.fencingDevices.isEmpty {
    findings.append(
      Finding(
        .danger, at: "fencing", "there is no fencing device: after a crash Pacemaker waits forever and nothing takes over",
        hint: "Describe the nodes' BMCs in the spec's 'fencing' and run: pmm-ha apply"))
  }
  // A device that no node watches can still be used: Pacemaker keeps it ready on every node that may, also in standby.
  // It is a bad sign only where it failed, or where nothing else explains it.
  let allIn = state.nodes.allSatisfy { $0.online && !$0.pending && !$0.standby && !$0.maintenance }
  for device in status.fencingDevices {
    let failed = device.failed || state.failures.contains { $0.resource == device.id }
    if device.monitoredOn == nil, failed {
      findings.append(
        Finding(
          .danger, at: device.id, "this fencing device does not answer: its node can't be fenced",
          hint: "See the failed actions; when the BMC answers again: pmm-ha cleanup \(device.id)"))
    } else if device.monitoredOn == nil, allIn {
      findings.append(
        Finding(
          .warning, at: device.id, "no node watches this fencing device",
          hint: "It is starting, or somebody has disabled it: pcs resource enable \(device.id)"))
    }
    if let tested = device.tested, !tested.passed {
      findings.append(
        Finding(.danger, at: device.id, "its last test failed", hint: "Check address and password of the BMC, then: pmm-ha apply"))
    }
  }
  for (node, fenced) in status.reallyFenced.sorted(by: { $0.key < $1.key }) where !fenced.tested.passed {
    findings.append(
      Finding(
        .danger, at: node, "when it was last fenced for a test, that did not work",
        hint: "Mend the cause, then try again: pmm-ha fence test \(node) --really"))
  }
  for event in state.fencing where event.status != "success" && event.status != "pending" {
    findings.append(
      Finding(
        .warning, at: event.target,
        "fencing (\(event.action)) failed\(event.when.map { " at \($0)" } ?? "")\(event.reason.isEmpty ? "" : ": \(event.reason)")",
        hint: "Once the device works again, forget it: pmm-ha cleanup --fencing"))
  }
  return findings
}

private func nodeFindings(_ state: ClusterState, seenFrom: String) -> [Finding] {
  var findings: [Finding] = []
  for node in state.nodes {
    if node.unclean {
      findings.append(
        Finding(
          .danger, at: node.name, "it is lost and not fenced yet; until then its resources start nowhere",
          hint: "If its power is surely off: stonith_admin --confirm \(node.name) on the other node"))
    } else if node.pending {
      findings.append(Finding(.warning, at: node.name, "it is joining", hint: "Wait a moment."))
    } else if !node.online {
      findings.append(
        Finding(
          .warning, at: node.name, "it is not in the cluster: if the other node dies now, the service is gone",
          hint: "Bring it back: power it on; its cluster starts at boot"))
    } else if node.standby {
      findings.append(
        Finding(
          .warning, at: node.name, "it is in standby: if the other node dies now, nothing takes over",
          hint: "Take it back: pmm-ha unstandby \(node.name)"))
    } else if node.maintenance {
      findings.append(
        Finding(
          .warning, at: node.name, "it is in maintenance: Pacemaker does nothing there",
          hint: "End it: crm_attribute --node \(node.name) --name maintenance --delete"))
    }
  }
  if !state.quorum && !state.nodes.isEmpty {
    findings.append(
      Finding(
        .danger, at: "quorum", "this partition has no quorum: nothing starts here",
        hint:
          "After a full stop both nodes must meet once: power the other one on (pmm-ha start); if it is dead: pmm-ha start --alone \(seenFrom)"
      ))
  }
  if state.maintenanceMode {
    findings.append(
      Finding(
        .warning, at: "cluster", "maintenance mode is on: Pacemaker does nothing",
        hint: "End it: crm_attribute --name maintenance-mode --delete"))
  }
  if state.mixedVersion {
    findings.append(
      Finding(.warning, at: "cluster", "the nodes run different versions of Pacemaker", hint: "Bring both to the same packages"))
  }
  return findings
}

private func serviceFindings(_ status: ClusterStatus, _ state: ClusterState) -> [Finding] {
  var findings: [Finding] = []
  for resource in state.resources where resource.nodes.count > 1 {
    findings.append(
      Finding(
        .danger, at: resource.id, "it is active on several nodes: \(resource.nodes.joined(separator: ", "))",
        hint: "Stop it on one of them at once, then look at the data"))
  }
  if status.service.node == nil, let starting = status.service.starting {
    let since = starting.age < 120 ? "\(starting.age) s" : "\(starting.age / 60) min"
    findings.append(
      Finding(
        .danger, at: starting.node,
        "PMM \(starting.isMigrating ? "migrates its data" : "starts"), since \(since)"
          + (starting.words.isEmpty ? "" : "; its last words: \(starting.words)"),
        hint: starting.isMigrating
          ? "Wait: a migration that is cut off begins anew. Its log: journalctl -u pmm-server on \(starting.node)"
          : "Wait, or look at PMM's own log: journalctl -u pmm-server on \(starting.node)"))
  } else if status.service.node == nil {
    let down = status.service.resources.filter { !$0.isUp }.map(\.id)
    findings.append(
      Finding(
        .danger, at: "service", down.isEmpty ? "the group does not exist in this cluster" : "it is not up: \(down.joined(separator: ", "))",
        hint: "See the failed actions, mend the cause, then: pmm-ha cleanup"))
  } else if let readiness = status.service.readiness, !readiness.isReady {
    findings.append(
      Finding(
        .danger, at: "service", readiness.status.map { "PMM says it is not ready (HTTP \($0))" } ?? "nobody answers at \(readiness.url)",
        hint: "Look at PMM's own log on \(status.service.node ?? "the active node"): journalctl -u pmm-server"))
  }
  if let node = status.service.defaultLogin {
    findings.append(
      Finding(
        // Known to everybody, but no fault of the cluster: it stays healthy.
        .note, at: node, "PMM's user admin still has the password admin",
        hint: "Set pmm/admin_password in the spec and apply, or change it in PMM's user interface"))
  }
  for resource in state.beside where !resource.isUp && status.service.node != nil {
    if !resource.agent.hasPrefix("ocf:heartbeat:aws") {
      findings.append(
        Finding(
          .danger, at: resource.id, "it is not up: PMM runs, and nobody reaches it",
          hint: "See the failed actions, mend the cause, then: pmm-ha cleanup"))
      continue
    }
    findings.append(
      Finding(
        .warning, at: resource.id, "it is not up: the service runs, and its address may lead nowhere",
        hint: "Pacemaker tries again within minutes; look at its failed action, and whether the cloud's API answers: pmm-ha check"))
  }
  for failure in state.failures {
    findings.append(
      Finding(
        .warning, at: failure.resource,
        "\(failure.task) failed on \(failure.node): \(failure.reason.isEmpty ? failure.status : failure.reason)",
        hint: "When the cause is mended: pmm-ha cleanup \(failure.resource)"))
  }
  return findings
}

private func linkFindings(_ status: ClusterStatus) -> [Finding] {
  status.linksDown.map {
    Finding(
      .warning, at: "corosync", "\($0) is down: one more failure splits the nodes",
      hint: "Look at that network; corosync-cfgtool -n on a node")
  }
}

private func voteFindings(_ status: ClusterStatus) -> [Finding] {
  guard status.thirdVote == false else { return [] }
  return [
    Finding(
      .warning, at: "quorum", "the third vote is missing: if a node dies now, the other one has no majority and nothing takes over",
      hint: "Look at the machine with corosync-qnetd, and on a node: corosync-qdevice-tool -sv")
  ]
}
