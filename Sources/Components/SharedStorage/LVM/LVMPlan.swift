import Core
import Pacemaker

extension LVMSpec {
  func question() -> Question<StorageFacts> {
    Question(
      "storage-probe", PackageResources.lvm_probe_sh + PackageResources.storage_probe_sh,
      [
        "DEVICE": Text(disk), "VOLUME": Text(filesystem.device), "VOLUME_GROUP": Text(volumeGroup),
        "MOUNT_POINT": Text(filesystem.mountPoint),
      ], limit: 60
    ) { try StorageFacts($0) }
  }

  func proposal(_ facts: [NodeName: StorageFacts], consent: Consent, owner: String = "0:0") -> Proposal {
    let known = facts.sorted { $0.key < $1.key }.map { (node: $0.key, facts: $0.value) }
    let state = state(known, consent: consent)
    var proposal = Proposal(findings: state.findings + sightFindings(known))
    for (node, facts) in known {
      proposal.findings += configurationFindings(node, facts) + filesystem.place(node, facts.ofVolume)
      proposal.findings += filesystem.fstab(node, facts.ofVolume, aliases: ["/dev/mapper/\(mapperName)"])
      proposal.findings += filesystem.health(node, facts.ofVolume)
    }
    proposal.findings += filesystem.mountedTwice(known.map { ($0.node, $0.facts.ofVolume) }.map { (node: $0.0, facts: $0.1) }.disks)
    if proposal.findings.contains(where: { $0.severity == .blocking }) { return proposal }
    for (node, facts) in known {
      let mountPoint = filesystem.makeMountPoint(node, facts)
      proposal.steps += [mountPoint, nameHost(node, facts), addDevice(node, facts), orderShutdown(node, facts)].compactMap { $0 }
    }
    if let settle = state.settle { proposal.steps.append(step(settle, known)) }
    if case .make(let node, let beginning, let overwritten) = state.fate {
      proposal.steps += make(known, on: node, from: beginning, overwritten: overwritten, owner: owner)
    }
    if let grow = state.grow { proposal.steps.append(step(grow)) }
    return proposal
  }

  /// LVM's name for the node, where it has none.
  private func nameHost(_ node: NodeName, _ facts: StorageFacts) -> Step? {
    guard let lvm = facts.lvm else { return nil }
    let why = "without a system id, LVM lets both nodes use the volume group at once"
    guard lvm.version != nil else {
      return Step(
        node, "SharedStorage", .files, "Set system_id_source = \"uname\" in \(LVMLocalFile.path)", because: why,
        .run(Script("set-system-id-source", PackageResources.set_system_id_source_sh, ["BLOCK": Text(LVMLocalFile.block)])))
    }
    guard lvm.systemIDSource == "none" else { return nil }
    return Step(
      node, "SharedStorage", .files, "Write \(LVMLocalFile.path)", because: why,
      .write(
        FileWrite(
          LVMLocalFile.path, Text(LVMLocalFile.wanted(lvm.local.content ?? "")), current: lvm.local.content, mode: lvm.local.mode ?? 0o644))
    )
  }

  private func addDevice(_ node: NodeName, _ facts: StorageFacts) -> Step? {
    guard lacksDevice(facts) else { return nil }
    return Step(
      node, "SharedStorage", .files, "Let LVM look at \(disk)", because: "it is not in LVM's devices file, or not with what is on it",
      .run(Script("add-lvm-device", PackageResources.add_lvm_device_sh, ["DEVICE": Text(disk)])))
  }

  private func orderShutdown(_ node: NodeName, _ facts: StorageFacts) -> Step? {
    guard let lvm = facts.lvm, !lvm.isOrdered else { return nil }
    return Step(
      node, "SharedStorage", .files, "Let Pacemaker stop before the block devices go, at a shutdown",
      because: "else the agent LVM-activate reloads systemd in the middle of a failover to see to it",
      .run(Script("order-shutdown", PackageResources.order_shutdown_sh)))
  }

  private func step(_ settle: LVMState.Settling, _ known: Known) -> Step {
    let id = known.first { $0.node == settle.node }.map { systemID($0.node, $0.facts) } ?? settle.node.description
    let what =
      settle.oldSystemID == id
      ? "Switch off the activation of \(volumeGroup) at boot" : "Give \(volumeGroup) the system id \(id), and keep it inactive at boot"
    return Step(
      settle.node, "SharedStorage", .storage, what, because: settle.reasons.joined(separator: "; "),
      .run(
        Script(
          "settle-volume-group", PackageResources.settle_volume_group_sh,
          ["VOLUME_GROUP": Text(volumeGroup), "SYSTEM_ID": Text(id), "OLD_SYSTEM_ID": Text(settle.oldSystemID)])))
  }

  /// One node makes what is missing; where it begins with the disk, the other one first proves that it sees the same. LVM
  /// on the others must see the result before Pacemaker starts.
  private func make(_ known: Known, on node: NodeName, from beginning: LVMState.Beginning, overwritten: String, owner: String) -> [Step] {
    let others = known.filter { $0.node != node }
    let parts = [
      "the volume group \(volumeGroup)", "the volume \(logicalVolume) (\(size))", "an \(filesystem.filesystem.rawValue) filesystem",
    ]
    let missing: ArraySlice<String>
    var (why, witness) = ("", "")
    switch beginning {
    case .disk:
      missing = parts[...]
      why = overwritten.isEmpty ? "the disk is blank" : "it holds \(overwritten), which you agreed to lose"
      witness = others.first?.node.description ?? ""
    case .physicalVolume: (missing, why) = (parts[...], "the disk is a physical volume of no group")
    case .group: (missing, why) = (parts[1...], "\(volumeGroup) is there without it")
    case .volume: (missing, why) = (parts[2...], "\(logicalVolume) is there without it")
    }
    let id = known.first { $0.node == node }.map { systemID($0.node, $0.facts) } ?? node.description
    let make = Step(
      node, "SharedStorage", .storage, "Make \(missing.joined(separator: ", ")) on \(disk)", because: why,
      .run(
        Script(
          "make-logical-volume", PackageResources.format_sh + PackageResources.make_logical_volume_sh,
          [
            "DEVICE": Text(disk), "VOLUME_GROUP": Text(volumeGroup), "LOGICAL_VOLUME": Text(logicalVolume), "SIZE": Text(size.argument),
            "FSTYPE": Text(filesystem.filesystem.rawValue), "LABEL": Text(FilesystemSpec.label), "FROM": Text(beginning.description),
            "PENDING": Text(Self.pending), "SYSTEM_ID": Text(id), "PROVEN_BY": Text(witness),
            "OWNER": Text(owner),
          ])),
      effects: [.destroys(device: overwritten.isEmpty ? disk : "\(disk)=\(overwritten)")])
    let answers = others.filter { $0.node.description == witness }.map { other, _ in
      Step(
        other, "SharedStorage", .storage, "Prove that \(disk) is \(node)'s disk: answer the mark that \(node) writes on it",
        because: "before that nothing is made",
        .run(
          Script("answer-mark", PackageResources.answer_mark_sh, ["DEVICE": Text(disk), "MAKER": Text(node.description)])))
    }
    let checks = others.map { other, _ in
      Step(
        other, "SharedStorage", .proof, "Check that LVM sees \(volumeGroup) on \(disk)", because: "\(node) has just made it",
        .run(
          Script(
            "check-volume-group", PackageResources.check_volume_group_sh,
            ["DEVICE": Text(disk), "VOLUME_GROUP": Text(volumeGroup), "MAKER": Text(node.description)])))
    }
    return [make] + answers + checks
  }

  private func step(_ grow: LVMState.Growth) -> Step {
    Step(
      grow.node, "SharedStorage", .storage,
      grow.from == grow.to
        ? "Grow the filesystem on \(filesystem.device) to \(grow.to.shownBytes)"
        : "Grow \(filesystem.device) and its filesystem from \(grow.from.shownBytes) to \(grow.to.shownBytes), while PMM runs",
      because: grow.why,
      .run(
        Script(
          "grow-logical-volume", PackageResources.grow_logical_volume_sh,
          [
            "DEVICE": Text(disk), "VOLUME_GROUP": Text(volumeGroup), "LOGICAL_VOLUME": Text(logicalVolume), "EXTENTS": "\(grow.extents)",
            "FSTYPE": Text(filesystem.filesystem.rawValue), "MOUNT_POINT": Text(filesystem.mountPoint),
          ])))
  }

  /// The group's owner changes and its volumes become active, then the filesystem is mounted. All volumes of the group, as
  /// the runbook has it: a snapshot goes with what it was taken of.
  func fragment(_ timing: Timing) -> CIBFragment {
    var fragment = filesystem.fragment(timing)
    let activate = Primitive(
      ResourceID.volume, .ocf("heartbeat", "LVM-activate"),
      parameters: [Pair("vgname", volumeGroup), Pair("vg_access_mode", "system_id")],
      operations: [
        Operation("start", timeout: 90), Operation("stop", timeout: 90),
        Operation("monitor", interval: timing.resourceMonitor, timeout: 90),
      ])
    fragment.group.insert(activate, at: 0)
    return fragment
  }
}
