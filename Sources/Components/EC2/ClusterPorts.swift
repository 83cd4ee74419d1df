/// The ports that security groups must let through: the template opens them, the preflight looks for them.
package struct ClusterPorts: Sendable, Equatable {
  package struct Rule: Sendable, Equatable {
    /// `tcp` or `udp`.
    package let transport: String
    package let ports: ClosedRange<Int>
    package let purpose: String
  }

  /// From each node to the other.
  package let betweenNodes: [Rule]
  /// From wherever PMM is used.
  package let clients: Rule
  /// From the operator's machine.
  package let login = Rule(transport: "tcp", ports: 22...22, purpose: "ssh")

  package static let share = Rule(transport: "tcp", ports: 2049...2049, purpose: "NFS of the config share")
  package static let thirdVote = Rule(transport: "tcp", ports: 5403...5403, purpose: "corosync-qnetd")

  package init(pmm: Int) {
    clients = Rule(transport: "tcp", ports: pmm...pmm, purpose: "PMM's HTTPS")
    betweenNodes = [
      // Corosync's link n uses port 5405 + n; there are eight.
      Rule(transport: "udp", ports: 5405...5412, purpose: "Corosync"), Rule(transport: "tcp", ports: 2224...2224, purpose: "pcsd"), clients,
    ]
  }
}
