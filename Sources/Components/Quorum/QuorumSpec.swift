import Core

/// The spec's `quorum`: who votes beside the two nodes.
package struct QuorumSpec: Codable, Sendable, Equatable {
  package internal(set) var device: Device

  package init(device: Device) { self.device = device }

  /// A machine that gives one vote to one of two halves, by corosync-qnetd(8).
  package struct Device: Sendable, Equatable {
    /// The machine, known by the name or address that the nodes reach it by.
    package internal(set) var machine: NodeSpec
    package var host: String { machine.addresses[0] }

    /// Throws where `host` cannot name a machine to log in to.
    package init(host: String, ssh: SSHSpec = SSHSpec()) throws {
      machine = NodeSpec(name: try NodeName(host), addresses: [host], ssh: ssh)
    }
  }

  /// The same with another way to that machine.
  package func mapMachine(_ change: (NodeSpec) -> NodeSpec) -> QuorumSpec {
    var result = self
    result.device.machine = change(device.machine)
    return result
  }
}

extension QuorumSpec.Device: Codable {
  private enum CodingKeys: String, CodingKey { case host, ssh }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let host = try container.decode(String.self, forKey: .host)
    do {
      try self.init(host: host, ssh: try container.decodeIfPresent(SSHSpec.self, forKey: .ssh) ?? SSHSpec())
    } catch is DecodingError {
      throw DecodingError.dataCorruptedError(forKey: .ssh, in: container, debugDescription: "how to log in there: write user, port, ...")
    } catch {
      throw DecodingError.dataCorruptedError(
        forKey: .host, in: container,
        debugDescription: "'\(host)' cannot name a machine to set up: write its host name in lower case, or its IPv4 address")
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(host, forKey: .host)
    try container.encode(machine.ssh, forKey: .ssh)
  }
}
