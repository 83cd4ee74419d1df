import Core

/// Where the way from a blank disk to a volume with its filesystem stands, and what it needs next.
struct LVMState: Equatable {
  /// What is to be done with the disk.
  enum Fate: Equatable {
    /// All is there, or nothing may be done.
    case keep
    /// make-logical-volume.sh goes on from here on `node`; `overwritten` names the signatures that go with it.
    case make(on: NodeName, from: Beginning, overwritten: String)
  }

  /// What make-logical-volume.sh's FROM says.
  enum Beginning: Equatable, CustomStringConvertible {
    case disk(types: String)
    case physicalVolume
    case group(uuid: String)
    case volume(uuid: String)

    var description: String {
      switch self {
      case .disk(let types): "disk:\(types)"
      case .physicalVolume: "pv"
      case .group(let uuid): "vg:\(uuid)"
      case .volume(let uuid): "lv:\(uuid)"
      }
    }
  }

  var fate = Fate.keep
  var findings: [Finding] = []
  /// The node that must give the group its system id, or switch off activation at boot, and why.
  var settle: Settling?
  /// The volume, where it is all there and to be grown.
  var grow: Growth?

  struct Settling: Equatable {
    var node: NodeName
    /// What the group has now.
    var oldSystemID: String
    var reasons: [String]
  }

  struct Growth: Equatable {
    var node: NodeName
    /// Extents that it shall have.
    var extents: UInt64
    var why: String
    var from: UInt64
    var to: UInt64
  }

  mutating func block(_ place: String, _ message: String, _ hint: String) {
    findings.append(Finding(.blocking, at: place, message, hint: hint))
  }

  /// Nothing may be done: with these findings.
  static func stuck(_ findings: [Finding]) -> LVMState { LVMState(findings: findings) }
}

extension LVMSpec {
  var sharedDisk: SharedDisk {
    let prefix = "\(Self.mapped(volumeGroup))-"
    return SharedDisk(device: disk, mountPoint: filesystem.mountPoint) { $0.type == "lvm" && $0.name.hasPrefix(prefix) }
  }

  /// What LVM calls a node once it is set up, by which the group's owner is known.
  func systemID(_ node: NodeName, _ facts: StorageFacts) -> String {
    guard let lvm = facts.lvm, !["none", "uname"].contains(lvm.systemIDSource), !lvm.systemID.isEmpty else { return node.description }
    return lvm.systemID
  }

  /// The disk, the group and the volume as all nodes together see them.
  func state(_ known: Known, consent: Consent) -> LVMState {
    let disks = known.disks
    var findings = known.flatMap { node, facts in sharedDisk.usability(node, facts) }
    findings += sharedDisk.differences(disks)
    guard let first = disks.first, disks.count == known.count, !findings.contains(where: { $0.severity == .blocking }) else {
      return .stuck(findings)
    }
    var state = LVMState(findings: findings)
    // The disks are one, so what the first node sees on it stands for all.
    let types = first.disk.words
    guard types == "LVM2_member" else {
      if types.isEmpty || consent.covers("\(disk)=\(types)") {
        state.fate = .make(on: first.node, from: .disk(types: types), overwritten: types)
        checkRoom(first.disk.size, &state)
      } else {
        state.findings.append(sharedDisk.foreign(first.disk))
      }
      return state
    }
    let views = known.compactMap { node, facts -> (node: NodeName, view: LVMFacts.PhysicalVolume)? in
      guard let lvm = facts.lvm, case .disk(let disk) = facts.device else { return nil }
      return lvm.physicalVolume(disk.number).map { (node, $0) }
    }
    guard let view = views.first?.view else {
      if !known.contains(where: { $0.facts.lvm?.version != nil }) {
        state.block(
          disk, "it is a physical volume of LVM's, and neither node has LVM to say whose",
          "install it on both (apt-get install lvm2, dnf install lvm2), then plan again")
      }
      return state
    }
    guard let group = view.group else {
      state.fate = .make(on: first.node, from: .physicalVolume, overwritten: "")
      checkRoom(first.disk.size, &state)
      return state
    }
    if group.name == volumeGroup {
      judge(group, on: view, known, &state)
    } else if group.disks == 1, consent.covers("\(disk)=\(types)") {
      state.fate = .make(on: first.node, from: .disk(types: types), overwritten: types)
      checkRoom(first.disk.size, &state)
    } else {
      state.findings.append(foreign(group))
    }
    return state
  }

  private func foreign(_ group: LVMFacts.Group) -> Finding {
    let owner = group.systemID.isEmpty ? "" : " of the host '\(group.systemID)'"
    let more = group.disks > 1 ? ", together with \(group.disks - 1) other disks" : ""
    let losing =
      group.disks > 1
      ? "it can only be freed by hand (vgreduce, pvremove)" : "if all that is in it may go, apply with --allow-destroy \(disk)=LVM2_member"
    return Finding(
      .blocking, at: disk, "it belongs to the volume group \(group.name)\(owner)\(more)",
      hint: "if that is PMM's, write volume_group: \(group.name); else name another disk in the spec; \(losing)")
  }

  /// Whether what is to be made fits on the disk at all: with LVM's usual extents of 4 MiB, the first at 1 MiB.
  private func checkRoom(_ bytes: UInt64, _ state: inout LVMState) {
    let extent: UInt64 = 4 << 20
    let total = bytes > 1 << 20 ? (bytes - 1 << 20) / extent : 0
    let wanted = size.extents(of: total, size: extent).lowerBound
    if wanted > total || wanted * extent < Self.smallest {
      let reason =
        wanted > total
        ? "less than the \((wanted * extent).shownBytes) of shared_storage/size" : "too little for a filesystem of PMM's"
      state.fate = .keep
      state.block(disk, "it is too small: \(bytes.shownBytes) are \(reason)", "attach a larger disk, or write another shared_storage/size")
    }
  }

  /// mkfs.xfs makes none below 300 MiB.
  static let smallest: UInt64 = 320 << 20
}
