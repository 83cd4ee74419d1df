import Core

/// The address under which clients find PMM, on whichever node runs it: the spec's `virtual_ip`.
package struct VirtualIPSpec: Sendable, Equatable {
  /// In the network of the nodes' first addresses.
  package let address: IPAddress
  /// Length of the network's prefix: 24 for 255.255.255.0.
  package let prefix: Int
  /// The nodes' interface that carries it; nil lets IPaddr2 take the one that reaches the address's network.
  package let interface: String?

  /// Throws what is wrong with the address, the prefix or the interface's name.
  package init(address: String, prefix: Int, interface: String? = nil) throws(InvalidVirtualIP) {
    guard let parsed = IPAddress(address) else {
      throw InvalidVirtualIP(key: "address", description: "'\(address)' is not an IP address: write one such as 198.51.100.100")
    }
    guard (1...parsed.width).contains(prefix) else {
      throw InvalidVirtualIP(
        key: "prefix", description: "\(prefix) is not a prefix length: write 1 to \(parsed.width), such as 24 for 255.255.255.0")
    }
    guard !parsed.isReserved(prefix: prefix) else {
      throw InvalidVirtualIP(
        key: "address", description: "\(parsed)/\(prefix) is a network's or a broadcast address: take a free host address")
    }
    if let interface {
      let valid =
        (1...15).contains(interface.utf8.count) && interface != "." && interface != ".."
        && interface.allSatisfy { $0.isASCII && !$0.isWhitespace && !"/:'\"$`\\".contains($0) }
      guard valid else {
        throw InvalidVirtualIP(key: "interface", description: "'\(interface)' is not an interface's name: write one such as eth0")
      }
    }
    self.address = parsed
    self.prefix = prefix
    self.interface = interface
  }

  /// Whether `address` (a node's first one) lies in the virtual IP's network.
  package func covers(_ address: String) -> Bool { IPAddress(address)?.shares(prefix: prefix, with: self.address) ?? false }
}

/// A `virtual_ip` that cannot be.
package struct InvalidVirtualIP: Error, Equatable, CustomStringConvertible {
  /// The key of the spec.
  package let key: String
  package let description: String
}

extension VirtualIPSpec: Codable {
  private enum CodingKeys: String, CodingKey { case address, prefix, interface }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    do {
      try self.init(
        address: container.decode(String.self, forKey: .address), prefix: container.decode(Int.self, forKey: .prefix),
        interface: container.decodeIfPresent(String.self, forKey: .interface))
    } catch let error as InvalidVirtualIP {
      let key = CodingKeys(stringValue: error.key)
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath + (key.map { [$0] } ?? []), debugDescription: error.description))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(address.description, forKey: .address)
    try container.encode(prefix, forKey: .prefix)
    try container.encodeIfPresent(interface, forKey: .interface)
  }
}
