import Core
import FoundationEssentials

/// What the EC2 API and the metadata service told one node.
package struct EC2Account: Sendable, Equatable, Codable {
  package var metadata: Metadata?
  /// The metadata service answers without a token.
  package var metadataWithoutToken: Bool?
  package var instances: Instances?
  package var volume: Volume?
  /// Of the other node.
  package var stopProtection: Bool?
  package var rules: [Rule]?
  /// Whether each route table has a route to the virtual address.
  package var routes: [String: Bool]?
  /// Dry runs that were allowed: `stop`, `start`, `replace_route`.
  package var stop: String?
  package var start: String?
  package var replaceRoute: String?
  /// The zone of the record, and what it has under the record's name.
  package var zone: Zone?
  package var records: [Record]?
  /// Of KMS, that encrypts the volume.
  package var key: Key?
  /// Questions without an answer, by the names of the keys above.
  package var errors: [String: Failure]
  package var seconds: Double

  package struct Metadata: Sendable, Equatable, Codable {
    package var instance: String
    package var zone: String
    /// Empty where the instance has none.
    package var role: String
  }

  package struct Instances: Sendable, Equatable, Codable {
    package var list: [Instance]
    package var seconds: Double
    /// Seconds by which the node is ahead of the API.
    package var clock: Double?
  }

  package struct Instance: Sendable, Equatable, Codable {
    package var id: String
    package var state: String
    package var type: String
    package var zone: String
    package var subnet: String
    package var rootVolume: String
    package var sourceDestCheck: Bool
    package var hopLimit: Int?
    package var endpoint: String?
    package var recovery: String?
    package var groups: [String]
    package var addresses: [String]
    package var interface: String
    package var vpc: String?
  }

  package struct Volume: Sendable, Equatable, Codable {
    package var type: String
    package var multiAttach: Bool
    package var zone: String
    package var encrypted: Bool
    package var key: String
    package var instances: [String]
  }

  package struct Rule: Sendable, Equatable, Codable {
    package var group: String
    /// `tcp`, `udp`, or `-1` for everything.
    package var transport: String
    package var from: Int
    package var to: Int
    /// A network, a prefix list or a security group.
    package var source: String
  }

  package struct Zone: Sendable, Equatable, Codable {
    /// With a dot at its end.
    package var name: String
    package var isPrivate: Bool
    /// Of a private one: where it is known.
    package var vpcs: [String]
  }

  package struct Record: Sendable, Equatable, Codable {
    /// `A`, `CNAME`, ...
    package var type: String
    package var ttl: Int?
    package var values: [String]
    /// It leads to another AWS resource.
    package var alias: Bool
    /// One of several under this name, by weight, region or health.
    package var set: String?
  }

  package struct Key: Sendable, Equatable, Codable {
    /// Its ARN.
    package var arn: String
    /// `Enabled`, `Disabled`, `PendingDeletion`, `PendingImport`, `Unavailable`.
    package var state: String
    /// `AWS` for Amazon's own, else `CUSTOMER`.
    package var manager: String
  }

  package struct Failure: Sendable, Equatable, Codable {
    /// The API's code or Python's: `UnauthorizedOperation`, `ConnectTimeoutError`.
    package var code: String
    package var message: String

    /// EC2's own code for what the role may not do; other services and moto say AccessDenied.
    var isDenial: Bool { ["UnauthorizedOperation", "AccessDenied", "AccessDeniedException"].contains(code) }
  }

  private enum CodingKeys: String, CodingKey {
    case metadata, instances, volume, rules, routes, stop, start, zone, records, key, errors, seconds
    case metadataWithoutToken = "metadata_v1"
    case stopProtection = "stop_protection"
    case replaceRoute = "replace_route"
  }

  /// Reads what ec2-survey.sh printed; nil where the node has no boto3 yet.
  package static func parsed(_ answer: Answer) throws -> EC2Account? {
    let sections = answer.sections
    if sections["missing boto3"] != nil { return nil }
    guard let json = sections["account"]?.split(separator: "\n").last(where: { $0.hasPrefix("{") }), sections["end"] != nil else {
      throw UnreadableAnswer("ec2-survey", "it ended early (exit status \(answer.status)): \(answer.said)")
    }
    do {
      return try JSONDecoder().decode(EC2Account.self, from: Data(json.utf8))
    } catch {
      throw UnreadableAnswer("ec2-survey", "\(error)")
    }
  }
}
