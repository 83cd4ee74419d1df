import Core

/// That `pcs` works on every node for the whole cluster, though it did not make it: hacluster's password, pcsd, and
/// each node's pcsd known to the others.
///
/// Not a section of the user's spec: Cluster derives it from the nodes.
package struct PCSSpec: Sendable, Equatable {
  package let nodes: [NodeSpec]

  package init(nodes: [NodeSpec]) { self.nodes = nodes }

  /// The password of hacluster, the same on all nodes.
  package static let secret = SecretName("hacluster")
  /// Where a node keeps it for root.
  static let passwordPath = "/etc/pmm-ha/hacluster.password"

  /// Asked of every node, the same everywhere.
  package func question() -> Question<PCSFacts> {
    Question("pcs-probe", PackageResources.pcs_probe_sh, ["PASSWORD": Text(secret: Self.secret)]) { try PCSFacts($0) }
  }
}
