/// What the cluster does, as `crm_mon --output-as=xml` says it (schema /usr/share/pacemaker/api/crm_mon.rng).
///
/// Times are Pacemaker's own words, of the zone of the node that was asked.
package struct ClusterState: Sendable, Equatable, Codable {
  /// The designated controller, nil while there is none.
  package var dc: String?
  /// Version of the DC's Pacemaker.
  package var dcVersion: String?
  /// This node's partition may act.
  package var quorum: Bool
  /// Nodes run different versions of Pacemaker.
  package var mixedVersion: Bool
  package var fencingEnabled: Bool
  package var maintenanceMode: Bool
  /// What a partition without quorum does: `stop`, `freeze`, `ignore`, ...; nil where that is not said.
  package var noQuorumPolicy: String?
  package var nodes: [Node]
  /// All resources, those of groups and fencing devices too.
  package var resources: [Resource]
  package var failures: [Failure]
  /// Newest first.
  package var fencing: [FenceEvent]

  package struct Node: Sendable, Equatable, Codable {
    package var name: String
    package var online: Bool
    package var standby: Bool
    package var maintenance: Bool
    /// Joining: its Corosync is there, its Pacemaker not yet.
    package var pending: Bool
    /// Lost, and not yet fenced.
    package var unclean: Bool
    package var isDC: Bool
    package var resourcesRunning: Int
    /// It runs Pacemaker Remote and is no member of Corosync.
    package var isRemote = false
  }

  package struct Resource: Sendable, Equatable, Codable {
    package var id: String
    /// `ocf:heartbeat:IPaddr2`
    package var agent: String
    /// The group that it is a member of.
    package var group: String?
    /// `Started`, `Stopped`, `Starting`, `Stopping`, ...
    package var role: String
    /// Where it is active: more than one node is an error of the cluster's.
    package var nodes: [String]
    package var failed: Bool
    /// Failed in a way that only an administrator ends.
    package var blocked: Bool
    package var managed: Bool
    /// Still known to the cluster, no longer in its configuration.
    package var orphaned: Bool
    /// The operation under way, `Starting`.
    package var pending: String?
    /// When its last start on its node ended; nil where that is not in the history.
    package var since: String?

    /// Runs on exactly one node and has not failed.
    package var isUp: Bool { role == "Started" && nodes.count == 1 && !failed }
    package var isFencingDevice: Bool { agent.hasPrefix("stonith:") }
  }

  package struct Failure: Sendable, Equatable, Codable {
    package var resource: String
    /// `start`, `monitor`, `stop`.
    package var task: String
    package var node: String
    /// `not running`, `error`, ...
    package var status: String
    /// What the agent said.
    package var reason: String
    package var when: String?
  }

  package struct FenceEvent: Sendable, Equatable, Codable {
    package var target: String
    /// `reboot`, `off`, `on`.
    package var action: String
    /// The node whose device did it; nil while pending.
    package var delegate: String?
    /// Who asked: `pacemaker-controld.1234`, `stonith_admin.77`.
    package var client: String
    /// `success`, `failed`, `pending`.
    package var status: String
    package var reason: String
    package var when: String?
  }

  /// The resource of this id.
  package func resource(_ id: String) -> Resource? { resources.first { $0.id == id } }

  /// The members of a group in the order of their start.
  package func members(of group: String) -> [Resource] { resources.filter { $0.group == group } }

  /// What of ours runs beside the group: the address, on EC2 its part that the API knows.
  package var beside: [Resource] { resources.filter { $0.group == nil && !$0.isFencingDevice && $0.id.hasPrefix(ResourceID.prefix) } }

  /// The node where every member of the group is up; nil while it is not so.
  package func home(of group: String) -> String? {
    let members = members(of: group)
    guard let node = members.first?.nodes.first, members.allSatisfy({ $0.isUp && $0.nodes == [node] }) else { return nil }
    return node
  }
}

/// crm_mon could not answer.
package struct NoClusterState: Error, Equatable, CustomStringConvertible {
  /// In crm_mon's own words.
  package let description: String

  package init(description: String) { self.description = description }
}
