/// A name in a hosted zone of Route 53, whose A record is the active node's own address.
package struct Route53Record: Sendable, Equatable {
  /// The zone's id: `Z0123456789ABCDEFGHIJ`.
  package let zone: String
  /// The whole name, in small letters as Route 53 keeps it, without the dot at its end.
  package let name: String
  /// Seconds for which a resolver may keep an answer: so long clients may go on asking a lost node.
  package let ttl: Int

  /// aws-vpc-route53's own default.
  package static let usualTTL = 10

  /// Throws what is wrong with the zone's id or the name.
  package init(zone: String, name: String, ttl: Int = usualTTL) throws(InvalidVirtualIP) {
    let capitals = zone.utf8.allSatisfy { (65...90).contains($0) || (48...57).contains($0) }
    guard zone.hasPrefix("Z"), (2...32).contains(zone.utf8.count), capitals else {
      throw InvalidVirtualIP(
        key: "hosted_zone",
        description: "'\(zone)' is not a hosted zone's id: write one such as Z0123456789ABCDEFGHIJ, without /hostedzone/")
    }
    let name = name.hasSuffix(".") ? String(name.dropLast()) : name
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    let valid = labels.allSatisfy { label in
      (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
        && label.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 95 }
    }
    guard valid, labels.count > 1, name.utf8.count < 254 else {
      throw InvalidVirtualIP(
        key: "record", description: "'\(name)' is not a whole name in small letters: write one such as pmm.example.internal")
    }
    guard (1...86400).contains(ttl) else {
      throw InvalidVirtualIP(key: "ttl", description: "\(ttl) is no time to live: write seconds, 1 to 86400, such as \(Self.usualTTL)")
    }
    self.zone = zone
    self.name = name
    self.ttl = ttl
  }

  /// From the spec's keys; nil where none is written.
  init?(zone: String?, name: String?, ttl: Int?) throws(InvalidVirtualIP) {
    if zone == nil, name == nil {
      if ttl != nil { throw InvalidVirtualIP(key: "ttl", description: "only route53 has a time to live: leave it out") }
      return nil
    }
    guard let zone else {
      throw InvalidVirtualIP(key: "hosted_zone", description: "the record's zone is missing: write its id, such as Z0123456789ABCDEFGHIJ")
    }
    guard let name else {
      throw InvalidVirtualIP(key: "record", description: "the record is missing: write its whole name, such as pmm.example.internal")
    }
    try self.init(zone: zone, name: name, ttl: ttl ?? Self.usualTTL)
  }
}
