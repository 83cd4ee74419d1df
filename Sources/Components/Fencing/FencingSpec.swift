import Core

/// What makes sure that a lost node is really off before its work is taken over: the spec's `fencing`.
package enum FencingSpec: Sendable, Equatable {
  case devices([FenceDevice])
  /// `none-i-accept-data-loss`: two nodes may write to one disk at once. Every status shows it in red.
  case noneIAcceptDataLoss

  /// The spec's word for no fencing.
  package static let none = "none-i-accept-data-loss"

  package var devices: [FenceDevice] {
    switch self {
    case .devices(let devices): devices
    case .noneIAcceptDataLoss: []
    }
  }

  /// The devices with their CIB ids: `fence_NODE` for a node's first, `fence_NODE_2` for its next.
  package var named: [(id: String, device: FenceDevice)] {
    var counts: [NodeName: Int] = [:]
    return devices.map { device in
      let count = counts[device.node, default: 0] + 1
      counts[device.node] = count
      return (count == 1 ? "fence_\(device.node)" : "fence_\(device.node)_\(count)", device)
    }
  }

  /// Where the operator's machine gets each device's password from.
  package var secrets: [SecretName: SecretSource] {
    named.reduce(into: [:]) { $0[Self.secret($1.id)] = $1.device.password }
  }

  /// The name of a device's password.
  static func secret(_ id: String) -> SecretName { SecretName("fencing-\(id)") }
}

/// One way to power a node off: the BMC of `node`, a PDU's outlet, a hypervisor.
package struct FenceDevice: Sendable, Equatable {
  /// The node that it powers off; the other one uses it.
  package let node: NodeName
  /// A fence agent's name: `fence_ipmilan`.
  package let agent: String
  /// The device's host name or address; agents call it `ip`.
  package let address: String?
  /// The agent's `ipport`: 623 for IPMI.
  package let port: Int?
  /// The agent's `username`.
  package let user: String?
  package let password: SecretSource?
  /// Seconds to wait before fencing `node`, so that it wins when both nodes fence each other (`pcmk_delay_base`).
  /// On one node's devices only; without any, the node that runs PMM wins (`priority-fencing-delay`).
  package let delay: Int?
  /// When it is tried: Pacemaker's fencing level, 1 first. Devices of one level are used together: a node with two power
  /// supplies is off when both outlets are.
  package let level: Int?
  /// The shared disk by which it fences: fence_sbd's own, or the data's for fence_scsi and fence_mpath.
  package let disk: String?
  /// The node's watchdog, which resets it when it must stop and cannot: for SBD.
  package let watchdog: String?
  /// Seconds after which the watchdog resets a node (SBD's); nil: by the spec's timing.
  package let watchdogTimeout: Int?
  /// The agent's own parameters by the names of its meta-data.
  package internal(set) var parameters: [String: String]

  /// Throws what is wrong with it.
  package init(
    node: NodeName, agent: String, address: String? = nil, port: Int? = nil, user: String? = nil, password: SecretSource? = nil,
    delay: Int? = nil, level: Int? = nil, disk: String? = nil, watchdog: String? = nil, watchdogTimeout: Int? = nil,
    parameters: [String: String] = [:]
  ) throws(InvalidFencing) {
    let word = { (name: String) in
      !name.isEmpty
        && name.utf8.allSatisfy { (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0) || $0 == 95 || $0 == 45 }
    }
    guard agent.hasPrefix("fence_"), word(agent) else {
      throw InvalidFencing(
        key: "agent", description: "'\(agent)' is not a fence agent: write the name of a program in /usr/sbin, such as fence_ipmilan")
    }
    for key in parameters.keys.sorted() {
      if Self.passwordKeys.contains(key) {
        throw InvalidFencing(
          key: "parameters", description: "'\(key)' must not stand in the spec: write password: {env: NAME}, {file: PATH} or {prompt: true}"
        )
      }
      if let own = Self.ownKeys[key] {
        throw InvalidFencing(key: "parameters", description: "'\(key)' has a place of its own: write \(own) beside 'agent'")
      }
      guard word(key) else { throw InvalidFencing(key: "parameters", description: "'\(key)' is not a parameter's name") }
    }
    if let value = [address, user].compactMap(\.self).first(where: { $0.isEmpty || $0.contains(where: \.isNewline) }) {
      throw InvalidFencing(key: value == address ? "address" : "user", description: "must be one line that is not empty")
    }
    if let port, !(1...65535).contains(port) {
      throw InvalidFencing(key: "port", description: "\(port) is not a port: write 1 to 65535, such as 623")
    }
    if let delay, !(0...300).contains(delay) {
      throw InvalidFencing(key: "delay", description: "\(delay) is not a delay: write 0 to 300 seconds, such as 5")
    }
    try Self.check(agent, level: level, disk: disk, watchdog: watchdog, timeout: watchdogTimeout, parameters)
    self.node = node
    self.agent = agent
    self.address = address
    self.port = port
    self.user = user
    self.password = password
    self.delay = delay
    self.level = level
    self.disk = disk
    self.watchdog = watchdog ?? (Self.watchdogAgents.contains(agent) ? "/dev/watchdog" : nil)
    self.watchdogTimeout = watchdogTimeout
    self.parameters = parameters
  }

  /// Agents that fence by a disk which both nodes see, and those behind which the node's own watchdog stands.
  static let diskAgents: Set = ["fence_sbd", "fence_scsi", "fence_mpath"]
  static let watchdogAgents: Set = ["fence_sbd", "fence_watchdog"]

  private static func check(
    _ agent: String, level: Int?, disk: String?, watchdog: String?, timeout: Int?, _ parameters: [String: String]
  ) throws(InvalidFencing) {
    func refuse(_ key: String, _ words: String) -> InvalidFencing { InvalidFencing(key: key, description: words) }
    if let level, !(1...9).contains(level) { throw refuse("level", "\(level) is not a level: write 1 to 9; 1 is tried first") }
    if let disk {
      guard diskAgents.contains(agent) else { throw refuse("device", "\(agent) needs no disk: leave 'device' out") }
      let plain = disk.hasPrefix("/dev/") && !disk.contains { $0.isWhitespace || "\"'\\$`,;".contains($0) } && !disk.contains("/..")
      guard plain, disk.utf8.count > 5 else {
        throw refuse("device", "'\(disk)' is not a disk: write its path, such as /dev/disk/by-id/...")
      }
    } else if diskAgents.contains(agent), parameters["devices"] == nil {
      throw refuse("device", "\(agent) has no disk: write device: /dev/disk/by-id/... beside 'agent'")
    }
    if diskAgents.contains(agent), parameters["devices"] != nil {
      throw refuse("parameters", "'devices' has a place of its own: write device beside 'agent'")
    }
    for (key, value) in [("watchdog", watchdog), ("watchdog_timeout", timeout.map(String.init))] where value != nil {
      guard watchdogAgents.contains(agent) else { throw refuse(key, "\(agent) has no watchdog: leave '\(key)' out, or use fence_sbd") }
    }
    if let watchdog, !watchdog.hasPrefix("/dev/watchdog") || watchdog.contains(where: \.isWhitespace) {
      throw refuse("watchdog", "'\(watchdog)' is not a watchdog: write its device, such as /dev/watchdog")
    }
    if let timeout, !(3...40).contains(timeout) {
      // Above it, msgwait, twice as long, would come near the 90 s that systemd lets sbd take to start.
      throw refuse("watchdog_timeout", "\(timeout) is not a time that fits: write 3 to 40 seconds, such as 10")
    }
  }

  /// Secrets would stand in the CIB, which every user of the group haclient may read.
  private static let passwordKeys: Set = ["password", "passwd"]
  private static let ownKeys = [
    "ip": "address", "ipaddr": "address", "ipport": "port", "username": "user", "login": "user", "pcmk_host_list": "node",
    "pcmk_delay_base": "delay", "password_script": "password", "passwd_script": "password",
  ]
}

extension FencingSpec {
  /// With parameters for every device of an agent where its own say nothing.
  package func defaulting(_ agent: String, _ defaults: (FenceDevice) -> [String: String]) -> FencingSpec {
    guard case .devices(let devices) = self else { return self }
    return .devices(
      devices.map { device in
        guard device.agent == agent else { return device }
        var device = device
        device.parameters.merge(defaults(device)) { own, _ in own }
        return device
      })
  }
}

/// A fencing device that cannot be.
package struct InvalidFencing: Error, Equatable, CustomStringConvertible {
  /// The key of the spec.
  package let key: String
  package let description: String
}

extension FencingSpec: Codable {
  package init(from decoder: any Decoder) throws {
    if let word = try? decoder.singleValueContainer().decode(String.self) {
      guard word == Self.none else {
        throw DecodingError.dataCorrupted(
          .init(
            codingPath: decoder.codingPath,
            debugDescription: "'\(word)' is not a list of devices: list one a node, or write \(Self.none) to go without"))
      }
      self = .noneIAcceptDataLoss
    } else {
      let devices = try decoder.singleValueContainer().decode([FenceDevice].self)
      guard !devices.isEmpty else {
        throw DecodingError.dataCorrupted(
          .init(
            codingPath: decoder.codingPath,
            debugDescription: "the list is empty: list one device a node, or write \(Self.none) to go without"))
      }
      self = .devices(devices)
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .devices(let devices): try container.encode(devices)
    case .noneIAcceptDataLoss: try container.encode(Self.none)
    }
  }
}

extension FenceDevice: Codable {
  private enum CodingKeys: String, CodingKey {
    case node, agent, address, port, user, password, delay, level, watchdog, parameters
    case disk = "device"
    case watchdogTimeout = "watchdog_timeout"
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    do {
      try self.init(
        node: container.decode(NodeName.self, forKey: .node), agent: container.decode(String.self, forKey: .agent),
        address: container.decodeIfPresent(String.self, forKey: .address), port: container.decodeIfPresent(Int.self, forKey: .port),
        user: container.decodeIfPresent(String.self, forKey: .user),
        password: container.decodeIfPresent(SecretSource.self, forKey: .password),
        delay: container.decodeIfPresent(Int.self, forKey: .delay), level: container.decodeIfPresent(Int.self, forKey: .level),
        disk: container.decodeIfPresent(String.self, forKey: .disk),
        watchdog: container.decodeIfPresent(String.self, forKey: .watchdog),
        watchdogTimeout: container.decodeIfPresent(Int.self, forKey: .watchdogTimeout),
        parameters: container.decodeIfPresent([String: Scalar].self, forKey: .parameters)?.mapValues(\.text) ?? [:])
    } catch let error as InvalidFencing {
      let key = CodingKeys(stringValue: error.key)
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath + (key.map { [$0] } ?? []), debugDescription: error.description))
    }
  }
}
