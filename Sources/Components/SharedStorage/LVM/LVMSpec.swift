import Core

/// `shared_storage` of kind `lvm`: one disk, one volume group that belongs to one node at a time (its LVM system id), one
/// logical volume, one filesystem on it.
package struct LVMSpec: Sendable, Equatable {
  /// The disk, by a name that is the same on both nodes: `/dev/disk/by-id/...`, `/dev/mapper/...`.
  package let disk: String
  package let volumeGroup: String
  package let logicalVolume: String
  package let size: VolumeSize
  /// What stands on the volume, `/dev/VOLUME_GROUP/LOGICAL_VOLUME`.
  package let filesystem: FilesystemSpec

  /// What the spec leaves out.
  static let defaults = (volumeGroup: "pmm", logicalVolume: "srv", size: VolumeSize.percent(90))

  /// Throws what is wrong with a name, the disk, the mount point or options.
  package init(
    disk: String, volumeGroup: String = defaults.volumeGroup, logicalVolume: String = defaults.logicalVolume,
    size: VolumeSize = defaults.size, filesystem: FilesystemSpec.FilesystemType = .ext4, mountPoint: String, options: String = "noatime"
  ) throws(InvalidStorage) {
    guard disk.hasPrefix("/dev/"), FilesystemSpec.isPlain(disk) else {
      throw InvalidStorage(key: "device", description: "'\(disk)' is not a device: write its path, such as /dev/disk/by-id/...")
    }
    for (key, name) in [("volume_group", volumeGroup), ("logical_volume", logicalVolume)] where !Self.isName(name) {
      throw InvalidStorage(
        key: key, description: "'\(name)' cannot be a name in LVM: write letters, digits, '_', '.', '+' and '-', such as pmm")
    }
    guard !["snapshot", "pvmove"].contains(where: logicalVolume.hasPrefix) else {
      throw InvalidStorage(
        key: "logical_volume", description: "LVM keeps names such as '\(logicalVolume)' to itself: write another, such as srv")
    }
    self.disk = disk
    self.volumeGroup = volumeGroup
    self.logicalVolume = logicalVolume
    self.size = size
    self.filesystem = try FilesystemSpec(
      device: "/dev/\(volumeGroup)/\(logicalVolume)", filesystem: filesystem, mountPoint: mountPoint, options: options)
  }

  /// lvm(8), VALID NAMES.
  private static func isName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 60 && name != "." && name != ".." && name.first != "-"
      && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_.+-".contains($0)) }
  }

  /// Names of the volume beside its path: device-mapper doubles hyphens.
  var mapperName: String { "\(Self.mapped(volumeGroup))-\(Self.mapped(logicalVolume))" }

  static func mapped(_ name: String) -> String { name.replacing("-", with: "--") }
}

extension LVMSpec: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case device, size, filesystem, options
    case volumeGroup = "volume_group"
    case logicalVolume = "logical_volume"
    case mountPoint = "mount_point"
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    do {
      let size = try container.decodeIfPresent(Scalar.self, forKey: .size)?.text
      try self.init(
        disk: container.decode(String.self, forKey: .device),
        volumeGroup: container.decodeIfPresent(String.self, forKey: .volumeGroup) ?? Self.defaults.volumeGroup,
        logicalVolume: container.decodeIfPresent(String.self, forKey: .logicalVolume) ?? Self.defaults.logicalVolume,
        size: size.map(VolumeSize.init) ?? Self.defaults.size,
        filesystem: container.decode(FilesystemSpec.FilesystemType.self, forKey: .filesystem),
        mountPoint: container.decode(String.self, forKey: .mountPoint), options: container.decode(String.self, forKey: .options))
    } catch let error as InvalidStorage {
      let key = CodingKeys(stringValue: error.key)
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath + (key.map { [$0] } ?? []), debugDescription: error.description))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(disk, forKey: .device)
    try container.encode(volumeGroup, forKey: .volumeGroup)
    try container.encode(logicalVolume, forKey: .logicalVolume)
    try container.encode(size.description, forKey: .size)
    try container.encode(filesystem.filesystem, forKey: .filesystem)
    try container.encode(filesystem.mountPoint, forKey: .mountPoint)
    try container.encode(filesystem.options, forKey: .options)
  }

  /// A key of this kind under another one is a mistake, not a wish to be ignored.
  static func refuseKeys(in decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    for key in [CodingKeys.volumeGroup, .logicalVolume, .size] where container.contains(key) {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath + [key],
          debugDescription: "'\(key.stringValue)' is of kind lvm, and the kind is filesystem: write kind: lvm, or remove it"))
    }
  }
}

/// How large the logical volume is: the spec's `size`.
package enum VolumeSize: Sendable, Equatable, CustomStringConvertible {
  /// Of the volume group.
  case percent(Int)
  case bytes(UInt64)

  /// `90%`, `200G`, `1.5T`, `500GiB`: powers of 1024.
  package init(_ text: String) throws(InvalidStorage) {
    let wrong = InvalidStorage(
      key: "size", description: "'\(text)' is not a size: write a percentage of the volume group, such as 90%, or an amount, such as 200G")
    if text.hasSuffix("%") {
      guard let value = Int(text.dropLast()), (1...100).contains(value) else { throw wrong }
      self = .percent(value)
      return
    }
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let unit = text.dropFirst(digits.count).uppercased()
    guard let number = Double(digits), number > 0, number < 1e6, let power = ["M", "G", "T"].firstIndex(of: String(unit.prefix(1))),
      ["", "B", "IB"].contains(unit.dropFirst())
    else { throw wrong }
    // In whole MiB, so that it can be written back.
    self = .bytes(UInt64(number * [1.0, 1024.0, 1_048_576.0][power]) << 20)
  }

  /// As the spec may have it.
  package var description: String {
    switch self {
    case .percent(let value): "\(value)%"
    case .bytes(let value): value % (1 << 30) == 0 ? "\(value >> 30)G" : "\(value >> 20)M"
    }
  }

  /// As make-logical-volume.sh takes it.
  var argument: String {
    switch self {
    case .percent(let value): "\(value)%"
    case .bytes(let value): "\(value)"
    }
  }

  /// In extents of a group of `total`: an amount is rounded up to a whole one; a percentage that was rounded up by
  /// somebody else is right too.
  func extents(of total: UInt64, size: UInt64) -> ClosedRange<UInt64> {
    switch self {
    case .percent(let value): return total * UInt64(value) / 100...(total * UInt64(value) + 99) / 100
    case .bytes(let value):
      let extents = (value + size - 1) / size
      return extents...extents
    }
  }
}

extension UInt64 {
  /// `20 GiB`, `19.5 GiB`; exact where it can be, for people.
  var shownBytes: String {
    for (unit, size) in [("TiB", UInt64(1) << 40), ("GiB", 1 << 30), ("MiB", 1 << 20)] where self >= size {
      if self % size == 0 { return "\(self / size) \(unit)" }
      let tenths = self / (size / 10)
      if self >= size * 10 || unit == "MiB" { return "\(tenths / 10).\(tenths % 10) \(unit)" }
    }
    return "\(self) B"
  }
}
