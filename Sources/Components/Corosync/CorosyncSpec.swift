import Core

/// What the whole spec says about Corosync; Cluster fills it.
package struct CorosyncSpec: Codable, Sendable, Equatable {
  package let clusterName: String
  /// Exactly two; their ids are 1 and 2 in this order.
  package let nodes: [Node]
  package let timing: Timing
  /// Who votes beside the nodes; nil: nobody.
  package let device: Device?

  /// The third vote, by corosync-qdevice(8).
  package struct Device: Codable, Sendable, Equatable {
    /// The machine where corosync-qnetd runs.
    package let host: String
    /// What succeeds on the node with the service, and fails on the other: in a split of two equal halves the vote goes there.
    package let activeTest: String

    package init(host: String, activeTest: String) {
      self.host = host
      self.activeTest = activeTest
    }
  }

  package struct Node: Codable, Sendable, Equatable {
    package let name: NodeName
    /// Corosync's nodeid, which is also Pacemaker's; never changes in the life of a cluster.
    package let id: Int
    /// One address a link: one or two, as many on each node.
    package let addresses: [String]

    package init(name: NodeName, id: Int, addresses: [String]) {
      self.name = name
      self.id = id
      self.addresses = addresses
    }
  }

  package init(clusterName: String, nodes: [Node], timing: Timing, device: Device? = nil) {
    self.clusterName = clusterName
    self.nodes = nodes
    self.timing = timing
    self.device = device
  }

  /// Ids by position.
  package init(clusterName: String, nodes: [NodeSpec], timing: Timing, device: Device? = nil) {
    let nodes = nodes.enumerated().map { Node(name: $0.element.name, id: $0.offset + 1, addresses: $0.element.addresses) }
    self.init(clusterName: clusterName, nodes: nodes, timing: timing, device: device)
  }

  /// What is wrong with a cluster's name, nil if nothing: it must be one word for corosync.conf, Pacemaker and pcs.
  package static func problem(clusterName name: String) -> String? {
    let word = name.utf8.allSatisfy {
      (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 95 || $0 == 46
    }
    if name.isEmpty || name.utf8.count > 64 { return "a cluster's name has 1 to 64 characters" }
    if !word { return "a cluster's name has letters, digits, '-', '_' and '.' only" }
    if name == "debian" { return "'debian' is what the package calls its example; a cluster needs a name of its own" }
    return nil
  }
}
