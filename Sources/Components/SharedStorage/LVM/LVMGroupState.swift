import Core

extension LVMSpec {
  private typealias Group = LVMFacts.Group
  private typealias Volume = LVMFacts.LogicalVolume

  /// The tag of a volume that has no filesystem yet.
  static let pending = "pmm-ha.no-filesystem"

  /// The spec's group is there: whose is it, where is it active, what does it lack?
  func judge(_ group: LVMFacts.Group, on disk: LVMFacts.PhysicalVolume, _ known: Known, _ state: inout LVMState) {
    guard isUsable(group, &state) else { return }
    let volumes = known.lazy.compactMap { $0.facts.lvm?.volumes }.first { !$0.isEmpty } ?? []
    let own = volumes.filter { $0.group == group.uuid }
    let volume = own.first { $0.name == logicalVolume }
    let active = known.filter { $0.facts.isActive(logicalVolume, in: group.uuid) }.map(\.node)
    let mounted = known.first { $0.facts.hasMounted(at: filesystem.mountPoint) }?.node
    guard let owner = owner(of: group, known, active: active, mounted: mounted, &state) else { return }
    checkOthers(own, known, &state)
    let next = group.free + added(disk, group)
    guard let volume else {
      state.fate = .make(on: owner, from: .group(uuid: group.uuid), overwritten: "")
      let wanted = size.extents(of: group.extents, size: group.extentSize).lowerBound
      if wanted > group.free || wanted * group.extentSize < Self.smallest {
        state.fate = .keep
        state.block(
          volumeGroup,
          "it has \((group.free * group.extentSize).shownBytes) free, and \(logicalVolume) shall have "
            + "\((wanted * group.extentSize).shownBytes)",
          "write another shared_storage/size, or free some of it (lvs \(volumeGroup))")
      }
      return
    }
    if volume.tags.contains(Self.pending), mounted == nil {
      state.fate = .make(on: owner, from: .volume(uuid: group.uuid), overwritten: "")
      return
    }
    judgeContent(known, owner, group, &state)
    judgeSize(volume, group, spare: next, added: added(disk, group), own, known, mounted, &state)
  }

  private func isUsable(_ group: Group, _ state: inout LVMState) -> Bool {
    let before = state.findings.count
    if group.disks > 1 {
      state.block(
        volumeGroup, "it spans \(group.disks) disks, and only groups on one disk are supported",
        "move it to one: pvmove, then vgreduce; a RAID or a larger LUN belongs below LVM")
    }
    if group.isExported { state.block(volumeGroup, "it is exported", "vgimport \(volumeGroup) on one node, then plan again") }
    if !group.lockType.isEmpty {
      state.block(
        volumeGroup, "it is a shared group with locks by \(group.lockType), for clusters where several nodes mount at once",
        "take another group; or, with lvmlockd stopped everywhere: vgchange --locktype none --lockopt force \(volumeGroup)")
    }
    return state.findings.count == before
  }

  private static let nobodys = "it has none, so that every host may use it"

  /// The node that the group belongs to, or shall belong to; nil where nobody may touch it.
  private func owner(
    of group: Group, _ known: Known, active: [NodeName], mounted: NodeName?, _ state: inout LVMState
  ) -> NodeName? {
    let path = filesystem.device
    let owner = known.first { systemID($0.node, $0.facts) == group.systemID }?.node
    func release(_ node: NodeName) -> String {
      owner == node ? "lvchange -an \(volumeGroup)/\(logicalVolume)" : "dmsetup remove \(mapperName)"
    }
    if active.count > 1 {
      let wrong = active.first { $0 != (mounted ?? owner) } ?? active[0]
      state.block(
        active.map(\.description).joined(separator: ", "),
        "\(path) is active on both nodes at once: only the one that runs PMM may have it",
        "on \(wrong), where PMM must not run: \(release(wrong)); find out who activates it there (see shared storage in the documentation)")
      return nil
    }
    let place = active.first
    var reasons: [String] = []
    var result = owner
    if let place, place != owner {
      guard mounted == place || group.systemID.isEmpty else {
        let whose = owner.map { "of \($0)'s" } ?? "of the host '\(group.systemID)'"
        state.block(
          place.description, "\(path) is active here, on the wrong node: its group is \(whose)",
          "if nothing uses it here: \(release(place)); then plan again")
        return nil
      }
      result = place
      reasons.append(group.systemID.isEmpty ? Self.nobodys : "it is '\(group.systemID)', and \(place) has it mounted")
    } else if place == nil, owner == nil {
      guard group.systemID.isEmpty else {
        let taker = known.first?.node.description ?? ""
        state.block(
          disk, "its volume group \(volumeGroup) belongs to the host '\(group.systemID)', which is neither node",
          "if that host is gone, or was one of these nodes under another name: on \(taker) "
            + "vgchange --config 'local/extra_system_ids=[\"\(group.systemID)\"]' --systemid \(taker) \(volumeGroup); else name another disk"
        )
        return nil
      }
      result = known.first?.node
      reasons.append(Self.nobodys)
    }
    if group.autoActivation { reasons.append("a boot would activate it before Pacemaker decides where it belongs") }
    if let result, !reasons.isEmpty { state.settle = .init(node: result, oldSystemID: group.systemID, reasons: reasons) }
    return result
  }

  /// Other volumes of the group, which go where PMM goes.
  private func checkOthers(_ volumes: [Volume], _ known: Known, _ state: inout LVMState) {
    for other in volumes where other.name != logicalVolume && other.origin != logicalVolume {
      state.findings.append(
        Finding(
          .warning, at: volumeGroup, "it holds another volume, \(other.name), which is activated and deactivated together with PMM's",
          hint: "keep it unused, or move it to a group of its own: while it is in use, the service cannot leave its node"))
    }
    for (node, facts) in known {
      guard case .disk(let disk) = facts.device else { continue }
      for user in disk.users where sharedDisk.isOwn(user) && !user.mount.isEmpty && user.mount != filesystem.mountPoint {
        let severity: Finding.Severity = user.name == mapperName ? .blocking : .danger
        state.findings.append(
          Finding(
            severity, at: node.description,
            "/dev/mapper/\(user.name) is mounted at \(user.mount): the group cannot be deactivated, and a stop that fails gets \(node) fenced",
            hint: "umount \(user.mount)"))
      }
    }
  }

  /// What the volume holds, as far as it is active somewhere.
  private func judgeContent(_ known: Known, _ owner: NodeName, _ group: Group, _ state: inout LVMState) {
    for (node, facts) in known {
      guard case .disk(let disk) = facts.lvm?.volume, node == owner || !disk.mounts.isEmpty else { continue }
      let types = disk.words
      if let unreadable = disk.unreadable {
        state.block(
          node.description, "what is on \(filesystem.device) cannot be read (\(unreadable)), so it does not count as blank",
          "see the kernel's words on \(node): dmesg")
      } else if types.isEmpty, disk.mounts.isEmpty {
        // Only a volume that pmm-ha made, or that its administrator calls empty, is ever formatted: it has the tag.
        state.block(
          node.description, "\(filesystem.device) has no filesystem, and was not made by pmm-ha: it does not count as empty",
          "if nothing on it is needed: lvchange --addtag \(Self.pending) \(volumeGroup)/\(logicalVolume); else make its "
            + "filesystem by hand, with the label \(FilesystemSpec.label)")
      } else if types != filesystem.filesystem.rawValue {
        state.block(
          node.description,
          "\(filesystem.device) holds \(sharedDisk.describe(disk)), not \(filesystem.filesystem.rawValue)",
          ["ext4", "xfs"].contains(types)
            ? "write filesystem: \(types)"
            : "nothing in a volume is ever overwritten: take another logical_volume, or clear it by hand (wipefs)")
      }
    }
  }

  /// Extents that the group gets when LVM looks at the disk's size again: it has grown.
  private func added(_ disk: LVMFacts.PhysicalVolume, _ group: Group) -> UInt64 {
    guard disk.diskSize > disk.start, group.extentSize > 0 else { return 0 }
    let possible = (disk.diskSize - disk.start) / group.extentSize
    return possible > disk.extents ? possible - disk.extents : 0
  }

  private func judgeSize(
    _ volume: Volume, _ group: Group, spare: UInt64, added: UInt64, _ own: [Volume], _ known: Known, _ mounted: NodeName?,
    _ state: inout LVMState
  ) {
    guard group.extentSize > 0 else { return }
    let now = volume.size / group.extentSize
    let wanted = size.extents(of: group.extents + added, size: group.extentSize)
    func bytes(_ extents: UInt64) -> String { (extents * group.extentSize).shownBytes }
    if now > wanted.upperBound {
      let share = now == group.extents + added ? "size: 100%" : "size: \(now * group.extentSize >> 20)M"
      state.block(
        "shared_storage/size",
        "\(filesystem.device) has \(bytes(now)), and \(size) would be \(bytes(wanted.lowerBound)): a volume is never made smaller",
        "write \(share)")
      return
    }
    let snapshots = own.filter { $0.origin == logicalVolume }
    let extents = max(now, wanted.lowerBound)
    if extents - now > spare {
      state.block(
        "shared_storage/size", "\(filesystem.device) shall have \(bytes(extents)), and \(volumeGroup) has room for \(bytes(now + spare))",
        "grow the disk on both nodes, remove old snapshots (lvs \(volumeGroup)), or write another size")
      return
    }
    checkReserve(extents, left: spare - (extents - now), &state)
    let view = known.first { $0.node == mounted }?.facts.lvm?.volume
    let filesystemSize: UInt64? = if case .disk(let disk)? = view { disk.filesystemSize } else { nil }
    // ext4 leaves out a last group of blocks that would be too small; less than that is no difference.
    let lags = filesystemSize.map { $0 + (16 << 20) < volume.size } ?? false
    guard extents > now || lags else { return }
    if let first = snapshots.first, extents > now {
      state.block(
        "shared_storage/size", "\(filesystem.device) cannot grow while it has a snapshot, \(first.name)",
        "remove it when it is not needed any more (lvremove \(volumeGroup)/\(first.name)), then apply again")
      return
    }
    guard let mounted else {
      state.findings.append(
        Finding(
          .note, at: "shared_storage/size",
          "\(filesystem.device) has \(bytes(now)) and shall have \(bytes(extents)): it grows while it is mounted",
          hint: "apply again when PMM runs"))
      return
    }
    let why =
      extents > now
      ? "it has \(bytes(now)), and \(size) are \(bytes(extents))"
      : "its filesystem has \(filesystemSize?.shownBytes ?? "") of \(bytes(now)): growing it was interrupted"
    state.grow = .init(node: mounted, extents: extents, why: why, from: now * group.extentSize, to: extents * group.extentSize)
  }

  /// Room for a snapshot, without which an update of PMM cannot be taken back.
  private func checkReserve(_ extents: UInt64, left: UInt64, _ state: inout LVMState) {
    guard left * 20 < extents else { return }
    state.findings.append(
      Finding(
        .warning, at: "shared_storage/size",
        "\(volumeGroup) has no room left for a snapshot, so an update of PMM cannot be taken back by one",
        hint: "grow the disk and write a size that leaves 10 % free; until then make a backup before each update"))
  }
}

extension StorageFacts {
  /// Whether the volume is active on this node, whoever its group belongs to.
  func isActive(_ volume: String, in group: String) -> Bool {
    if case .disk = lvm?.volume { return true }
    return lvm?.volumes.contains { $0.name == volume && $0.group == group && $0.isActive } ?? false
  }

  func hasMounted(at place: String) -> Bool {
    if case .disk(let disk) = lvm?.volume { disk.mounts.contains(place) } else { false }
  }
}
