import Core
import FoundationEssentials

/// How LVM is set up on a node, and what it sees there.
package struct LVMFacts: Sendable, Equatable, Codable {
  /// The kernel has device-mapper, or can load it.
  package var mapper: Bool
  /// `2.03.16`; nil where LVM is not installed, and then all else is empty.
  package var version: String?
  /// global/system_id_source as it counts: `none`, `uname`, ...
  package var systemIDSource: String
  /// What LVM calls this node; empty where the source is `none`.
  package var systemID: String
  /// lvmlocal.conf.
  package var local: FileFact
  /// The disks that LVM may look at, by their real names; nil where it looks at all.
  package var devicesFile: [String]?
  /// activation/volume_list and auto_activation_volume_list; nil where they are not set.
  package var volumeList: [String]?
  package var autoActivationList: [String]?
  /// systemd stops Pacemaker before it takes block devices away.
  package var isOrdered: Bool
  /// Words of the kernel's command line that tell the initrd to activate something: `rd.lvm.vg=pmm`.
  package var bootArguments: [String]
  package var physicalVolumes: [PhysicalVolume]
  /// The logical volumes of the spec's group (of all groups of that name).
  package var volumes: [LogicalVolume]
  /// What stands under the volume's path; absent where it is not active here.
  package var volume: StorageFacts.Device

  /// A disk with its group.
  package struct PhysicalVolume: Sendable, Equatable, Codable {
    package var uuid: String
    /// `8:16`, as the kernel numbers it here; empty where it is missing.
    package var number: String
    /// Bytes of the disk, and where its first extent begins.
    package var diskSize: UInt64
    package var start: UInt64
    package var extents: UInt64
    /// nil where it is in none.
    package var group: Group?
  }

  package struct Group: Sendable, Equatable, Codable {
    package var name: String
    package var uuid: String
    /// The node whose it is; empty: anybody's.
    package var systemID: String
    /// `dlm`, `sanlock`, or empty.
    package var lockType: String
    package var isExported: Bool
    package var autoActivation: Bool
    /// Bytes.
    package var extentSize: UInt64
    package var extents: UInt64
    package var free: UInt64
    package var disks: Int
  }

  package struct LogicalVolume: Sendable, Equatable, Codable {
    package var name: String
    /// The UUID of its group.
    package var group: String
    /// Bytes.
    package var size: UInt64
    package var isActive: Bool
    package var tags: [String]
    /// Of a snapshot: the name of what it was taken of.
    package var origin: String
  }

  /// nil where the probe did not ask for LVM.
  init?(_ sections: [String: String]) throws {
    guard let text = sections["lvm"] else { return nil }
    let head = keyValues(text)
    func list(_ key: String) -> [String]? { head[key].map { $0.split(separator: " ").map(String.init) } }
    mapper = head["mapper"] == "yes"
    version = head["version"].flatMap { $0.isEmpty ? nil : $0 }
    systemIDSource = head["system_id_source"] ?? "none"
    systemID = head["system_id"] ?? ""
    volumeList = list("volume_list")
    autoActivationList = list("auto_activation_volume_list")
    isOrdered = head["after"]?.isEmpty == false
    bootArguments = (sections["kernel"] ?? "").split(separator: "\n").map(String.init)
    let mode = sections["lvm local mode"].flatMap { UInt16($0, radix: 8) }
    local = mode == nil ? FileFact(.absent) : FileFact(.shown, content: sections["lvm local"], mode: mode)
    let devices = (sections["lvm devices"] ?? "").split(separator: "\n").map(String.init)
    devicesFile = head["use_devicesfile"] == "1" && devices.first == "file" ? Array(devices.dropFirst()) : nil
    volume = try StorageFacts.Device(sections, prefix: "volume ") ?? .absent
    (physicalVolumes, volumes) = ([], [])
    guard version != nil else { return }
    physicalVolumes = try Self.rows(sections["lvm physical volumes"], "pv").map(PhysicalVolume.init)
    volumes = try Self.rows(sections["lvm volumes"], "lv").map(LogicalVolume.init)
  }

  /// The rows of a report of LVM's, all of whose values are strings.
  private static func rows(_ text: String?, _ name: String) throws -> [[String: String]] {
    struct Report: Decodable { let report: [[String: [[String: String]]]] }
    do {
      return try JSONDecoder().decode(Report.self, from: Data((text ?? "").utf8)).report.flatMap { $0[name] ?? [] }
    } catch {
      throw UnreadableAnswer("storage-probe", "LVM's report is not as known: \((text ?? "nothing").suffix(200))")
    }
  }

  /// What LVM says of the disk that the kernel numbers so here.
  func physicalVolume(_ number: String) -> PhysicalVolume? { physicalVolumes.first { $0.number == number } }

  /// vgcreate --setautoactivation came with LVM 2.03.12.
  var isNewEnough: Bool {
    let parts = (version ?? "").split(separator: ".").map { Int($0) ?? 0 }
    return !parts.lexicographicallyPrecedes([2, 3, 12])
  }
}

extension LVMFacts.PhysicalVolume {
  fileprivate init(_ row: [String: String]) {
    func value(_ key: String) -> UInt64 { row[key].flatMap { UInt64($0) } ?? 0 }
    uuid = row["pv_uuid"] ?? ""
    number = row["pv_missing"] == "missing" ? "" : "\(row["pv_major"] ?? ""):\(row["pv_minor"] ?? "")"
    diskSize = value("dev_size")
    start = value("pe_start")
    extents = value("pv_pe_count")
    guard let name = row["vg_name"], !name.isEmpty else { return }
    group = LVMFacts.Group(
      name: name, uuid: row["vg_uuid"] ?? "", systemID: row["vg_systemid"] ?? "",
      lockType: row["vg_lock_type"].map { $0 == "none" ? "" : $0 } ?? "", isExported: row["vg_exported"] == "exported",
      autoActivation: row["vg_autoactivation"] == "enabled", extentSize: value("vg_extent_size"), extents: value("vg_extent_count"),
      free: value("vg_free_count"), disks: Int(value("pv_count")))
  }
}

extension LVMFacts.LogicalVolume {
  fileprivate init(_ row: [String: String]) {
    name = (row["lv_name"] ?? "").filter { $0 != "[" && $0 != "]" }
    group = row["vg_uuid"] ?? ""
    size = row["lv_size"].flatMap { UInt64($0) } ?? 0
    isActive = row["lv_active"].map { $0 == "active" || $0.hasPrefix("local") } ?? false
    tags = (row["lv_tags"] ?? "").split(separator: ",").map(String.init)
    origin = (row["origin"] ?? "").filter { $0 != "[" && $0 != "]" }
  }
}

extension StorageFacts {
  /// The same with the logical volume in the place of the disk: what is judged of a filesystem is the same there.
  var ofVolume: StorageFacts {
    var facts = self
    facts.device = lvm?.volume ?? .absent
    return facts
  }
}
