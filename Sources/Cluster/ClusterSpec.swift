import ConfigShare
import Core
import EC2
import Fencing
import PMMServer
import Quorum
import Secrets
import SharedStorage
import VirtualIP

/// All that the user wants of one cluster: the whole spec, checked.
package struct ClusterSpec: Sendable, Equatable {
  /// corosync.conf(5) cluster_name.
  package var name: String
  package var platform: Platform
  /// Where on EC2 it is, on that platform.
  package var ec2: EC2Spec?
  /// In the spec's order.
  package var nodes: [NodeSpec]
  package var virtualIP: VirtualIPSpec
  package var sharedStorage: SharedStorageSpec
  package var configShare: ConfigShareSpec
  package var fencing: FencingSpec
  /// Who votes beside the nodes; nil: nobody.
  package var quorum: QuorumSpec?
  package var timing: Timing
  package var pmm: PMMSpec
  package var constraints: ConstraintsSpec
  /// Whom the nodes ask for the time; empty leaves that to them.
  package var timeServers: [String]
  /// Where hacluster's password comes from; nil: generated.
  package var hacluster: SecretSource?

  /// Where the nodes run.
  package enum Platform: String, Sendable, Codable, CaseIterable {
    case datacenter
    case ec2
  }

  package init(
    name: String, platform: Platform = .datacenter, ec2: EC2Spec? = nil, nodes: [NodeSpec], virtualIP: VirtualIPSpec,
    sharedStorage: SharedStorageSpec,
    configShare: ConfigShareSpec, fencing: FencingSpec, quorum: QuorumSpec? = nil, timing: Timing = .standard, pmm: PMMSpec,
    constraints: ConstraintsSpec = ConstraintsSpec(), timeServers: [String] = [], hacluster: SecretSource? = nil
  ) {
    self.name = name
    self.platform = platform
    self.ec2 = ec2
    self.nodes = nodes
    self.virtualIP = virtualIP
    self.sharedStorage = sharedStorage
    self.configShare = configShare
    self.fencing = fencing
    self.quorum = quorum
    self.timing = timing
    self.pmm = pmm
    self.constraints = constraints
    self.timeServers = timeServers
    self.hacluster = hacluster
  }

  /// The name under which hacluster's password is known.
  package static let haclusterSecret = SecretName("hacluster")

  /// Every secret that the cluster needs, with its place in the spec. `directory` is where relative paths start.
  package func secretSources(directory: String) -> SecretSources {
    var entries = [SecretSources.Entry(Self.haclusterSecret, from: hacluster, place: "secrets/hacluster")]
    let devices = fencing.secrets
    for (id, device) in fencing.named {
      let name = SecretName("fencing-\(id)")
      if let source = devices[name] { entries.append(.init(name, from: source, place: "fencing/\(device.node)/password")) }
    }
    for (name, source) in pmm.secrets.sorted(by: { $0.key.description < $1.key.description }) {
      if name == PMMSpec.adminPasswordName {
        entries.append(.init(name, from: source, place: "pmm/admin_password"))
        continue
      }
      let variable = name.description.split(separator: "-", maxSplits: 2).last.map(String.init) ?? name.description
      entries.append(.init(name, from: source, place: "pmm/environment/\(variable)"))
    }
    return SecretSources(entries, directory: directory)
  }
}

/// Where the service runs when it can choose: the spec's `constraints`.
package struct ConstraintsSpec: Codable, Sendable, Equatable {
  /// Where it starts when both nodes are there.
  package var preferredNode: NodeName?
  /// Pacemaker's resource-stickiness: how strongly it stays where it is.
  package var stickiness: Int
  /// Pacemaker's priority-fencing-delay, seconds; nil: by `timing`.
  package var priorityFencingDelay: Int?

  package init(preferredNode: NodeName? = nil, stickiness: Int = 100, priorityFencingDelay: Int? = nil) {
    self.preferredNode = preferredNode
    self.stickiness = stickiness
    self.priorityFencingDelay = priorityFencingDelay
  }

  private enum CodingKeys: String, CodingKey {
    case preferredNode = "preferred_node"
    case stickiness
    case priorityFencingDelay = "priority_fencing_delay"
  }
}
