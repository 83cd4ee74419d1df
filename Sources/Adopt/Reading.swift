import Core
import Transport

/// Asks the nodes at `hosts` what has been built there. Where only one is given, the other is found in its corosync.conf
/// and reached the same way. Returns each node with the way to it.
package func readCluster(
  at hosts: [SSHSpec], through connect: ([NodeSpec]) -> any Asking
) async throws -> (cluster: HandMadeCluster, ways: [NodeName: SSHSpec]) {
  var ways: [NodeName: SSHSpec] = [:]
  var nodes = try await read(hosts, connect, &ways)
  if let first = nodes.first, let way = hosts.first, let conf = first.corosync.conf, !conf.isExample {
    let others = conf.nodeNames.filter { name in !nodes.contains { $0.name.description == name } }
    if hosts.count == 1, others.count == 1, let other = others.first {
      let address = conf.nodes.first { $0["name"] == other }?["ring0_addr"]
      let host = way.config == nil ? address.map { first.names[$0] ?? $0 } ?? other : other
      nodes += try await read(
        [SSHSpec(host: host, port: way.port, user: way.user, identity: way.identity, config: way.config)], connect, &ways)
    }
  }
  return (try HandMadeCluster(nodes), ways)
}

private func read(
  _ hosts: [SSHSpec], _ connect: ([NodeSpec]) -> any Asking, _ ways: inout [NodeName: SSHSpec]
) async throws -> [HandMadeNode] {
  // What it is called there is not known yet.
  let specs = try hosts.enumerated().map { index, ssh in
    NodeSpec(name: try (try? NodeName(ssh.host ?? "")) ?? NodeName("node\(index + 1)"), addresses: [], ssh: ssh)
  }
  let door = connect(specs)
  let found = try await onAll(specs.map(\.name)) { try await HandMadeNode.read($0, asking: door) }
  for spec in specs { if let node = found[spec.name] { ways[node.name] = spec.ssh } }
  return specs.compactMap { found[$0.name] }
}
