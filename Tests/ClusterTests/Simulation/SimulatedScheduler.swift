import Core
import Pacemaker

// crm_mon's and crm_simulate's XML.

extension SimulatedCluster {
  func monitorXML(_ node: NodeName) -> String {
    guard let cib = liveCIB(node) else { return "" }
    let peers = peers(of: node)
    let controller =
      hasController(node)
      ? XMLNode(
        "current_dc",
        ["present": "true", "name": peers.first?.description, "with_quorum": hasQuorum(node) ? "true" : "false", "mixed_version": "false"])
      : XMLNode("current_dc", ["present": "false"])
    let fencing = cib.property("stonith-enabled") ?? "true"
    let root = XMLNode(
      "pacemaker-result", [:],
      [
        XMLNode("summary", [:], [controller, XMLNode("cluster_options", ["stonith-enabled": fencing, "maintenance-mode": "false"])]),
        XMLNode(
          "nodes", [:],
          names.map { name in
            let online = peers.contains(name) ? "true" : "false"
            return XMLNode(
              "node",
              [
                "name": name.description, "online": online, "pending": "false", "unclean": "false",
                "is_dc": name == peers.first ? "true" : "false",
              ])
          }),
        XMLNode("resources", [:], resources(cib)), XMLNode("status", ["code": "0", "message": "OK"]),
      ])
    return root.description
  }

  private func resources(_ cib: XMLNode) -> [XMLNode] {
    func state(_ primitive: XMLNode) -> XMLNode {
      let agent = [primitive["class"], primitive["provider"], primitive["type"]].compactMap { $0 }.joined(separator: ":")
      let home = running[primitive.id]?.node
      return XMLNode(
        "resource",
        ["id": primitive.id, "resource_agent": agent, "role": home == nil ? "Stopped" : "Started", "failed": "false", "managed": "true"],
        home.map { [XMLNode("node", ["name": $0.description])] } ?? [])
    }
    return (cib.at("configuration", "resources")?.children ?? []).map { element in
      element.name == "group" ? XMLNode("group", ["id": element.id], element.all("primitive").map(state)) : state(element)
    }
  }

  /// What Pacemaker would do now, and after the changes: by carrying both out on a copy.
  func predictAnswer(_ node: NodeName, _ values: SimulatedStep.Values) throws -> String {
    var then = self
    let changes = try values["CHANGES"]
    try then.changeCIB(from: node) { try $0.apply(changes) }
    func actions(_ start: SimulatedCluster) -> String {
      var end = start
      end.mayDisrupt = true
      end.act(waited: true)
      let all = Set(start.running.keys).union(end.running.keys).sorted()
      let list = all.compactMap { id -> XMLNode? in
        switch (start.running[id], end.running[id]) {
        case (let old?, nil): XMLNode("rsc_action", ["action": "stop", "resource": id, "node": "\(old.node)"])
        case (nil, let new?): XMLNode("rsc_action", ["action": "start", "resource": id, "node": "\(new.node)"])
        case (let old?, let new?) where old.node != new.node:
          XMLNode("rsc_action", ["action": "move", "resource": id, "source": "\(old.node)", "dest": "\(new.node)"])
        case (let old?, let new?) where old.parameters != new.parameters || (id == "pmm_server" && end.restarts(after: start)):
          XMLNode("rsc_action", ["action": "restart", "resource": id, "node": "\(new.node)"])
        default: nil
        }
      }
      return XMLNode("pacemaker-result", [:], [XMLNode("actions", [:], list)]).description
    }
    return "== now\n\(actions(self))\n== then\n\(actions(then))\n"
  }

  /// A member before PMM in the group was restarted, and took PMM along.
  private func restarts(after start: SimulatedCluster) -> Bool {
    ["pmm_lvm", "pmm_fs", "pmm_ip"].contains { running[$0]?.parameters != start.running[$0]?.parameters }
  }
}
