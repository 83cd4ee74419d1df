import Core

extension LVMSpec {
  /// How LVM is set up on one node, whatever the disk holds.
  func configurationFindings(_ node: NodeName, _ facts: StorageFacts) -> [Finding] {
    guard let lvm = facts.lvm else { return [] }
    let place = node.description
    var findings: [Finding] = []
    func block(_ message: String, _ hint: String) { findings.append(Finding(.blocking, at: place, message, hint: hint)) }
    if !lvm.mapper {
      block(
        "its kernel has no device-mapper, without which no logical volume can be used",
        "load dm_mod there (in a container the host's kernel must have it), or write kind: filesystem")
    }
    guard lvm.version != nil else { return findings }
    if !lvm.isNewEnough {
      block(
        "its LVM \(lvm.version ?? "") is too old: it cannot keep a volume group from being activated at boot",
        "update LVM to 2.03.12 or later")
    }
    let names = [volumeGroup, "\(volumeGroup)/\(logicalVolume)"]
    func isCovered(_ entry: String) -> Bool { entry.hasPrefix("@") || names.contains(entry) }
    if let list = lvm.volumeList, !list.contains(where: isCovered) {
      block(
        "activation/volume_list in /etc/lvm/lvm.conf keeps \(volumeGroup) from being activated there, and says so to nobody",
        "add \"\(volumeGroup)\" to the list, or remove it")
    }
    if lvm.autoActivationList?.contains(where: names.contains) == true {
      findings.append(
        Finding(
          .warning, at: place,
          "activation/auto_activation_volume_list in /etc/lvm/lvm.conf names \(volumeGroup), which only Pacemaker may activate",
          hint: "take it out of the list; the group's own flag keeps it inactive at boot so far"))
    }
    let arguments = lvm.bootArguments.filter { ["rd.lvm.vg=\(volumeGroup)", "rd.lvm.lv=\(volumeGroup)/\(logicalVolume)"].contains($0) }
    if !arguments.isEmpty {
      findings.append(
        Finding(
          .danger, at: place,
          "the kernel's command line (\(arguments.joined(separator: " "))) has \(filesystem.device) activated at boot, before Pacemaker",
          hint: "grubby --update-kernel=ALL --remove-args='\(arguments.joined(separator: " "))', then reboot it while it is passive"))
    }
    return findings
  }

  /// What LVM sees of the disk, node by node, where the disk is LVM's.
  func sightFindings(_ known: Known) -> [Finding] {
    var findings: [Finding] = []
    for (node, facts) in known {
      guard let lvm = facts.lvm, lvm.version != nil, case .disk(let seen) = facts.device else { continue }
      let twin = lvm.physicalVolumes.first { $0.number != seen.number && $0.group?.name == volumeGroup }
      let own = lvm.physicalVolume(seen.number)
      if let twin, twin.group?.uuid != own?.group?.uuid {
        findings.append(
          Finding(
            .blocking, at: node.description,
            "the name \(volumeGroup) is taken: another disk (\(twin.number)) holds a volume group of that name",
            hint: "write another volume_group, or rename that one: vgrename \(twin.group?.uuid ?? "") NEW_NAME"))
      }
      if seen.signatures.contains(where: { $0.type == "LVM2_member" }), own == nil, !lacksDevice(facts) {
        findings.append(
          Finding(
            .blocking, at: node.description,
            "LVM does not look at \(disk) there, though it is a physical volume: nothing could fail over to \(node)",
            hint: "see devices/filter and global_filter in /etc/lvm/lvm.conf, and 'pvs -a' on \(node)"))
      }
    }
    let ids = known.filter { $0.facts.lvm?.version != nil }.map { systemID($0.node, $0.facts) }
    if ids.count > 1, Set(ids).count == 1 {
      findings.append(
        Finding(
          .blocking, at: known.map(\.node.description).joined(separator: ", "),
          "LVM gives both nodes the system id '\(ids[0])' (system_id_source is \(known.first?.facts.lvm?.systemIDSource ?? ""))",
          hint: "write system_id_source = \"uname\" into /etc/lvm/lvm.conf on both; or give each its own id in lvmlocal.conf"))
    }
    return findings
  }

  /// LVM looks at the disks of its devices file only, and this is none of them, or not known as the physical volume that it is.
  func lacksDevice(_ facts: StorageFacts) -> Bool {
    guard case .disk(let disk) = facts.device, let devices = facts.lvm?.devicesFile else { return false }
    return !devices.contains(disk.real)
  }
}
