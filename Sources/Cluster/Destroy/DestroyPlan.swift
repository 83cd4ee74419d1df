import Core

/// The plan that takes the cluster away: the service stops in order, the daemons stop, our files go. PMM's data, the
/// config share, packages, host names and images stay. A cluster that is not called `cluster` is another one, and stays too.
/// `stopLimit`: seconds that the whole group may take to stop.
package func destroyPlan(_ cluster: String, _ remains: [NodeName: Remains], group: String = "pmm", stopLimit: Int = 420) -> Plan {
  var steps: [Step] = []
  let nodes = remains.keys.sorted()
  let others = nodes.compactMap { node in
    remains[node]?.cluster.flatMap { $0 == cluster ? nil : $0 }.map {
      Finding(
        .blocking, at: node.description, "the cluster here is called '\($0)', not '\(cluster)'",
        hint: "if it is the one to be taken away, say so in the spec (cluster: \($0)); else check the spec's nodes")
    }
  }
  if !others.isEmpty { return Plan(Proposal(findings: others)) }
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
