import Core

/// Whose instances a lab's nodes are.
package enum CloudKind: String, Codable, Sendable, CaseIterable { case ec2 }

/// The account that a lab's nodes are instances in: ids that stay the same for as long as the lab lives.
struct LabCloud: Codable, Equatable {
  let kind: CloudKind
  let region: String
  let zone: String
  /// Each node's instance.
  let instances: [String: String]
  /// The shared disk.
  let volume: String
  /// What the instances may act as.
  let role: String
  /// Where in the lab's network the API is: a documentation address (RFC 5737).
  let address: String

  /// An account of two instances.
  init(_ nodes: [LabNode], kind: CloudKind = .ec2) {
    self.kind = kind
    region = "eu-central-1"
    zone = "eu-central-1a"
    instances = nodes.reduce(into: [:]) { $0[$1.name.description] = "i-\(Self.randomID())" }
    volume = "vol-\(Self.randomID())"
    role = "pmm-ha"
    address = "203.0.113.10"
  }

  /// The name by which udev shows an EBS volume.
  var device: String { "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_\(serial)" }
  private var serial: String { volume.filter { $0 != "-" } }

  /// The spec's section.
  func section(_ nodes: [LabNode]) -> String {
    let list = nodes.compactMap { node in instances[node.name.description].map { "\(node.name): \($0)" } }
    return """
      ec2:
        region: \(region)
        instances: {\(list.joined(separator: ", "))}
        volume: \(volume)
        role: \(role)
      """
  }

  var environment: String {
    """
    cloud=\(kind.rawValue)
    region=\(region)
    api_address=\(address)
    volume_serial=\(serial)

    """
  }

  /// 17 hexadecimal digits.
  private static func randomID() -> String {
    String((0..<17).map { _ in "0123456789abcdef".randomElement() ?? "0" })
  }
}

extension Lab {
  /// What the instances' role may do from now on: a policy document, as IAM takes it.
  package func setPolicy(_ document: String) throws {
    _ = try requireCloud()
    try place.put(document, place.policy)
  }

  /// How long a stop and a start of an instance take from now on.
  package func setCloudTimes(stop: Int?, start: Int?) throws {
    _ = try requireCloud()
    for (name, seconds) in [("stop", stop), ("start", start)] {
      if let seconds { try place.put("\(seconds)\n", "\(place.path)/cloud/\(name)-seconds") }
    }
  }

  /// Nobody hears the API any more, or everybody again.
  package func setCloudSilent(_ silent: Bool) async throws {
    _ = try requireCloud()
    try place.writeScripts()
    try await HostShell(directory: place).run("cloud-silence.sh", place.path, silent ? "silent" : "heard")
  }

  /// Its nodes are instances.
  package var isCloud: Bool { get throws { try record().cloud != nil } }

  private func requireCloud() throws -> LabCloud {
    guard let cloud = try record().cloud else {
      throw LabFailure("the nodes of lab '\(name)' are no instances", hint: "pmm-ha lab up --cloud ec2")
    }
    return cloud
  }
}
