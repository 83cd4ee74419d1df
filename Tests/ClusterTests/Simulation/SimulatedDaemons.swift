import Core
import Pacemaker
import Synchronization

// The scripts that start, stop and tell Corosync and Pacemaker.

extension SimulatedStep {
  func daemons(_ name: String, _ values: Values, _ cluster: inout SimulatedCluster) throws {
    switch name {
    case "stop-default":
      let running = cluster[node].corosync?.cluster
      guard running == nil || running == "debian" else { throw Refusal("Corosync now runs \(running ?? "")") }
      try stop(&cluster)
    case "stop-for-sbd": try stop(&cluster)
    case "reload-corosync":
      for member in cluster.membership(of: node) {
        if let conf = cluster[member, "/etc/corosync/corosync.conf"] { cluster[member].corosync?.read(conf.content) }
      }
    case "seed-cib":
      guard !cluster[node].runsPacemaker else { throw Refusal("Pacemaker runs already") }
      let old = cluster[node].cib
      guard old == nil || old?["crm_feature_set"] == "3.0.0" || old?.primitives.isEmpty == true else {
        throw Refusal("cib.xml holds the configuration of a cluster that ran here")
      }
      guard cluster[node].has("pacemaker-cli-utils") else { throw Refusal("crm_simulate cannot work with the configuration") }
      cluster[node].cib = nil
      cut(cluster)
      cluster[node].cib = try Self.parsed(values["CIB"])
    case "start-corosync": try startCorosync(&cluster)
    case "start-cluster": try start(&cluster)
    case "patch-cib": try patch(values, &cluster)
    case "wait-stopped":
      cluster.act(waited: true)
      for member in try values.words("MEMBERS") where cluster.running[member] != nil { throw Waiting(reason: "still running: \(member)") }
    case "settle":
      cluster.act(waited: true)
      let members = try values.words("MEMBERS")
      for member in members where cluster.running[member] == nil { throw Waiting(reason: "not running: \(member)") }
    case "restart-pmm": try restart(values, &cluster)
    case "stop-service":
      let group = try values["GROUP"]
      guard cluster.liveCIB(node)?.subtree.contains(where: { $0.id == group }) == true else { return }
      cluster.changeCIB(from: node) { $0.setMeta(group, "target-role", "Stopped") }
      cut(cluster)
      cluster.act(waited: true)
    case "stop-cluster":
      for unit in ["corosync.service", "pacemaker.service", "corosync-qdevice.service"] { cluster[node].units[unit]?.enabled = false }
      cut(cluster)
      try stop(&cluster)
    case "remove-remains":
      for file in try values["FILES"].split(separator: "\n").map(String.init) {
        cluster[node].files = cluster[node].files.filter { $0.key != file && !$0.key.hasPrefix(file + "/") }
        cluster[node].directories[file] = nil
        cut(cluster)
      }
      cluster[node].cib = nil
      cluster[node].loadedUnit = nil
    default: throw Refusal("the simulation does not know the script '\(name)': teach it")
    }
  }

  /// The same seed reaches both nodes, in each of a thousand runs.
  private static func parsed(_ text: String) throws -> XMLNode {
    if let known = seeds.withLock({ $0[text] }) { return known }
    let tree = try XMLNode(parsing: text)
    seeds.withLock { $0[text] = tree }
    return tree
  }
  private static let seeds = Mutex<[String: XMLNode]>([:])

  private func stop(_ cluster: inout SimulatedCluster) throws {
    cluster[node].units["pacemaker.service"]?.active = false
    cluster.act()
    cut(cluster)
    cluster[node].units["corosync.service"]?.active = false
    cluster[node].units["corosync-qdevice.service"]?.active = false
    cluster[node].corosync = nil
    cluster[node].units["sbd.service"]?.active = false
    cluster[node].sbd = nil
  }

  private func start(_ cluster: inout SimulatedCluster) throws {
    for unit in ["corosync.service", "pacemaker.service"] {
      guard cluster[node].units[unit] != nil else { throw Refusal("there is no \(unit)") }
      cluster[node].units[unit]?.enabled = true
      cut(cluster)
    }
    try startCorosync(&cluster)
    try startSBD(&cluster)
    cluster[node].units["pacemaker.service"]?.active = true
  }

  private func startCorosync(_ cluster: inout SimulatedCluster) throws {
    if cluster[node].corosync == nil {
      guard let conf = cluster[node, "/etc/corosync/corosync.conf"]?.content, let key = cluster[node, "/etc/corosync/authkey"]?.content,
        key.utf8.count >= 128
      else { throw Refusal("Corosync does not start") }
      let corosync = SimulatedNode.Corosync(conf: conf, key: key)
      guard corosync.members.contains(cluster[node].hostName) else { throw Refusal("Corosync does not find itself in its file") }
      cluster[node].corosync = corosync
      cluster[node].units["corosync.service"]?.active = true
      cluster.act()
      cut(cluster)
    }
  }

  private func patch(_ values: Values, _ cluster: inout SimulatedCluster) throws {
    let epoch = try values["EPOCH"]
    let mayHaveGrown = epoch.hasPrefix("+")
    if mayHaveGrown { cluster.act(waited: true) }
    guard let cib = cluster.liveCIB(node) else { throw Refusal("the cluster's configuration cannot be read") }
    let found = "\(cib["admin_epoch"] ?? "").\(cib["epoch"] ?? "")"
    guard mayHaveGrown || epoch == found else { throw Refusal("someone changed the cluster's configuration: \(found), not \(epoch)") }
    let changes = try values["CHANGES"]
    try cluster.changeCIB(from: node) { try $0.apply(changes) }
    cut(cluster)
  }

  private func restart(_ values: Values, _ cluster: inout SimulatedCluster) throws {
    let (mark, resource) = ("/var/lib/pmm-ha/pmm-restart", try values["RESOURCE"])
    cluster[node, mark] = .init(content: resource, mode: 0o644)
    cut(cluster)
    guard cluster.liveCIB(node) != nil else {
      cluster[node, mark] = nil
      throw Refusal("Pacemaker does not answer")
    }
    cluster.changeCIB(from: node) { $0.setMeta(resource, "target-role", "Stopped") }
    cut(cluster)
    cluster.act(waited: true)
    cut(cluster)
    cluster.changeCIB(from: node) { $0.setMeta(resource, "target-role", nil) }
    cut(cluster)
    cluster[node, mark] = nil
    cut(cluster)
    cluster.act(waited: true)
    guard cluster.running[resource] != nil else { throw Refusal("\(resource) did not start again") }
  }
}
