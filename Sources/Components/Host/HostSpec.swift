import Core

/// What both nodes must be before there can be a cluster on them: software, names, time, directories.
///
/// Not a section of the user's spec: Cluster derives it from the nodes and from what the other components need.
package struct HostSpec: Sendable, Equatable {
  /// All nodes of the cluster.
  package let nodes: [NodeSpec]
  /// What must be installed on each.
  package let packages: Packages
  /// What a firewall must let in on each ring, in the rings' order.
  package let firewall: [[FirewallRule]]
  /// Whom these machines are reached by; nil: the nodes by one another.
  package let peers: [NodeSpec]?
  /// Names or addresses of the time servers to ask; empty leaves that to each node.
  package let timeServers: [String]
  /// SBD fences: its service stays enabled.
  package let usesSBD: Bool
  /// What the machines must have; nil where nothing is known of what runs there.
  package let needs: MachineNeeds?

  package init(
    nodes: [NodeSpec], packages: Packages, firewall: [[FirewallRule]] = [], peers: [NodeSpec]? = nil, timeServers: [String] = [],
    usesSBD: Bool = false, needs: MachineNeeds? = nil
  ) {
    self.nodes = nodes
    self.packages = packages
    self.firewall = firewall
    self.peers = peers
    self.timeServers = timeServers
    self.usesSBD = usesSBD
    self.needs = needs
  }

  func peers(of node: NodeName) -> [NodeSpec] { (peers ?? nodes).filter { $0.name != node } }

  /// Where the tool keeps its own on a node, and who may look in.
  static let directories: [(path: String, mode: UInt16)] = [
    ("/etc/pmm-ha", 0o700), ("/usr/lib/pmm-ha", 0o755), ("/var/lib/pmm-ha", 0o700),
  ]

  /// Asked of every node.
  package func question(_ node: NodeName) -> Question<HostFacts> {
    let packages = packages + .chrony
    return Question(
      "host-probe", PackageResources.host_probe_sh,
      [
        "DEB_PACKAGES": Text(packages.debian.joined(separator: " ")),
        "RPM_PACKAGES": Text(packages.enterprise.joined(separator: " ")),
        "PEERS": Text(peers(of: node).first?.addresses.joined(separator: " ") ?? ""),
        "TIME_FILES": Text(Self.timeFiles.joined(separator: " ")),
        "DIRECTORIES": Text(Self.directories.map(\.path).joined(separator: " ")),
      ]
    ) { try HostFacts($0) }
  }
}
