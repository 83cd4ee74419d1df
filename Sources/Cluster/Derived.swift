import ConfigShare
import Core
import Corosync
import Host
import PCS
import PMMServer
import Pacemaker
import Quorum
import SharedStorage

// What components that are no section of the spec take from it.

extension ClusterSpec {
  var host: HostSpec {
    var packages = Packages.base
    if sharedStorage.filesystem == .xfs { packages = packages + .xfs }
    if case .lvm = sharedStorage { packages = packages + .lvm }
    if ec2 != nil { packages = packages + .ec2 }
    if virtualIP.ec2 == .route53 { packages = packages + .nameQueries }
    for device in fencing.devices { packages = packages + .fenceAgent(device.agent) }
    if quorum != nil { packages = packages + .quorumDevice }
    switch configShare {
    case .directory: break
    case .nfs: packages = packages + .nfsClient
    case .glusterfs: packages = packages + .glusterfs + .glusterfsClient
    }
    // Clients and the other node in the first ring, only Corosync in a second one.
    let pmm: FirewallRule = self.pmm.port == 443 ? .service("https") : .tcp(self.pmm.port)
    let volume: [FirewallRule] = if case .glusterfs = configShare { [.service("glusterfs")] } else { [] }
    let rings = nodes[0].addresses.indices.map { $0 == 0 ? [.highAvailability, pmm] + volume : [FirewallRule.highAvailability] }
    return HostSpec(
      nodes: nodes, packages: packages, firewall: rings, timeServers: timeServers, usesSBD: fencing.sbd(timing) != nil,
      needs: self.pmm.isPerconas ? .pmm : nil)
  }

  var pmmServer: PMMServer {
    PMMServer(
      pmm, nodes: nodes.map(\.name), mountPoint: sharedStorage.mountPoint, device: sharedStorage.device, share: configShare.path,
      timing: timing, publicAddress: pmm.port == 443 ? publicHost : "\(publicHost):\(pmm.port)")
  }

  var share: ConfigShare { ConfigShare(configShare, nodes: nodes) }

  var pcs: PCSSpec { PCSSpec(nodes: nodes) }

  /// Where PMM's filesystem is mounted, PMM runs.
  var corosync: CorosyncSpec {
    let device = quorum.map { CorosyncSpec.Device(host: $0.device.host, activeTest: "/usr/bin/mountpoint -q \(sharedStorage.mountPoint)") }
    return CorosyncSpec(clusterName: name, nodes: nodes, timing: timing, device: device)
  }

  var votes: Quorum { Quorum(device: quorum?.device, cluster: name, nodes: nodes.map(\.name)) }

  var pacemaker: PacemakerSpec {
    PacemakerSpec(
      nodes: nodes.map(\.name), timing: timing, preferredNode: constraints.preferredNode, stickiness: constraints.stickiness,
      thirdVote: quorum != nil, priorityFencingDelay: constraints.priorityFencingDelay)
  }
}

extension ClusterSpec {
  /// PMM's own word for being ready, through the virtual IP.
  package var readinessURL: String { "https://\(publicHost):\(pmm.port)\(pmm.major.readinessPath)" }

  /// The virtual address or name as a URL writes it.
  private var publicHost: String { virtualIP.host.contains(":") ? "[\(virtualIP.host)]" : virtualIP.host }
}
