import Core

/// `config_share` of kind `nfs`.
package struct NFSShare: Sendable, Equatable {
  /// Where both nodes mount it.
  package let path: String
  /// A host name or an address.
  package let server: String
  /// The directory there.
  package let export: String
  package let version: Version
  /// The server, where pmm-ha makes the export; nil where it is somebody's that exists.
  package internal(set) var creates: NodeSpec?

  /// Of the protocol; nfs(5) `vers`.
  package enum Version: String, Sendable, Codable, CaseIterable {
    case v42 = "4.2"
    case v41 = "4.1"
    case v40 = "4.0"
    case v3 = "3"
  }

  /// The spec's `create`.
  struct Create: Codable {
    let ssh: SSHSpec
  }

  /// Throws what is wrong. `create`: how to log in to the server, to make the export there.
  package init(path: String, server: String, export: String, version: Version = .v42, create: SSHSpec? = nil) throws(InvalidShare) {
    self.path = try InvalidShare.checked(path, key: "path")
    // EFS exports its root.
    self.export = export == "/" ? export : try InvalidShare.checked(export, key: "export")
    self.server = server
    self.version = version
    creates = try create.map { ssh throws(InvalidShare) in try NodeSpec(helper: server, ssh: ssh, key: "server") }
  }

  /// The mount unit's `What`; an IPv6 address stands in brackets.
  var source: String { "\(server.contains(":") ? "[\(server)]" : server):\(export)" }
}

extension NodeSpec {
  /// A machine beside the nodes, known by the name or address that they reach it by.
  init(helper host: String, ssh: SSHSpec, key: String) throws(InvalidShare) {
    do {
      self.init(name: try NodeName(host), addresses: [host], ssh: ssh)
    } catch {
      throw InvalidShare(
        key: key, description: "'\(host)' cannot name a machine to set up: write its host name in lower case, or its IPv4 address")
    }
  }
}
