import Core

/// `config_share` of kind `glusterfs`: one volume, a copy of it (a brick) on each node.
package struct GlusterShare: Sendable, Equatable {
  /// Where both nodes mount it.
  package let path: String
  /// The volume's name.
  package let volume: String
  /// The directory of each node that holds its copy.
  package let brick: String
  /// A third machine, which holds names and no content: with it the volume can be written while any one is away.
  package internal(set) var arbiter: NodeSpec?

  package static let defaultVolume = "pmm-ha-share"
  package static let defaultBrick = "/srv/glusterfs/pmm-ha"

  /// The spec's `arbiter`.
  package struct Arbiter: Codable, Sendable, Equatable {
    package let host: String
    package let ssh: SSHSpec
    package init(host: String, ssh: SSHSpec = SSHSpec()) {
      self.host = host
      self.ssh = ssh
    }
  }

  /// Throws what is wrong.
  package init(path: String, volume: String = defaultVolume, brick: String = defaultBrick, arbiter: Arbiter? = nil) throws(InvalidShare) {
    self.path = try InvalidShare.checked(path, key: "path")
    self.brick = try InvalidShare.checked(brick, key: "brick")
    // As glusterd takes it.
    let isName =
      !volume.isEmpty
      && volume.utf8.allSatisfy {
        (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 95
      }
    guard isName, volume.first != "-" else {
      throw InvalidShare(key: "volume", description: "'\(volume)' is not a volume's name: write letters, digits, '-' and '_'")
    }
    guard path != brick, !path.hasPrefix(brick + "/"), !brick.hasPrefix(path + "/") else {
      throw InvalidShare(key: "brick", description: "\(brick) and \(path) lie in one another: write two directories beside each other")
    }
    self.volume = volume
    self.arbiter = try arbiter.map { arbiter throws(InvalidShare) in try NodeSpec(helper: arbiter.host, ssh: arbiter.ssh, key: "arbiter") }
  }
}
