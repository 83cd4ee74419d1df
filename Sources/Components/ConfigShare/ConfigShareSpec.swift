import Core

/// The directory that both nodes share and that holds PMM's configuration: the spec's `config_share`.
///
/// `kind` decides which other keys there are.
package enum ConfigShareSpec: Sendable, Equatable {
  /// A directory on something the user has mounted on both nodes already.
  case directory(SharedDirectory)
  /// An export of an NFS server, mounted by both nodes.
  case nfs(NFSShare)
  /// A GlusterFS volume, of which each node holds a copy.
  case glusterfs(GlusterShare)

  /// Where both nodes see it: PMM's environment files lie here.
  package var path: String {
    switch self {
    case .directory(let directory): directory.path
    case .nfs(let share): share.path
    case .glusterfs(let share): share.path
    }
  }

  /// The directory of each node that holds its copy of a GlusterFS volume; nil where the share is another kind.
  package var brick: String? { if case .glusterfs(let share) = self { share.brick } else { nil } }

  /// The machine beside the nodes that pmm-ha sets up for the share; nil where there is none.
  package var helper: NodeSpec? {
    switch self {
    case .directory: nil
    case .nfs(let share): share.creates
    case .glusterfs(let share): share.arbiter
    }
  }

  /// The same with another way to that machine.
  package func mapHelper(_ change: (NodeSpec) -> NodeSpec) -> ConfigShareSpec {
    switch self {
    case .directory: return self
    case .nfs(var share):
      share.creates = share.creates.map(change)
      return .nfs(share)
    case .glusterfs(var share):
      share.arbiter = share.arbiter.map(change)
      return .glusterfs(share)
    }
  }

  /// The spec's words for the kinds.
  package enum Kind: String, Sendable, Codable, CaseIterable {
    case directory
    case nfs
    case glusterfs
  }
}

/// `config_share` of kind `directory`.
package struct SharedDirectory: Sendable, Equatable {
  /// An absolute path other than `/`, without a slash at its end.
  package let path: String

  /// Throws on a path that cannot be.
  package init(path: String) throws(InvalidShare) {
    self.path = try InvalidShare.checked(path, key: "path")
  }
}

/// A `config_share` that cannot be.
package struct InvalidShare: Error, Equatable, CustomStringConvertible {
  /// The key of the spec.
  package let key: String
  package let description: String

  /// `path`, where it is one: absolute, of ordinary characters.
  static func checked(_ path: String, key: String) throws(InvalidShare) -> String {
    let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    guard path.hasPrefix("/"), parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }),
      !path.contains(where: { $0.isWhitespace || "\"'\\$`%".contains($0) })
    else {
      throw InvalidShare(
        key: key, description: "'\(path)' is not a directory's path: write an absolute one, such as /mnt/share/pmm, without '/' at its end")
    }
    return path
  }
}

extension ConfigShareSpec: Codable {
  private enum CodingKeys: String, CodingKey { case kind, path, server, export, version, create, volume, brick, arbiter }

  /// Which keys belong to which kind: one of another kind is a mistake that nobody else would notice.
  private static let keys: [Kind: Set<CodingKeys>] = [
    .directory: [.kind, .path], .nfs: [.kind, .path, .server, .export, .version, .create],
    .glusterfs: [.kind, .path, .volume, .brick, .arbiter],
  ]

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let kind = try container.decode(Kind.self, forKey: .kind)
    for key in container.allKeys where Self.keys[kind]?.contains(key) == false {
      let kinds = Kind.allCases.filter { Self.keys[$0]?.contains(key) == true }.map(\.rawValue)
      throw DecodingError.dataCorruptedError(
        forKey: key, in: container,
        debugDescription: "a share of kind \(kind.rawValue) has no '\(key.stringValue)': take it out, or write kind: "
          + kinds.joined(separator: " or "))
    }
    func text(_ key: CodingKeys, such sample: String) throws -> String {
      guard let text = try container.decodeIfPresent(Scalar.self, forKey: key)?.text else {
        throw DecodingError.dataCorrupted(
          .init(
            codingPath: decoder.codingPath,
            debugDescription: "a share of kind \(kind.rawValue) needs '\(key.stringValue)': write it, such as \(key.stringValue): \(sample)"
          ))
      }
      return text
    }
    do {
      let path = try container.decode(String.self, forKey: .path)
      switch kind {
      case .directory: self = .directory(try SharedDirectory(path: path))
      case .nfs:
        let share = try NFSShare(
          path: path, server: text(.server, such: "nfs1.example.net"), export: text(.export, such: "/srv/pmm-ha"),
          version: container.decodeIfPresent(Scalar.self, forKey: .version).flatMap { .init(rawValue: $0.text) } ?? .v42,
          create: container.decodeIfPresent(NFSShare.Create.self, forKey: .create)?.ssh)
        self = .nfs(share)
      case .glusterfs:
        let arbiter = try container.decodeIfPresent(GlusterShare.Arbiter.self, forKey: .arbiter)
        self = .glusterfs(
          try GlusterShare(
            path: path, volume: container.decodeIfPresent(String.self, forKey: .volume) ?? GlusterShare.defaultVolume,
            brick: container.decodeIfPresent(String.self, forKey: .brick) ?? GlusterShare.defaultBrick, arbiter: arbiter))
      }
    } catch let error as InvalidShare {
      let key = CodingKeys(stringValue: error.key)
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath + (key.map { [$0] } ?? []), debugDescription: error.description))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(path, forKey: .path)
    switch self {
    case .directory: try container.encode(Kind.directory, forKey: .kind)
    case .nfs(let share):
      try container.encode(Kind.nfs, forKey: .kind)
      try container.encode(share.server, forKey: .server)
      try container.encode(share.export, forKey: .export)
      try container.encode(share.version.rawValue, forKey: .version)
      try container.encodeIfPresent(share.creates.map { NFSShare.Create(ssh: $0.ssh) }, forKey: .create)
    case .glusterfs(let share):
      try container.encode(Kind.glusterfs, forKey: .kind)
      try container.encode(share.volume, forKey: .volume)
      try container.encode(share.brick, forKey: .brick)
      try container.encodeIfPresent(share.arbiter.map { GlusterShare.Arbiter(host: $0.addresses[0], ssh: $0.ssh) }, forKey: .arbiter)
    }
  }
}
