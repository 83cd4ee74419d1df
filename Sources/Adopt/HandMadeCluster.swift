import Core
import Corosync
import Pacemaker

/// A cluster that was built without this tool, as its nodes show it.
package struct HandMadeCluster: Sendable {
  /// By Corosync's node ids.
  package let nodes: [HandMadeNode]
  let corosync: CorosyncConf
  /// The running cluster's, else the newest that a node has.
  let cib: XMLNode

  /// Throws what makes it no cluster, or not one that a spec can describe.
  package init(_ nodes: [HandMadeNode]) throws {
    guard let conf = nodes.compactMap(\.corosync.conf).first(where: { !$0.isExample }) else {
      throw NoCluster(
        "there is no cluster on \(nodes.map(\.name.description).joined(separator: ", ")): nothing is in /etc/corosync/corosync.conf. To build one: pmm-ha init"
      )
    }
    let names = conf.nodeNames
    if let stranger = nodes.first(where: { !names.contains($0.name.description) }) {
      throw NoCluster(
        "\(stranger.name) is not a node of the cluster '\(conf.clusterName ?? "")', which has \(names.joined(separator: ", "))")
    }
    let missing = names.filter { name in !nodes.contains { $0.name.description == name } }
    guard missing.isEmpty else {
      throw NoCluster("the cluster '\(conf.clusterName ?? "")' has \(missing.joined(separator: ", ")), too: give --node for each")
    }
    guard names.count == 2 else { throw NoCluster("the cluster has \(names.count) nodes; a spec describes two") }
    let ids = Dictionary(conf.nodes.map { ($0["name"] ?? "", Int($0["nodeid"] ?? "") ?? 0) }) { $1 }
    self.nodes = nodes.sorted { ids[$0.name.description] ?? 0 < ids[$1.name.description] ?? 0 }
    corosync = conf
    let facts = nodes.map(\.pacemaker)
    guard let cib = (facts.filter(\.live) + facts.filter { $0.cibFile == .configured }).first?.cib,
      let configuration = cib.child("configuration")
    else {
      throw NoCluster("Pacemaker has no configuration on these nodes: is it installed, and did it ever run?")
    }
    self.cib = configuration
  }

  /// Why there is nothing to adopt.
  package struct NoCluster: Error, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
  }
}

// What of it a spec says.
extension HandMadeCluster {
  /// The first resource of this agent.
  func resource(_ type: String) -> XMLNode? { cib.descendants("primitive").first { $0["type"] == type } }

  func parameter(_ name: String, of resource: XMLNode?) -> String? {
    resource?.all("instance_attributes").flatMap { $0.all("nvpair") }.first { $0["name"] == name }?["value"]
  }

  var filesystem: XMLNode? {
    let all = cib.descendants("primitive").filter { $0["type"] == "Filesystem" }
    // Where there are several (a share, say), the one on a block device.
    return all.first { parameter("device", of: $0)?.hasPrefix("/dev/") == true } ?? all.first
  }
  var mountPoint: String? { parameter("directory", of: filesystem).map(plain) }
  var address: XMLNode? { resource("IPaddr2") ?? resource("IPaddr") }
  /// Where PMM is a resource: of class systemd, or of an agent for containers.
  var server: XMLNode? {
    cib.descendants("primitive").first { $0["class"] == "systemd" && ($0["type"] ?? "").hasPrefix("pmm-server") }
      ?? cib.descendants("primitive").first { ["podman", "docker", "pmm-server"].contains($0["type"] ?? "") }
  }
  var devices: [XMLNode] { cib.descendants("primitive").filter { $0["class"] == "stonith" } }
  var volumeGroup: XMLNode? { resource("LVM-activate") ?? resource("LVM") }

  func property(_ name: String) -> String? {
    cib.child("crm_config")?.descendants("nvpair").first { $0["name"] == name }?["value"]
  }

  /// The group that PMM is in.
  var group: XMLNode? {
    cib.descendants("group").first { group in group.all("primitive").contains { $0.id == server?.id } } ?? cib.descendants("group").first
  }

  /// One address a link, as Corosync has them; of names what they mean.
  func addresses(of node: HandMadeNode) -> [String] {
    if !node.links.isEmpty { return node.links.sorted { $0.key < $1.key }.map(\.value) }
    let section = corosync.nodes.first { $0["name"] == node.name.description }
    return (0..<2).compactMap { section?["ring\($0)_addr"] }.map { text in
      node.names[text] ?? nodes.compactMap { $0.names[text] }.first ?? text
    }
  }

  /// corosync.conf(5) totem.token as it runs, milliseconds.
  var token: Int {
    let running = nodes.compactMap { $0.corosync.running["totem.token"] }.first ?? corosync.value("totem", "token")
    return running.flatMap { Int($0) } ?? 3000
  }

  /// The profile whose token is nearest from above, so that nothing is noticed earlier than before.
  var timing: Timing { Timing.allCases.sorted { $0.token < $1.token }.first { $0.token >= token } ?? .cloud }

  /// The settings of PMM's unit, the same on both nodes if it is well.
  var unit: Unit? { nodes.first { !$0.unit.text.isEmpty }?.unit }
}
