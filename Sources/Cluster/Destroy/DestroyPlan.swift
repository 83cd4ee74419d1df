import Core

/// The plan that takes the cluster away: the service stops in order, the daemons stop, our files go. PMM's data, the
/// config share, packages, host names and images stay. A cluster that is not called `cluster` is another one, and stays too.
/// `stopLimit`: seconds that the whole group may take to stop.
package func destroyPlan(_ cluster: String, _ remains: [NodeName: Remains], group: String = "pmm", stopLimit: Int = 420) -> Plan {
  var steps: [Step] = []
  let nodes = remains.keys.sorted()
  let findings = nodes.flatMap { node in remains[node].map { obstacles(node, $0, cluster) } ?? [] }
  if !findings.isEmpty { return Plan(Proposal(findings: findings)) }
  if let first = nodes.first(where: { remains[$0]?.running == true }) {
    steps.append(
      Step(
        first, "Cluster", .quiesce, "Stop the service through Pacemaker", because: "the cluster runs",
        .run(Script("stop-service", PackageResources.stop_service_sh, ["GROUP": Text(group), "LIMIT": "\(stopLimit)"])),
        effects: [.disrupts("PMM stops and stays stopped")]))
  }
  for node in nodes {
    guard let left = remains[node] else { continue }
    if left.running || left.enabled {
      steps.append(
        Step(
          node, "Cluster", .start, "Stop pacemaker and corosync", because: left.running ? "they run" : "they start at boot",
          .run(Script("stop-cluster", PackageResources.stop_cluster_sh))))
    }
    if left.hasCIB || !left.files.isEmpty {
      steps.append(
        Step(
          node, "Cluster", .access, "Remove the cluster's files",
          because: (left.files + (left.hasCIB ? ["/var/lib/pacemaker/cib"] : [])).joined(separator: ", "),
          .run(Script("remove-remains", PackageResources.remove_remains_sh, ["FILES": Text(left.files.joined(separator: "\n"))]))))
    }
  }
  return Plan(Proposal(steps: steps))
}

/// What stands against taking anything away on this node.
private func obstacles(_ node: NodeName, _ left: Remains, _ cluster: String) -> [Finding] {
  var findings: [Finding] = []
  func block(_ message: String, _ hint: String) { findings.append(Finding(.blocking, at: node.description, message, hint: hint)) }
  if let unknown = left.cluster.unknown {
    block(
      "it is not known which cluster is here: \(unknown)",
      "see corosync-cmapctl and /etc/corosync/corosync.conf on \(node); mend what they say, then run destroy again")
  }
  if let name = left.cluster.value, name != cluster {
    block(
      "the cluster here is called '\(name)', not '\(cluster)'",
      "if it is the one to be taken away, say so in the spec (cluster: \(name)); else check the spec's nodes")
  }
  for place in left.mounted {
    block(
      "\(place) is mounted, and it lies in a directory that would be removed",
      "unmount it there (umount \(place)), and mount it at another place")
  }
  if left.pmmRuns, !left.running {
    block(
      "PMM runs there, and no cluster that could stop it in order",
      "stop it (systemctl stop pmm-server) and unmount its disk, then run destroy again")
  }
  return findings
}
