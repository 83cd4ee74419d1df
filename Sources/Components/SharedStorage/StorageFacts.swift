import Core

/// What one node sees of the shared disk, and of the place where it is to be mounted.
package struct StorageFacts: Sendable, Equatable, Codable {
  package var device: Device
  package var mountPoint: MountPoint
  /// Lines of /etc/fstab, without comments.
  package var fstab: [String]
  /// How LVM is set up here, and what it sees; nil where nobody asked.
  package var lvm: LVMFacts?

  package enum Device: Sendable, Equatable, Codable {
    case absent
    /// There is something by that name, stat(1)'s word for it: `directory`, `regular file`.
    case other(String)
    case disk(Disk)
  }

  package struct Disk: Sendable, Equatable, Codable {
    /// What the spec's name leads to: `/dev/sdb`.
    package var real: String
    /// Bytes.
    package var size: UInt64
    package var readOnly: Bool
    /// Empty where the kernel does not know it.
    package var serial: String
    /// World wide name; empty where the kernel does not know it.
    package var wwn: String
    package var signatures: [Signature]
    /// Whether the first MiB holds anything but zeros, though it has no signature.
    package var unknownData: Bool
    /// Its partitions, with what stands on each.
    package var partitions: [Partition] = []
    /// The tool that could not read what is on the disk, and its words; nil where all was read.
    package var unreadable: Unknown?
    /// Where it is mounted.
    package var mounts: [String]
    /// What stands on it: partitions, logical volumes, multipath maps.
    package var users: [User]
    /// `8:16`, as the kernel numbers it here.
    package var number = ""
    /// Of an ext4 or a mounted xfs: its bytes.
    package var filesystemSize: UInt64?
    /// What the filesystem itself says that is wrong with it; nil where it is clean, or does not tell.
    package var damage: String?
  }

  /// Magic bytes that wipefs(8) knows.
  package struct Signature: Sendable, Hashable, Codable {
    /// `ext4`, `LVM2_member`, `gpt`, ...
    package var type: String
    package var uuid: String
    package var label: String
  }

  /// A part of the disk by its partition table.
  package struct Partition: Sendable, Equatable, Codable {
    /// `/dev/sdb1`
    package var path: String
    /// Types of signatures, `sbd`, or `unknown-data`; none where it is blank.
    package var types: [String]
  }

  /// A block device on top of the disk.
  package struct User: Sendable, Equatable, Codable {
    package var name: String
    /// lsblk's word: `part`, `lvm`, `mpath`, `crypt`, `raid1`.
    package var type: String
    /// Empty where it is not mounted.
    package var mount: String
  }

  package enum MountPoint: Sendable, Equatable, Codable {
    case absent
    case notDirectory
    /// `mode` is octal, as stat(1) prints it: `0`.
    case directory(mode: String, entries: Int)
    /// The source as the mount table has it.
    case mounted(source: String)
  }

  /// Reads what storage-probe.sh printed. Throws where it was cut off, or a tool on the node failed.
  package init(_ answer: Answer) throws {
    let sections = answer.sections
    guard let device = try Device(sections), sections["end"] != nil else {
      throw UnreadableAnswer("storage-probe", "it ended early (exit status \(answer.status)): \(answer.said)")
    }
    self.device = device
    let place = keyValues(sections["mount point"] ?? "")
    mountPoint =
      switch (place["mounted"], place["mode"]) {
      case (let source?, _): .mounted(source: source)
      case (nil, "other"): .notDirectory
      case (nil, let mode?): .directory(mode: mode, entries: place["entries"].flatMap { Int($0) } ?? 0)
      default: .absent
      }
    fstab = (sections["fstab"] ?? "").split(separator: "\n").map(String.init).filter { line in
      line.first { !$0.isWhitespace }.map { $0 != "#" } ?? false
    }
    lvm = try LVMFacts(sections)
  }
}

extension StorageFacts.Device {
  /// What the sections with this prefix say; nil where there are none.
  init?(_ sections: [String: String], prefix: String = "") throws {
    guard let head = sections["\(prefix)device"].map(keyValues), let real = head["real"], let kind = head["kind"] else { return nil }
    switch kind {
    case "absent": self = .absent
    case "block": self = .disk(try StorageFacts.Disk(real: real, sections, prefix: prefix))
    default: self = .other(kind)
    }
  }
}

extension StorageFacts.Disk {
  /// lsblk's first line is the disk itself, the others what stands on it.
  fileprivate init(real: String, _ sections: [String: String], prefix: String) throws {
    let tree = (sections["\(prefix)tree"] ?? "").split(separator: "\n").map(pairs)
    guard let disk = tree.first, let size = disk["SIZE"].flatMap({ UInt64($0) }) else {
      throw UnreadableAnswer("storage-probe", "lsblk says of \(real): \(sections["\(prefix)tree"] ?? "nothing")")
    }
    let signatures = sections["\(prefix)signatures"] ?? ""
    if signatures.hasSuffix("failed") { throw UnreadableAnswer("storage-probe", "wipefs says of \(real): \(signatures)") }
    self.real = real
    self.size = size
    readOnly = disk["RO"] == "1"
    serial = disk["SERIAL"] ?? ""
    wwn = disk["WWN"] ?? ""
    self.signatures = signatures.split(separator: "\n").compactMap(Self.signature)
    let beginning = sections["\(prefix)beginning"] ?? (self.signatures.isEmpty ? "" : "zero")
    unknownData = beginning == "data"
    switch beginning {
    case "zero", "data": break
    case "sbd": self.signatures = [.init(type: "sbd", uuid: "", label: "")]
    default: unreadable = Unknown("od \(real)", beginning.split(separator: "\n").first.map(String.init) ?? "nothing")
    }
    for line in (sections["\(prefix)partitions"] ?? "").split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      if words.count > 1, words[1] == "unreadable:" {
        unreadable = unreadable ?? Unknown(words[0], words.dropFirst(2).joined(separator: " "))
      } else if let path = words.first {
        partitions.append(.init(path: path, types: Array(words.dropFirst())))
      }
    }
    mounts = (sections["\(prefix)mounts"] ?? "").split(separator: "\n").map(String.init)
    number = disk["MAJ:MIN"] ?? ""
    let filesystem = keyValues(sections["\(prefix)filesystem"] ?? "")
    filesystemSize = filesystem["size"].flatMap { UInt64($0) }
    let errors = filesystem["errors"].flatMap { Int($0) } ?? 0
    if errors > 0 || filesystem["state"]?.contains("error") == true {
      let place = filesystem["function"].map { ", the last in \($0)" } ?? ""
      damage = "\(errors == 1 ? "1 error" : "\(errors) errors") noted\(place)"
    }
    users = tree.dropFirst().map { .init(name: $0["NAME"] ?? "", type: $0["TYPE"] ?? "", mount: $0["MOUNTPOINT"] ?? "") }
  }

  /// What would be lost with the disk, as consent names it and as `signatures` of last-looks.sh finds it on the node: the types
  /// on the disk and on its partitions, each once, sorted, joined by `+`; `unknown-data` where there is data and no signature.
  /// Empty where all of it is blank.
  var words: String {
    let own = signatures.isEmpty && unknownData ? ["unknown-data"] : signatures.map(\.type)
    return Set(own + partitions.flatMap(\.types)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.joined(separator: "+")
  }

  /// `0x438,4fbcfb26-d6fd-416b-b0ee-8f5c45bc9081,pmm,ext4`: offset, UUID, label (its commas are encoded), type.
  private static func signature(_ line: Substring) -> StorageFacts.Signature? {
    let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard !line.hasPrefix("#"), fields.count == 4 else { return nil }
    return .init(type: fields[3], uuid: fields[1], label: fields[2])
  }
}

/// A line of `lsblk -P`: `NAME="sdb" TYPE="disk"`. Quotes inside values are encoded by it.
private func pairs(_ line: Substring) -> [String: String] {
  var result: [String: String] = [:]
  let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
  for index in stride(from: 0, to: parts.count - 1, by: 2) {
    result[parts[index].filter { $0 != " " && $0 != "=" }] = parts[index + 1].trimmingBlanks
  }
  return result
}

extension Substring {
  fileprivate var trimmingBlanks: String {
    var rest = self
    while rest.first == " " { rest.removeFirst() }
    while rest.last == " " { rest.removeLast() }
    return String(rest)
  }
}
