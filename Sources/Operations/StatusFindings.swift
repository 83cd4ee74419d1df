import Core
import Pacemaker

/// What is wrong or risky in a running cluster, worst first.
func statusFindings(_ status: ClusterStatus, _ state: ClusterState) -> [Finding] {
  let judged = state.findings(seenFrom: status.isSaved ? nil : status.seenFrom, isSaved: status.isSaved)
  let all =
    judged + fencingFindings(status, state) + serviceFindings(status, state)
    + linkFindings(status) + voteFindings(status)
  return all.sorted { $0.severity > $1.severity }
}

private func fencingFindings(_ status: ClusterStatus, _ state: ClusterState) -> [Finding] {
  var findings: [Finding] = []
  if state.fencingEnabled, status.fencingDevices.isEmpty {
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
  return findings
}

private func serviceFindings(_ status: ClusterStatus, _ state: ClusterState) -> [Finding] {
  var findings: [Finding] = []
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
