import Core

/// A resource of the CIB as this tool makes them.
package struct Primitive: Sendable, Equatable {
  package let id: String
  /// `ocf:heartbeat:Filesystem`, `systemd:pmm-server`, `stonith:fence_ipmilan`.
  package let agent: Agent
  /// Instance attributes, in the order in which they shall stand.
  package var parameters: [Pair]
  /// Meta attributes: `priority`, `target-role`, ...
  package var meta: [Pair]
  package var operations: [Operation]
  /// What it manages; nil where nothing of somebody else's can be in its way.
  package var job: Job?

  /// A thing that only one resource may manage. Another's that does the same, under another id, cannot stay beside it.
  package struct Job: Sendable, Equatable {
    /// The agents that can do it.
    package let agents: [Agent]
    /// Parameters that tell which thing it is: one that is equal is enough; none: the agent tells.
    package let parameters: [Pair]

    package init(_ agents: [Agent], _ parameters: [Pair] = []) {
      self.agents = agents
      self.parameters = parameters
    }
  }

  package struct Agent: Sendable, Equatable, CustomStringConvertible {
    package let standard: String
    package let provider: String?
    package let type: String

    package static func ocf(_ provider: String, _ type: String) -> Agent { Agent(standard: "ocf", provider: provider, type: type) }
    package static func systemd(_ unit: String) -> Agent { Agent(standard: "systemd", provider: nil, type: unit) }
    package static func stonith(_ agent: String) -> Agent { Agent(standard: "stonith", provider: nil, type: agent) }

    package var description: String { [standard, provider, type].compactMap { $0 }.joined(separator: ":") }
  }

  package init(
    _ id: String, _ agent: Agent, parameters: [Pair] = [], meta: [Pair] = [], operations: [Operation] = [], job: Job? = nil
  ) {
    self.id = id
    self.agent = agent
    self.parameters = parameters
    self.meta = meta
    self.operations = operations
    self.job = job
  }
}

/// A name and a value: one nvpair of the CIB.
package struct Pair: Sendable, Equatable {
  package let name: String
  package let value: String
  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// An `op` of a resource.
package struct Operation: Sendable, Equatable {
  /// `start`, `stop`, `monitor`.
  package let name: String
  /// Seconds between two runs; 0 for start and stop.
  package let interval: Int
  /// Seconds after which it has failed.
  package let timeout: Int
  /// Further attributes of the `op` element: `on-fail`, `start-delay`.
  package let options: [Pair]

  package init(_ name: String, interval: Int = 0, timeout: Int, options: [Pair] = []) {
    self.name = name
    self.interval = interval
    self.timeout = timeout
    self.options = options
  }
}

/// What a component adds to the CIB; Cluster merges all of them into the desired configuration.
package struct CIBFragment: Sendable, Equatable {
  /// Members of the service's group, in the order of their start.
  package var group: [Primitive] = []
  /// Resources outside the group: fencing devices, and what runs where the group runs.
  package var resources: [Primitive] = []
  /// `rsc_location`s.
  package var locations: [Location] = []
  /// Resources outside the group that run where it runs.
  package var colocations: [Colocation] = []
  /// Cluster properties: `stonith-enabled`, `priority-fencing-delay`, ...
  package var properties: [Pair] = []
  /// The levels that were given to fencing devices, by their ids: 1 is tried first.
  package var fencingLevels: [String: Int] = [:]

  /// Where both have to start, `resource` is the second; otherwise neither waits.
  package struct Order: Sendable, Equatable {
    package let resource: String
    package let first: String
    var id: String { "order-\(first)-\(resource)-Optional" }
    package init(_ resource: String, after first: String) {
      self.resource = resource
      self.first = first
    }
  }

  /// `resource` runs where `with` runs, and where both have to start it is the second. Otherwise neither waits.
  package struct Colocation: Sendable, Equatable {
    package let resource: String
    package let with: String
    var id: String { "colocation-\(resource)-\(with)-INFINITY" }
    var order: Order { Order(resource, after: with) }
    package init(_ resource: String, with: String) {
      self.resource = resource
      self.with = with
    }
  }

  package struct Location: Sendable, Equatable {
    package let id: String
    package let resource: String
    package let node: NodeName
    /// `INFINITY`, `-INFINITY` or a number.
    package let score: String
    /// Whether Pacemaker asks there if the resource runs, before it was ever started there (`resource-discovery`).
    package let isProbed: Bool
    package init(_ id: String, resource: String, node: NodeName, score: String, isProbed: Bool = true) {
      self.isProbed = isProbed
      self.id = id
      self.resource = resource
      self.node = node
      self.score = score
    }
  }

  package init() {}
}
