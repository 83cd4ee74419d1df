import Core

/// Where on Amazon EC2 the cluster lives: the spec's `ec2`.
package struct EC2Spec: Sendable, Equatable {
  /// `eu-central-1`
  package let region: String
  /// Each node's instance id: whom fence_aws stops.
  package let instances: [NodeName: String]
  /// The id of the io2 volume that is attached to both: `vol-0123456789abcdef0`.
  package let volume: String
  /// The name of the IAM role that both instances have; nil: whichever they have.
  package let role: String?
  /// For the template, and for what the preflight compares; nil: whatever the instances have.
  package let vpc: String?
  package let subnet: String?
  package let securityGroup: String?
  /// The ARN of a key of KMS of one's own that encrypts the volume; nil: none, or Amazon's.
  package let key: String?
  /// What fencing does with a lost node.
  package let fenceAction: FenceAction

  package enum FenceAction: String, Sendable, Codable, CaseIterable {
    /// Stop it and start it again, so that it comes back by itself. The other node waits for both.
    case reboot
    /// Stop it and leave it off: the other node takes over as soon as it is stopped, and somebody starts it later.
    case off
  }

  /// Throws what is wrong with an id.
  package init(
    region: String, instances: [NodeName: String], volume: String, role: String? = nil, vpc: String? = nil, subnet: String? = nil,
    securityGroup: String? = nil, key: String? = nil, fenceAction: FenceAction = .reboot
  ) throws(InvalidEC2) {
    let parts = region.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count >= 3, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isLowerOrDigit) }),
      parts.last?.allSatisfy(\.isNumber) == true
    else {
      let zone = region.last?.isLetter == true && parts.count == 3
      throw InvalidEC2(
        key: "region",
        description: "'\(region)' is not a region: write one such as eu-central-1\(zone ? ", without the zone's letter" : "")")
    }
    for (node, id) in instances.sorted(by: { $0.key < $1.key }) { try Self.check(id, "i", "instances/\(node)", "an instance") }
    try Self.check(volume, "vol", "volume", "a volume")
    if let vpc { try Self.check(vpc, "vpc", "vpc", "a VPC") }
    if let subnet { try Self.check(subnet, "subnet", "subnet", "a subnet") }
    if let securityGroup { try Self.check(securityGroup, "sg", "security_group", "a security group") }
    if let role, role.isEmpty || !role.utf8.allSatisfy({ Self.isRoleCharacter($0) }) {
      throw InvalidEC2(key: "role", description: "'\(role)' is not a role's name: write it without its ARN, such as pmm-ha")
    }
    if let key {
      let parts = key.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 6, parts[0] == "arn", parts[2] == "kms", parts[5].hasPrefix("key/"), parts[3] == region else {
        throw InvalidEC2(
          key: "kms_key",
          description:
            "'\(key)' is not the ARN of a key in \(region): write arn:aws:kms:\(region):123456789012:key/..., as 'aws kms describe-key' shows it"
        )
      }
    }
    self.region = region
    self.instances = instances
    self.volume = volume
    self.role = role
    self.vpc = vpc
    self.subnet = subnet
    self.securityGroup = securityGroup
    self.key = key
    self.fenceAction = fenceAction
  }

  /// The name by which udev shows the volume on every node, whichever /dev/nvmeXn1 it is there: the serial number of an
  /// EBS volume is its id without the hyphen.
  package var device: String { "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_\(serial)" }

  /// What `lsblk -o SERIAL` and `nvme list` show.
  package var serial: String { volume.filter { $0 != "-" } }

  private static func isLowerOrDigit(_ byte: UInt8) -> Bool { (97...122).contains(byte) || (48...57).contains(byte) }

  private static func isRoleCharacter(_ byte: UInt8) -> Bool {
    isLowerOrDigit(byte) || (65...90).contains(byte) || "+=,.@_-".utf8.contains(byte)
  }

  /// `i-` and 8 or 17 hexadecimal digits.
  private static func check(_ id: String, _ kind: String, _ key: String, _ noun: String) throws(InvalidEC2) {
    let digits = id.dropFirst(kind.utf8.count + 1)
    let valid =
      id.hasPrefix(kind + "-") && [8, 17].contains(digits.utf8.count)
      && digits.utf8.allSatisfy { (97...102).contains($0) || (48...57).contains($0) }
    guard valid else {
      throw InvalidEC2(key: key, description: "'\(id)' is not \(noun)'s id: write one such as \(kind)-0123456789abcdef0")
    }
  }
}

/// An `ec2` that cannot be.
package struct InvalidEC2: Error, Equatable, CustomStringConvertible {
  /// The key of the spec, with `/` where it lies deeper.
  package let key: String
  package let description: String
}

extension EC2Spec: Decodable {
  private enum CodingKeys: String, CodingKey {
    case region, instances, volume, role, vpc, subnet
    case securityGroup = "security_group"
    case key = "kms_key"
    case fenceAction = "fence_action"
  }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    do {
      try self.init(
        region: container.decode(String.self, forKey: .region),
        instances: container.decode([String: String].self, forKey: .instances).reduce(into: [:]) { $0[try NodeName($1.key)] = $1.value },
        volume: container.decode(String.self, forKey: .volume), role: container.decodeIfPresent(String.self, forKey: .role),
        vpc: container.decodeIfPresent(String.self, forKey: .vpc), subnet: container.decodeIfPresent(String.self, forKey: .subnet),
        securityGroup: container.decodeIfPresent(String.self, forKey: .securityGroup),
        key: container.decodeIfPresent(String.self, forKey: .key),
        fenceAction: container.decodeIfPresent(FenceAction.self, forKey: .fenceAction) ?? .reboot)
    } catch let error as InvalidEC2 {
      let path = error.key.split(separator: "/").map { Key(stringValue: String($0)) }
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath + path, debugDescription: error.description))
    }
  }
}
