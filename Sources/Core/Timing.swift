/// How fast the cluster notices and how long it lets things take: the spec's `timing`.
package enum Timing: String, Sendable, Codable, CaseIterable {
  /// Dedicated, quiet links; a pause of half a second is a dead node.
  case fast
  /// Corosync's own defaults, for ordinary networks.
  case standard
  /// Virtual machines in a cloud, which pause for seconds (Red Hat's values for AWS).
  case cloud

  /// corosync.conf(5) totem.token, milliseconds: silence after which a node counts as lost. Corosync runs with real-time
  /// priority, so that a busy machine does not make it silent: none was lost with 500 on two processors under a load of 8.
  package var token: Int {
    switch self {
    case .fast: 500
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

  /// Pacemaker's dc-deadtime, milliseconds: how long a node that starts waits for a coordinator's answer before it calls
  /// for an election (default 20000). It counts only after the second that pacemaker-controld sleeps to let the others in
  /// (do_cl_join_query), and two_node's wait_for_all lets nobody decide alone. 0 means for ever.
  package var electionWait: Int {
    switch self {
    case .fast: 100
    case .standard: 1000
    case .cloud: 5000
    }
  }
}
