import Core

/// PMM Server and how it is run: the spec's `pmm`.
package struct PMMSpec: Sendable, Equatable {
  /// The image without its tag, fully named (which registry a short name means is each node's own setting):
  /// `docker.io/percona/pmm-server`, or with a digest at its end, which then decides which image it is.
  package let image: String
  /// `3.9.1`. Another one here is an update. Beside a digest it only says which version that is, and may be nil.
  package let tag: String?
  /// The node's port on which PMM's HTTPS is published.
  package let port: Int
  /// Decides the container's port and the readiness URL.
  package let major: Major
  /// A docker or OCI archive on the nodes to load the image from, in place of a registry; `{tag}` stands for the tag.
  package let archive: String?
  /// Passed to the container. The secret ones by where they come from.
  package let environment: [String: EnvironmentValue]
  /// How Pacemaker drives the unit.
  package let resource: ResourceClass
  /// Seconds that PMM has to end in order before it is killed: supervisord gives PostgreSQL, ClickHouse and VictoriaMetrics
  /// up to 300 s each (percona/pmm).
  package let stopGrace: Int
  /// Seconds after which a start of PMM that runs and is not ready counts as failed; a migration of its data that shows is
  /// waited for longer.
  package let startLimit: Int
  /// Where the password of PMM's user admin comes from; nil leaves it to PMM.
  package let adminPassword: SecretSource?
  /// The certificate that clients see; nil leaves it to PMM, which makes one that nobody has signed.
  package let tls: PMMTLS?

  /// A major version of PMM Server.
  package enum Major: Int, Sendable, Codable, CaseIterable {
    /// End of life since 2025-07-31.
    case two = 2
    case three = 3

    /// Where the container serves HTTPS.
    package var containerPort: Int { self == .two ? 443 : 8443 }
    /// Answers 200 when PMM can work; needs no login.
    package var readinessPath: String { self == .two ? "/v1/readyz" : "/v1/server/readyz" }
  }

  /// The class of the Pacemaker resource.
  package enum ResourceClass: String, Sendable, Codable, CaseIterable {
    /// `ocf:pmm-ha:pmm-server`: waits for readiness, sees a PMM that does not answer.
    case ocf
    /// `systemd:pmm-server`: sees the unit only, and takes 2 s longer for a start and a stop.
    case systemd
  }

  /// A value of `environment`.
  package enum EnvironmentValue: Sendable, Equatable {
    case plain(String)
    case secret(SecretSource)
  }

  /// `image` may end in `@sha256:…`, and then needs no tag. `major` nil takes it from the tag. Throws what is wrong.
  package init(
    image: String = "docker.io/percona/pmm-server", tag: String?, port: Int = 443, major: Major? = nil, archive: String? = nil,
    environment: [String: EnvironmentValue] = [:], resource: ResourceClass = .ocf, stopGrace: Int = 300, startLimit: Int = 1800,
    adminPassword: SecretSource? = nil, tls: PMMTLS? = nil
  ) throws(InvalidPMM) {
    guard let reference = ImageReference(image), reference.registry != nil, reference.tag == nil else {
      throw InvalidPMM(
        key: "image",
        description: "'\(image)' is not an image: write REGISTRY/PATH without a tag, such as docker.io/percona/pmm-server, or with a digest"
      )
    }
    guard tag != nil || reference.digest != nil else {
      throw InvalidPMM(key: "tag", description: "is missing: write one such as 3.9.1, or an image with its digest")
    }
    if let tag, !ImageReference.isTag(tag) {
      throw InvalidPMM(key: "tag", description: "'\(tag)' is not an image tag: write one such as 3.9.1")
    }
    guard (1...65535).contains(port) else {
      throw InvalidPMM(key: "port", description: "\(port) is not a port: write 1 to 65535, such as 443")
    }
    guard let version = major ?? tag.flatMap(Version.init).flatMap({ Major(rawValue: $0.parts[0]) }) else {
      let what = tag.map { "the tag '\($0)' does" } ?? "a digest does"
      throw InvalidPMM(
        key: tag == nil ? "image" : "tag", description: "\(what) not tell PMM's major version: write major: 3 (or 2) beside it")
    }
    if let archive {
      guard archive.hasPrefix("/"), !archive.contains(where: \.isNewline) else {
        throw InvalidPMM(
          key: "archive", description: "'\(archive)' is not a path on the nodes: write an absolute one, such as /mnt/share/pmm-{tag}.tar")
      }
      guard reference.digest == nil else {
        throw InvalidPMM(
          key: "archive",
          description: "an archive's image gets a digest of its own when it is loaded: name the image by its tag, or leave archive out")
      }
    }
    for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
      guard Self.isVariable(name) else {
        throw InvalidPMM(key: "environment", description: "'\(name)' is not an environment variable's name")
      }
      if case .plain(let text) = value, text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
        throw InvalidPMM(
          key: "environment",
          description:
            "the value of \(name) has several lines or a control character, which podman's --env-file cannot hold: write one line")
      }
    }
    guard (10...3600).contains(stopGrace) else {
      throw InvalidPMM(key: "stop_grace", description: "\(stopGrace) is not a time to stop in: write 10 to 3600 seconds, such as 300")
    }
    guard (60...86400).contains(startLimit) else {
      throw InvalidPMM(key: "start_limit", description: "\(startLimit) is not a time to start in: write 60 to 86400 seconds, such as 1800")
    }
    if let key = tls?.wrong {
      throw InvalidPMM(key: "tls", description: "\(key) is not a path on the nodes: write an absolute one, such as /etc/pki/pmm/\(key).pem")
    }
    self.image = image
    self.tag = tag
    self.port = port
    self.major = version
    self.archive = archive
    self.environment = environment
    self.resource = resource
    self.stopGrace = stopGrace
    self.startLimit = startLimit
    self.adminPassword = adminPassword
    self.tls = tls
  }

  /// `IMAGE:TAG` or `IMAGE@DIGEST`, as podman is asked for it and names it afterwards.
  package var reference: String { isByDigest ? image : "\(image):\(tag ?? "")" }

  /// A digest, and not the tag, says which image it is.
  package var isByDigest: Bool { ImageReference(image)?.digest != nil }

  /// Where the operator's machine gets each secret value from.
  package var secrets: [SecretName: SecretSource] {
    let own: [SecretName: SecretSource] = adminPassword.map { [Self.adminPasswordName: $0] } ?? [:]
    return environment.reduce(into: own) { result, entry in
      if case .secret(let source) = entry.value { result[Self.secret(entry.key)] = source }
    }
  }

  /// The name of a variable's secret value.
  static func secret(_ variable: String) -> SecretName { SecretName("pmm-environment-\(variable)") }

  private static func isVariable(_ name: String) -> Bool {
    guard let first = name.utf8.first, !(48...57).contains(first) else { return false }
    return name.utf8.allSatisfy(isWord)
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte) || byte == 95
  }
}

/// A `pmm` section that cannot be.
package struct InvalidPMM: Error, Equatable, CustomStringConvertible {
  /// The key of the spec.
  package let key: String
  package let description: String
}

extension PMMSpec: Codable {
  private enum CodingKeys: String, CodingKey {
    case image, tag, port, major, archive, environment, resource
    case stopGrace = "stop_grace"
    case startLimit = "start_limit"
    case adminPassword = "admin_password"
    case tls
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    do {
      try self.init(
        image: container.decode(String.self, forKey: .image), tag: container.decodeIfPresent(Scalar.self, forKey: .tag)?.text,
        port: container.decode(Int.self, forKey: .port), major: container.decodeIfPresent(Major.self, forKey: .major),
        archive: container.decodeIfPresent(String.self, forKey: .archive),
        environment: container.decodeIfPresent([String: EnvironmentValue].self, forKey: .environment) ?? [:],
        resource: container.decode(ResourceClass.self, forKey: .resource),
        stopGrace: container.decodeIfPresent(Int.self, forKey: .stopGrace) ?? 300,
        startLimit: container.decodeIfPresent(Int.self, forKey: .startLimit) ?? 1800,
        adminPassword: container.decodeIfPresent(SecretSource.self, forKey: .adminPassword),
        tls: container.decodeIfPresent(PMMTLS.self, forKey: .tls))
    } catch let error as InvalidPMM {
      let key = CodingKeys(stringValue: error.key)
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath + (key.map { [$0] } ?? []), debugDescription: error.description))
    }
  }
}

extension PMMSpec.EnvironmentValue: Codable {
  package init(from decoder: any Decoder) throws {
    if let scalar = try? Scalar(from: decoder) {
      self = .plain(scalar.text)
    } else {
      self = .secret(try SecretSource(from: decoder))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    switch self {
    case .plain(let text):
      var container = encoder.singleValueContainer()
      try container.encode(text)
    case .secret(let source): try source.encode(to: encoder)
    }
  }
}
