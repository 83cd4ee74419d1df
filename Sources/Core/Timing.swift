/// How fast the cluster notices and how long it lets things take: the spec's `timing`.
package enum Timing: String, Sendable, Codable, CaseIterable {
  /// Dedicated, quiet links; a pause of a second is a dead node.
  case fast
  /// Corosync's own defaults, for ordinary networks.
  case standard
  /// Virtual machines in a cloud, which pause for seconds (Red Hat's values for AWS).
  case cloud

  /// corosync.conf(5) totem.token, milliseconds: silence after which a node counts as lost.
  package var token: Int {
    switch self {
    case .fast: 1000
    case .standard: 3000
    case .cloud: 30000
    }
  }

  /// corosync.conf(5) totem.consensus, milliseconds; at least 1.2 x token.
  package var consensus: Int { token * 12 / 10 }

  /// Seconds between two checks of the PMM service.
  package var serviceMonitor: Int {
    switch self {
    case .fast: 5
    case .standard: 10
    case .cloud: 20
    }
  }

  /// Seconds between two checks of an address or a mount.
  package var resourceMonitor: Int {
    switch self {
    case .fast: 10
    case .standard: 20
    case .cloud: 30
    }
  }

  /// Pacemaker's dc-deadtime, seconds: how long the first election waits for the other node's daemons (default 20).
  /// Measured with Pacemaker 2.1.5: the timer runs a second longer than it says, and with 0 nobody is ever elected.
  package var electionWait: Int {
    switch self {
    case .fast: 1
    case .standard: 2
    case .cloud: 5
    }
  }
}
