import Core

/// The directory that both nodes share and that holds PMM's configuration: the spec's `config_share`.
///
/// `kind` decides which other keys there are.
package enum ConfigShareSpec: Sendable, Equatable {
  /// A directory on something the user has mounted on both nodes already.
  case directory(SharedDirectory)

  /// Where both nodes see it: PMM's environment files lie here.
  package var path: String {
    switch self {
    case .directory(let directory): directory.path
    }
  }

  /// The spec's words for the kinds.
  package enum Kind: String, Sendable, Codable, CaseIterable {
    case directory
  }
}

/// `config_share` of kind `directory`.
package struct SharedDirectory: Sendable, Equatable {
  /// An absolute path other than `/`, without a slash at its end.
  package let path: String

  /// Throws on a path that cannot be.
  package init(path: String) throws(InvalidShare) {
    let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    guard path.hasPrefix("/"), parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }),
      !path.contains(where: { $0.isWhitespace || "\"'\\$`%".contains($0) })
    else { throw InvalidShare(path: path) }
    self.path = path
  }
}

/// A path that cannot be a share.
package struct InvalidShare: Error, Equatable, CustomStringConvertible {
  package let path: String
  package var description: String {
    "'\(path)' is not a directory's path: write an absolute one, such as /mnt/share/pmm, without '/' at its end"
  }
}

extension ConfigShareSpec: Codable {
  private enum CodingKeys: String, CodingKey { case kind, path }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    switch try container.decode(Kind.self, forKey: .kind) {
    case .directory:
      let path = try container.decode(String.self, forKey: .path)
      do {
        self = .directory(try SharedDirectory(path: path))
      } catch {
        throw DecodingError.dataCorruptedError(forKey: .path, in: container, debugDescription: error.description)
      }
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .directory(let directory):
      try container.encode(Kind.directory, forKey: .kind)
      try container.encode(directory.path, forKey: .path)
    }
  }
}
