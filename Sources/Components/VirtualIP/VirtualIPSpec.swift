import Core

/// The address under which clients find PMM, on whichever node runs it: the spec's `virtual_ip`.
package struct VirtualIPSpec: Sendable, Equatable {
  /// In the network of the nodes' first addresses; nil where clients go by a name alone (`route53`).
  package let address: IPAddress?
  /// Length of the network's prefix: 24 for 255.255.255.0.
  package let prefix: Int?
  /// The nodes' interface that carries it; nil lets IPaddr2 take the one that reaches the address's network.
  package let interface: String?
  /// On EC2: how the VPC learns which node has the address.
  package let ec2: EC2Kind?
  /// Ids of the VPC's route tables that lead to the address, for `overlay-route`.
  package let routeTables: [String]
  /// The name by which clients find the active node, for `route53`.
  package let record: Route53Record?

  /// How an address works in a VPC, which knows nothing of ARP: only what its API was told counts there.
  package enum EC2Kind: String, Sendable, Codable, CaseIterable {
    /// A secondary private address of the active node's network interface, moved by awsvip; IPaddr2 sets it in the node.
    case secondaryIP = "secondary-ip"
    /// An address outside the VPC's network; route tables lead to the active node's interface (aws-vpc-move-ip).
    case overlayRoute = "overlay-route"
    /// No address moves: a name in Route 53 leads to the active node's own (aws-vpc-route53).
    case route53
    /// The fixed private address of a network load balancer, which asks PMM on both nodes whether it is ready.
    case nlb
    /// Something of the user's own brings clients to the active node: nothing is set on the nodes.
    case none

    /// The node's own network has the address, and the node answers for it.
    var isOnTheNode: Bool { self == .secondaryIP }
  }

  /// Throws what is wrong with the address, the prefix or the interface's name.
  package init(
    address: String? = nil, prefix: Int? = nil, interface: String? = nil, ec2: EC2Kind? = nil, routeTables: [String] = [],
    record: Route53Record? = nil
  ) throws(InvalidVirtualIP) {
    if ec2 == .route53 {
      guard record != nil else {
        throw InvalidVirtualIP(
          key: "record",
          description: "route53 changes a record, and none is named: write hosted_zone: Z0123456789ABCDEFGHIJ, record: pmm.example.internal"
        )
      }
      let others = [("address", address != nil), ("prefix", prefix != nil), ("interface", interface != nil)]
      for (key, given) in others where given {
        throw InvalidVirtualIP(
          key: key, description: "with route53 no address moves, for the name leads to the active node's own: leave it out")
      }
      self.address = nil
      self.prefix = nil
    } else {
      if record != nil { throw InvalidVirtualIP(key: "record", description: "only route53 changes a record: leave it out") }
      (self.address, self.prefix) = try Self.checked(address, prefix)
    }
    if let interface {
      let valid =
        (1...15).contains(interface.utf8.count) && interface != "." && interface != ".."
        && interface.allSatisfy { $0.isASCII && !$0.isWhitespace && !"/:'\"$`\\".contains($0) }
      guard valid else {
        throw InvalidVirtualIP(key: "interface", description: "'\(interface)' is not an interface's name: write one such as eth0")
      }
    }
    if ec2 == .overlayRoute {
      guard !routeTables.isEmpty else {
        throw InvalidVirtualIP(
          key: "route_tables",
          description: "overlay-route changes routes, and no route table is named: write route_tables: [rtb-0123456789abcdef0]")
      }
      guard interface != nil else {
        throw InvalidVirtualIP(
          key: "interface",
          description: "overlay-route sets the address on a network interface that is named: write interface: eth0, as 'ip link' shows it")
      }
    } else if !routeTables.isEmpty {
      throw InvalidVirtualIP(key: "route_tables", description: "only overlay-route uses route tables: leave them out")
    }
    if let table = routeTables.first(where: { !$0.hasPrefix("rtb-") || !$0.dropFirst(4).allSatisfy(\.isHexDigit) || $0.count < 12 }) {
      throw InvalidVirtualIP(
        key: "route_tables", description: "'\(table)' is not a route table's id: write one such as rtb-0123456789abcdef0")
    }
    self.ec2 = ec2
    self.routeTables = routeTables
    self.record = record
    self.interface = interface
  }

  private static func checked(_ address: String?, _ prefix: Int?) throws(InvalidVirtualIP) -> (IPAddress, Int) {
    guard let address else {
      throw InvalidVirtualIP(key: "address", description: "the address is missing: write a free one, such as 198.51.100.100")
    }
    guard let parsed = IPAddress(address) else {
      throw InvalidVirtualIP(key: "address", description: "'\(address)' is not an IP address: write one such as 198.51.100.100")
    }
    guard let prefix else {
      throw InvalidVirtualIP(key: "prefix", description: "the network's prefix is missing: write its length, such as 24 for 255.255.255.0")
    }
    guard (1...parsed.width).contains(prefix) else {
      throw InvalidVirtualIP(
        key: "prefix", description: "\(prefix) is not a prefix length: write 1 to \(parsed.width), such as 24 for 255.255.255.0")
    }
    guard !parsed.isReserved(prefix: prefix) else {
      throw InvalidVirtualIP(
        key: "address", description: "\(parsed)/\(prefix) is a network's or a broadcast address: take a free host address")
    }
    return (parsed, prefix)
  }

  /// Whether `address` (a node's first one) lies in the virtual IP's network.
  package func covers(_ address: String) -> Bool {
    guard let own = self.address, let prefix else { return false }
    return IPAddress(address)?.shares(prefix: prefix, with: own) ?? false
  }

  /// What clients go to: the address, or the name that stands for one.
  package var host: String { address?.description ?? record?.name ?? "" }
}

/// A `virtual_ip` that cannot be.
package struct InvalidVirtualIP: Error, Equatable, CustomStringConvertible {
  /// The key of the spec.
  package let key: String
  package let description: String
}

extension VirtualIPSpec: Codable {
  private enum CodingKeys: String, CodingKey {
    case address, prefix, interface, ec2
    case routeTables = "route_tables"
    case hostedZone = "hosted_zone"
    case record, ttl
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    do {
      let zone = try container.decodeIfPresent(String.self, forKey: .hostedZone)
      let name = try container.decodeIfPresent(String.self, forKey: .record)
      let ttl = try container.decodeIfPresent(Int.self, forKey: .ttl)
      try self.init(
        address: container.decodeIfPresent(String.self, forKey: .address), prefix: container.decodeIfPresent(Int.self, forKey: .prefix),
        interface: container.decodeIfPresent(String.self, forKey: .interface),
        ec2: container.decodeIfPresent(EC2Kind.self, forKey: .ec2),
        routeTables: container.decodeIfPresent([String].self, forKey: .routeTables) ?? [],
        record: Route53Record(zone: zone, name: name, ttl: ttl))
    } catch let error as InvalidVirtualIP {
      let key = CodingKeys(stringValue: error.key)
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath + (key.map { [$0] } ?? []), debugDescription: error.description))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(address?.description, forKey: .address)
    try container.encodeIfPresent(prefix, forKey: .prefix)
    try container.encodeIfPresent(interface, forKey: .interface)
    try container.encodeIfPresent(ec2, forKey: .ec2)
    if !routeTables.isEmpty { try container.encode(routeTables, forKey: .routeTables) }
    try container.encodeIfPresent(record?.zone, forKey: .hostedZone)
    try container.encodeIfPresent(record?.name, forKey: .record)
    try container.encodeIfPresent(record?.ttl, forKey: .ttl)
  }
}
