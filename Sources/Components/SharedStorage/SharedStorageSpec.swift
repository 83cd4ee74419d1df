import Core

/// The disk that holds PMM's data and that both nodes see: the spec's `shared_storage`.
///
/// `kind` decides which other keys there are.
package enum SharedStorageSpec: Sendable, Equatable {
  /// A filesystem right on a shared block device.
  case filesystem(FilesystemSpec)
  /// A filesystem on a logical volume, which only the active node may use.
  case lvm(LVMSpec)

  /// Where the active node mounts it; PMM's `/srv` is bound from here.
  package var mountPoint: String {
    switch self {
    case .filesystem(let spec): spec.mountPoint
    case .lvm(let spec): spec.filesystem.mountPoint
    }
  }

  /// The block device that is mounted there; nil where it is not one.
  package var device: String? {
    switch self {
    case .filesystem(let spec): spec.device
    case .lvm(let spec): spec.filesystem.device
    }
  }

  /// The disk that both nodes see, by whose name its user agrees to lose what is on it; nil where there is none.
  package var disk: String? {
    switch self {
    case .filesystem(let spec): spec.device
    case .lvm(let spec): spec.disk
    }
  }

  /// What it is formatted with.
  package var filesystem: FilesystemSpec.FilesystemType {
    switch self {
    case .filesystem(let spec): spec.filesystem
    case .lvm(let spec): spec.filesystem.filesystem
    }
  }

  /// The spec's words for the kinds.
  package enum Kind: String, Sendable, Codable, CaseIterable {
    case filesystem
    case lvm
  }
}

extension SharedStorageSpec: Codable {
  private enum CodingKeys: String, CodingKey { case kind }

  package init(from decoder: any Decoder) throws {
    let kind = try decoder.container(keyedBy: CodingKeys.self).decode(Kind.self, forKey: .kind)
    switch kind {
    case .filesystem:
      try LVMSpec.refuseKeys(in: decoder)
      self = .filesystem(try FilesystemSpec(from: decoder))
    case .lvm: self = .lvm(try LVMSpec(from: decoder))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .filesystem(let spec):
      try container.encode(Kind.filesystem, forKey: .kind)
      try spec.encode(to: encoder)
    case .lvm(let spec):
      try container.encode(Kind.lvm, forKey: .kind)
      try spec.encode(to: encoder)
    }
  }
}

/// `shared_storage` of kind `filesystem`.
package struct FilesystemSpec: Sendable, Equatable {
  /// The block device by a name that is the same on both nodes: `/dev/disk/by-id/...`.
  package let device: String
  package let filesystem: FilesystemType
  /// An absolute path other than `/`, without a slash at its end.
  package let mountPoint: String
  /// mount(8) options, separated by commas: `noatime`.
  package let options: String

  package enum FilesystemType: String, Sendable, Codable, CaseIterable {
    case ext4
    case xfs
  }

  /// Throws what is wrong with a device, a mount point or options.
  package init(device: String, filesystem: FilesystemType = .ext4, mountPoint: String, options: String = "noatime") throws(InvalidStorage) {
    guard device.hasPrefix("/dev/"), Self.isPlain(device) else {
      throw InvalidStorage(key: "device", description: "'\(device)' is not a device: write its path, such as /dev/disk/by-id/...")
    }
    guard mountPoint.hasPrefix("/"), mountPoint.count > 1, !mountPoint.hasSuffix("/"), Self.isPlain(mountPoint) else {
      throw InvalidStorage(
        key: "mount_point",
        description: "'\(mountPoint)' is not a mount point: write an absolute path, such as /srv/pmm, without '/' at its end")
    }
    guard !options.contains(where: \.isWhitespace) else {
      throw InvalidStorage(
        key: "options", description: "'\(options)' has white space: separate mount options by commas, such as noatime,nodev")
    }
    self.device = device
    self.filesystem = filesystem
    self.mountPoint = mountPoint
    self.options = options
  }

  /// A path of ordinary characters, without empty, `.` or `..` parts: fit for fstab-like tables and CIB attributes.
  static func isPlain(_ path: String) -> Bool {
    let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    return parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." } && !path.contains { $0.isWhitespace || "\"'\\$`".contains($0) }
  }
}

/// A `shared_storage` that cannot be.
package struct InvalidStorage: Error, Equatable, CustomStringConvertible {
  /// The key of the spec.
  package let key: String
  package let description: String
}

extension FilesystemSpec: Codable {
  private enum CodingKeys: String, CodingKey {
    case device, filesystem, options
    case mountPoint = "mount_point"
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    do {
      try self.init(
        device: container.decode(String.self, forKey: .device), filesystem: container.decode(FilesystemType.self, forKey: .filesystem),
        mountPoint: container.decode(String.self, forKey: .mountPoint), options: container.decode(String.self, forKey: .options))
    } catch let error as InvalidStorage {
      let key = CodingKeys(stringValue: error.key)
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath + (key.map { [$0] } ?? []), debugDescription: error.description))
    }
  }
}
