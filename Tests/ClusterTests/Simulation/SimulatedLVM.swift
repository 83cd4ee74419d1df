import Core

// A logical volume on the shared disk: LVM's metadata, which both nodes see, and who has it active.

extension SimulatedCluster {
  /// The volume group on a disk.
  struct Group: Hashable, Sendable {
    var name: String
    var systemID: String
    var autoActivation: Bool
    var volume: LogicalVolume?
    /// A group's number tells it from one that was made anew.
    var number: Int
    var uuid: String { "group-\(number)" }
  }

  struct LogicalVolume: Hashable, Sendable {
    var name: String
    var extents: Int
    var tags: [String] = []
    var signatures: [String] = []
    var active: Set<NodeName> = []
    /// Extents that the filesystem fills.
    var filled = 0
  }

  static let extent = 4_194_304

  /// What `node` sees of the group on its disk.
  subscript(group node: NodeName) -> Group? {
    get { disks[self[node].disk].group }
    set { disks[self[node].disk].group = newValue }
  }

  /// What LVM calls the node; nil where it has no name for it.
  func systemID(_ node: NodeName) -> String? {
    let local = self[node].files["/etc/lvm/lvmlocal.conf"]?.content ?? ""
    return self[node].has("lvm2") && local.contains("system_id_source = \"uname\"") ? self[node].hostName : nil
  }

  /// What lvm-probe.sh prints before the rest, and the volume's own sections.
  func volumeAnswer(_ node: NodeName, _ values: SimulatedStep.Values) throws -> String {
    let here = self[node]
    guard here.has("lvm2") else { return "== lvm\nmapper=yes\n== kernel\n== volume device\nreal=\nkind=absent\n" }
    let group = self[group: node]
    let local = here.files["/etc/lvm/lvmlocal.conf"]
    var physical: [String] = []
    if disk(node).types == ["LVM2_member"] {
      let total = Self.extents(of: disk(node).size)
      var row = ["pv_uuid": "pv", "pv_major": "8", "pv_minor": "16", "dev_size": "\(disk(node).size)", "pe_start": "1048576"]
      row["pv_pe_count"] = "\(total)"
      if let group {
        row.merge([
          "vg_name": group.name, "vg_uuid": group.uuid, "vg_systemid": group.systemID,
          "vg_autoactivation": group.autoActivation ? "enabled" : "",
          "vg_extent_size": "\(Self.extent)", "vg_extent_count": "\(total)", "vg_free_count": "\(total - (group.volume?.extents ?? 0))",
          "pv_count": "1",
        ]) { $1 }
      }
      physical = [Self.json(row)]
    }
    var volumes: [String] = []
    if let group, let volume = group.volume, group.name == (try values["VOLUME_GROUP"]) {
      volumes = [
        Self.json([
          "lv_name": volume.name, "vg_uuid": group.uuid, "lv_size": "\(volume.extents * Self.extent)",
          "lv_active": volume.active.contains(node) ? "active" : "", "lv_tags": volume.tags.joined(separator: ","), "origin": "",
        ])
      ]
    }
    return """
      == lvm
      mapper=yes
      version=2.03.16
      system_id_source=\(systemID(node) == nil ? "none" : "uname")
      use_devicesfile=0
      system_id=\(systemID(node) ?? "")
      after=\(here.files[Self.orderPath] == nil ? "" : "blk-availability.service")
      == lvm local mode
      \(local.map { String($0.mode, radix: 8) } ?? "")
      == lvm local
      \(local?.content ?? "")
      == lvm devices
      == lvm physical volumes
      {"report": [{"pv": [\(physical.joined(separator: ","))]}]}
      == lvm volumes
      {"report": [{"lv": [\(volumes.joined(separator: ","))]}]}
      == kernel
      \(volumeSections(node))
      """
  }

  private func volumeSections(_ node: NodeName) -> String {
    guard let volume = self[group: node]?.volume, volume.active.contains(node) else { return "== volume device\nreal=\nkind=absent\n" }
    let place = mounts(node) ? mountPoint : ""
    return """
      == volume device
      real=/dev/dm-0
      kind=block
      == volume tree
      MAJ:MIN="253:0" NAME="pmm-srv" TYPE="lvm" SIZE="\(volume.extents * Self.extent)" RO="0" SERIAL="" WWN="" MOUNTPOINT="\(place)"
      == volume signatures
      \(volume.signatures.map { $0 + "\n" }.joined())== volume mounts
      \(place.isEmpty ? "" : place + "\n")\(volume.signatures.isEmpty ? "== volume beginning\nzero\n" : "")== volume filesystem
      size=\(volume.filled * Self.extent)

      """
  }

  static let orderPath = "/etc/systemd/system/resource-agents-deps.target.d/pmm-ha.conf"

  static func extents(of bytes: Int) -> Int { (bytes - 1_048_576) / extent }

  private static func json(_ row: [String: String]) -> String {
    "{" + row.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",") + "}"
  }

  /// The agent LVM-activate: why it would fail; else the group is the node's, and active there.
  func obstacle(toActivating name: String, on node: NodeName) -> String? {
    guard systemID(node) != nil else { return "system_id_source is not set" }
    guard let group = self[group: node], group.name == name else { return "there is no volume group \(name)" }
    guard !group.systemID.isEmpty else { return "the group has no system id" }
    return group.volume == nil ? "the group has no volume" : nil
  }

  mutating func activate(on node: NodeName) {
    guard var group = self[group: node] else { return }
    let others = group.volume?.active.subtracting([node]) ?? []
    if !others.isEmpty { alarms.append("the volume is active on \(others) and \(node) at once") }
    group.systemID = systemID(node) ?? ""
    group.autoActivation = false
    group.volume?.active.insert(node)
    self[group: node] = group
  }

  mutating func deactivate(on node: NodeName) { self[group: node]?.volume?.active.remove(node) }
}

extension SimulatedStep {
  func logicalVolume(_ name: String, _ values: Values, _ cluster: inout SimulatedCluster) throws {
    switch name {
    case "set-system-id-source":
      guard let old = cluster[node, "/etc/lvm/lvmlocal.conf"] else { throw Refusal("there is no LVM") }
      guard cluster.systemID(node) == nil else { return }
      cluster[node, "/etc/lvm/lvmlocal.conf"] = .init(content: try old.content + values["BLOCK"], mode: old.mode)
    case "add-lvm-device": break
    case "order-shutdown":
      cluster[node, SimulatedCluster.orderPath] = .init(content: "After", mode: 0o644)
    case "answer-mark":
      let place = cluster[node].disk
      guard cluster.disks[place].mark == .written else {
        // The real mark has a number, which the answer repeats; here one that a killed apply left is as good.
        if try cluster.disks[place].mark == .answered || cluster.disks[place].group?.systemID == values["MAKER"] { return }
        throw Waiting(reason: "\(node) does not see on its disk what \(try values["MAKER"]) writes: different disks")
      }
      cluster.disks[place].mark = .answered
    case "check-volume-group":
      guard try cluster[group: node]?.name == values["VOLUME_GROUP"] else {
        throw Waiting(reason: "LVM on \(node) does not see the group that \(try values["MAKER"]) has made")
      }
    case "settle-volume-group":
      guard let group = cluster[group: node], let id = cluster.systemID(node) else { throw Refusal("there is no group, or no system id") }
      guard try id == values["SYSTEM_ID"], try group.systemID == id || group.systemID == values["OLD_SYSTEM_ID"] else {
        throw Refusal("the group belongs to \(group.systemID) now")
      }
      cluster[group: node]?.systemID = id
      cut(cluster)
      cluster[group: node]?.autoActivation = false
    case "grow-logical-volume":
      guard cluster.mounts(node), let volume = cluster[group: node]?.volume, volume.active.contains(node) else {
        throw Refusal("it is not mounted here any more")
      }
      let extents = max(volume.extents, Int(try values["EXTENTS"]) ?? 0)
      cluster[group: node]?.volume?.extents = extents
      cut(cluster)
      cluster[group: node]?.volume?.filled = extents
    default: try makeVolume(values, &cluster)
    }
  }

  private func makeVolume(_ values: Values, _ cluster: inout SimulatedCluster) throws {
    let place = cluster[node].disk
    guard let id = cluster.systemID(node), try id == values["SYSTEM_ID"] else { throw Refusal("LVM does not know \(node) by its name") }
    let from = try values["FROM"]
    let disk = cluster.disks[place]
    let now =
      from.hasPrefix("disk:") || disk.types != ["LVM2_member"]
      ? "disk:\(disk.types.joined(separator: "+"))"
      : disk.group.map { $0.volume == nil ? "vg:\($0.uuid)" : "lv:\($0.uuid)" } ?? "pv"
    guard now == from else { throw Refusal("it holds '\(now)' now, not '\(from)'") }
    if from.hasPrefix("disk:") {
      if disk.group?.volume?.signatures.isEmpty == false { cluster.alarms.append("a volume with data is taken away") }
      if try !values["PROVEN_BY"].isEmpty, disk.mark != .answered {
        cluster.disks[place].mark = .written
        cut(cluster)
        throw Waiting(reason: "\(try values["PROVEN_BY"]) does not see on its disk what \(node) writes: different disks")
      }
      cluster.disks[place].mark = nil
      cut(cluster)
      cluster.disks[place].group = nil
      while cluster.disks[place].signatures.popLast() != nil { cut(cluster) }
      cluster.disks[place].signatures = [",pv,,LVM2_member"]
      cut(cluster)
    }
    if cluster.disks[place].group == nil {
      cluster.groupsMade += 1
      cluster.disks[place].group = .init(name: try values["VOLUME_GROUP"], systemID: id, autoActivation: false, number: cluster.groupsMade)
      cut(cluster)
    }
    guard cluster.disks[place].group?.systemID == id else { throw Refusal("the group is another node's") }
    if cluster.disks[place].group?.volume == nil {
      let size = try values["SIZE"]
      let total = SimulatedCluster.extents(of: cluster.disks[place].size)
      let extents = size.hasSuffix("%") ? total * (Int(size.dropLast()) ?? 0) / 100 : (Int(size) ?? 0) / SimulatedCluster.extent
      cluster.disks[place].group?.volume = .init(name: try values["LOGICAL_VOLUME"], extents: extents, tags: [try values["PENDING"]])
      cut(cluster)
    }
    cluster.disks[place].group?.volume?.active.insert(node)
    cut(cluster)
    let signature = SimulatedCluster.Disk.filesystem(try values["FSTYPE"], label: try values["LABEL"], uuid: "uuid-1")
    if cluster.disks[place].group?.volume?.signatures != [signature] {
      guard cluster.disks[place].group?.volume?.tags.isEmpty == false else { throw Refusal("the volume holds something") }
      cluster.filesystemsMade += 1
      cluster.disks[place].group?.volume?.signatures = [signature]
      let extents = cluster.disks[place].group?.volume?.extents ?? 0
      cluster.disks[place].group?.volume?.filled = extents
      cut(cluster)
    }
    cluster.disks[place].group?.volume?.tags = []
    cut(cluster)
    cluster.deactivate(on: node)
  }
}
