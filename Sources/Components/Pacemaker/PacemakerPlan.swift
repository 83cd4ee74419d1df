import Core

/// Pacemaker's part of a plan. An edit of a live CIB is apart, because what it does to the service is asked from a node
/// before the plan is shown: put `predictionQuestion` to that node, and its answer into `proposal(_:)`.
package struct PacemakerPlan: Sendable, Equatable {
  /// Without the edit of a live CIB and what waits for it.
  var fixed: Proposal
  /// What turns the cluster's CIB into the wanted one; nil where nothing differs or the CIB is seeded.
  package var edit: CIBEdit?
  /// The node that makes the edit: the DC where there is one.
  var editor: NodeName?
  /// Version of the CIB that the edit was made from.
  var epoch = ""
  /// The CIB came from the running cluster, not from the file of a stopped one.
  var isLive = false
  var desired: DesiredCIB
  /// The ids of the service's group and its members, as it is and as it shall be.
  var service: Set<String>
  /// Members of the group that should run and do not.
  var down: [String] = []

  /// What to ask which node before the edit is shown; nil where there is no edit of a running cluster.
  package var predictionQuestion: (node: NodeName, question: Question<Prediction>)? {
    guard let edit, let editor, isLive else { return nil }
    return (
      editor,
      Question(edit.script("predict-cib", PackageResources.predict_cib_sh, epoch: epoch), limit: 60) { [service] in
        try Prediction($0, service: service)
      }
    )
  }

  /// All steps and findings. An edit of a running cluster without a prediction counts as disruptive.
  package func proposal(_ prediction: Prediction? = nil) -> Proposal {
    var result = fixed
    if let edit, let editor {
      var effects: [Step.Effect] = []
      if isLive {
        if let prediction {
          if prediction.disruptsService { effects.append(.disrupts(prediction.lines.joined(separator: "; "))) }
        } else {
          effects.append(.disrupts("what Pacemaker will do was not predicted"))
        }
      }
      if let stop = edit.takeOver {
        // Said in any case: a scheduler that sees the service stopped already has nothing to foretell.
        effects.append(.disrupts("the service stops, and starts again as pmm-ha's resources"))
        result.steps += stopSteps(stop, on: editor, effects)
      }
      // Where the plan starts the cluster, or stops resources for a take-over, the version has grown by then.
      let script = edit.script("patch-cib", PackageResources.patch_cib_sh, epoch: isLive && edit.takeOver == nil ? epoch : "+\(epoch)")
      result.steps.append(
        Step(
          editor, "Pacemaker", .cluster, "Change the cluster's configuration", because: edit.reasons.joined(separator: "; "), .run(script),
          effects: effects))
    }
    // The same node at every look, if it can be: which one is DC changes while a cluster starts.
    if let node = edit == nil ? desired.nodes.first : editor ?? desired.nodes.first {
      if !result.steps.isEmpty {
        result.steps.append(desired.settleStep(on: node))
      } else if !down.isEmpty {
        // Also what an interrupted run comes back to: it had started the cluster, and did not see what came of it.
        result.steps.append(desired.settleStep(on: node, because: "not running: \(down.joined(separator: ", "))"))
      }
    }
    return result
  }
}

extension PacemakerPlan {
  /// Resources of a cluster that was built by hand are replaced by ours: the service stops and starts.
  package var takesOver: Bool { edit?.takeOver != nil }

  private func stopSteps(_ stop: CIBEdit.StopFirst, on editor: NodeName, _ effects: [Step.Effect]) -> [Step] {
    let ask = CIBEdit(changes: [stop.change]).script("patch-cib", PackageResources.patch_cib_sh, epoch: isLive ? epoch : "+\(epoch)")
    let wait = Script(
      "wait-stopped", PackageResources.wait_stopped_sh, ["MEMBERS": Text(stop.members.joined(separator: " ")), "TIMEOUT": "300"])
    return [
      Step(
        editor, "Pacemaker", .cluster, "Have Pacemaker stop the service", because: "resources that were made by hand become pmm-ha's",
        .run(ask), effects: effects),
      Step(
        editor, "Pacemaker", .cluster, "Wait until \(stop.members.joined(separator: ", ")) have stopped",
        because: "an old one's stop would take away what a new one runs", .run(wait)),
    ]
  }
}

extension PacemakerSpec {
  /// `stopped`: nodes whose daemons the plan stops before this (Corosync's default configuration running).
  package func plan(_ facts: [NodeName: PacemakerFacts], desired: DesiredCIB, stopped: Set<NodeName> = []) -> PacemakerPlan {
    var fixed = Proposal(findings: versionFindings(facts) + stateFindings(facts))
    let known = nodes.compactMap { node in facts[node].map { (node: node, facts: $0) } }
    fixed.findings += known.filter { !stopped.contains($0.node) }.compactMap { silence($0.node, $0.facts) }
    func runs(_ node: NodeName) -> Bool { facts[node]?.pacemakerActive == true && !stopped.contains(node) }
    let fresh = known.count == nodes.count && known.allSatisfy { !runs($0.node) && $0.facts.cibFile != .configured }

    let keys = Set(known.map(\.facts.authkey))
    if keys.count > 1 || keys.contains(nil) {
      fixed += authkeys(known.map { ($0.node, $0.facts.authkey) }, running: known.map(\.node).filter(runs))
    }
    if fresh {
      let seed = desired.seedElement
      for (node, facts) in known where facts.cibFile != .seeded || facts.cib != seed {
        let script = Script(
          "seed-cib", PackageResources.seed_cib_sh,
          ["CIB": Text(desired.seed), "NODES": Text(desired.nodes.map(\.description).joined(separator: " "))])
        fixed.steps.append(
          Step(
            node, "Pacemaker", .files, "Place the cluster's configuration (\(desired.summary))",
            because: facts.cibFile == .seeded ? "it differs and was never started" : "no cluster ever ran here", .run(script)))
      }
    }
    for (node, facts) in known where !runs(node) || !facts.corosyncActive || !facts.enabled {
      let why =
        !facts.corosyncActive || stopped.contains(node)
        ? "Corosync is stopped" : !facts.pacemakerActive ? "Pacemaker is stopped" : "they do not start at boot"
      fixed.steps.append(
        Step(
          node, "Pacemaker", .start, "Start Corosync and Pacemaker, now and at every boot", because: why,
          .run(Script("start-cluster", PackageResources.start_cluster_sh))))
    }
    let service = Set([desired.group.id] + desired.group.members.map(\.id) + desired.colocations.map(\.resource))
    var plan = PacemakerPlan(fixed: fixed, desired: desired, service: service)
    if !fresh, !fixed.findings.contains(where: { $0.severity == .blocking }), let base = base(known.filter { !stopped.contains($0.node) }),
      let cib = base.facts.cib
    {
      let edit = desired.edit(cib)
      let group = cib.descendants("group").first { $0.id == desired.group.id }
      plan.service.formUnion((group?.all("primitive").map(\.id) ?? []) + (edit.takeOver?.members ?? []))
      plan.fixed.findings += edit.findings
      plan.editor = base.node
      plan.epoch = base.facts.epoch ?? ""
      plan.isLive = base.facts.live
      if !edit.changes.isEmpty { plan.edit = edit }
      if known.contains(where: { runs($0.node) }) { plan.down = down(desired, base.facts.state, cib) }
    }
    return plan
  }

  /// A CIB that the cluster does not show is never edited from the file on the disk, which may be an old one.
  private func silence(_ node: NodeName, _ facts: PacemakerFacts) -> Finding? {
    facts.unanswered.map {
      Finding(
        .blocking, at: node.description, "Pacemaker runs there and does not answer (\($0)), so nothing is planned from what it had before",
        hint: "wait a few seconds if it has just been started; else see 'crm_mon -1' and 'journalctl -u pacemaker' on \(node)")
    }
  }

  /// Members that do not run although Pacemaker may run them: nobody has put it or all nodes aside.
  private func down(_ desired: DesiredCIB, _ state: ClusterState?, _ cib: XMLNode) -> [String] {
    let members = desired.service.map(\.id)
    // Disabled by someone, which a finding says: waiting would not bring it.
    let group = cib.descendants("group").first { $0.id == desired.group.id }
    if group?.descendants("nvpair").contains(where: { $0["name"] == "target-role" && $0["value"] == "Stopped" }) == true { return [] }
    // It has not found itself yet.
    guard let state, !state.nodes.isEmpty else { return members }
    guard !state.maintenanceMode, state.nodes.contains(where: { !$0.standby && !$0.maintenance }) else { return [] }
    return members.filter { id in
      guard let resource = state.resources.first(where: { $0.id == id }) else { return true }
      return resource.managed && !resource.isUp
    }
  }

  /// Whose CIB counts: a running one with quorum, best the DC's; of stopped ones the newest.
  private func base(_ known: [(node: NodeName, facts: PacemakerFacts)]) -> (node: NodeName, facts: PacemakerFacts)? {
    func rank(_ item: (node: NodeName, facts: PacemakerFacts)) -> [Int] {
      let facts = item.facts
      return [
        facts.cib == nil ? 0 : 1, facts.live ? 1 : 0, facts.state?.quorum == true ? 1 : 0, facts.cibFile == .blank ? 0 : 1,
        facts.state?.dc == item.node.description ? 1 : 0, Int(facts.cib?["admin_epoch"] ?? "") ?? 0, Int(facts.cib?["epoch"] ?? "") ?? 0,
      ]
    }
    // The first of equals.
    return known.reversed().max { rank($0).lexicographicallyPrecedes(rank($1)) }
  }

  /// What apply writes there that is its own as a whole, for `destroy`.
  package static let ownPaths = ["/etc/pacemaker/authkey"]

  /// Pacemaker Remote's key. Debian makes another one on each node at install; only remote nodes would notice.
  private func authkeys(_ known: [(node: NodeName, key: String?)], running: [NodeName]) -> Proposal {
    let path = "/etc/pacemaker/authkey"
    func write(_ node: NodeName, _ secret: SecretName) -> Step {
      Step(
        node, "Pacemaker", .files, "Write \(path)", because: "both nodes need the same key",
        .write(FileWrite(path, Text(secret: secret), mode: 0o640, owner: "root:haclient")))
    }
    if let source = known.first(where: { running.contains($0.node) && $0.key != nil }) {
      // One that joins gets the key of the one that runs.
      let joining = known.filter { !running.contains($0.node) && $0.key != source.key }
      if !joining.isEmpty { return Proposal(steps: joining.map { write($0.node, .file(path, on: source.node)) }) }
    }
    if !running.isEmpty {
      return Proposal(findings: [
        Finding(
          .note, at: "/etc/pacemaker/authkey",
          "the nodes hold different keys; only Pacemaker Remote, which this cluster does not use, needs them equal",
          hint: "nothing to do; before adding a remote node copy one node's key to the other")
      ])
    }
    return Proposal(steps: known.map { write($0.node, SecretName("pacemaker-authkey")) })
  }
}

extension DesiredCIB {
  /// Waits until Pacemaker has nothing left to do, all of the service runs and nothing has failed.
  package func settleStep(on node: NodeName, because why: String = "something was changed") -> Step {
    let timeouts = (group.members + resources).flatMap(\.operations).filter { $0.name != "monitor" }.map(\.timeout).reduce(60, +)
    let script = Script(
      "settle", PackageResources.settle_sh,
      ["MEMBERS": Text(service.map(\.id).joined(separator: " ")), "TIMEOUT": Text("\(timeouts)")])
    return Step(
      node, "Pacemaker", .settle, "Wait until the service runs and Pacemaker has nothing left to do", because: why,
      .run(script))
  }

  /// `3 resources, 2 fencing devices`
  var summary: String {
    let devices = resources.filter { $0.agent.standard == "stonith" }.count
    let others = group.members.count + resources.count - devices
    return "\(others) resources, \(devices) fencing devices"
  }
}
