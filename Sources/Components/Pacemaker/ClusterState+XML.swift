extension ClusterState {
  /// Reads crm_mon's XML of Pacemaker 2.0.5 and later; attributes that a version does not write count as false,
  /// except those of a node that tell whether it lives.
  package init(_ output: String) throws(NoClusterState) {
    let root: XMLNode
    do {
      root = try XMLNode(parsing: output)
    } catch {
      throw NoClusterState(description: output.isEmpty ? "crm_mon said nothing" : "crm_mon: \(output.prefix(200)) (\(error))")
    }
    guard let status = root.child("status") else { throw NoClusterState(description: "crm_mon: its answer has no end") }
    if status["code"] != "0" {
      let errors = status.descendants("error").map(\.text).joined(separator: "; ")
      throw NoClusterState(description: "crm_mon: \(status["message"] ?? "failed")\(errors.isEmpty ? "" : ": \(errors)")")
    }
    guard let summary = root.child("summary") else {
      let errors = status.descendants("error").map(\.text).joined(separator: "; ")
      throw NoClusterState(description: "crm_mon: \(errors.isEmpty ? "its answer has no summary" : errors)")
    }
    let controller = summary.child("current_dc")
    let options = summary.child("cluster_options")
    dc = controller?["name"]
    dcVersion = controller?["version"]
    quorum = controller?.flag("with_quorum") ?? false
    // A node that has just joined has not said its feature set yet, and counts as an old one (`<3.15.1`).
    let silent = root.child("nodes")?.all("node").contains { $0["feature_set"]?.hasPrefix("<") ?? false } ?? false
    mixedVersion = !silent && (controller?.flag("mixed_version") ?? false)
    fencingEnabled = options?.flag("stonith-enabled") ?? false
    maintenanceMode = options?.flag("maintenance-mode") ?? false
    noQuorumPolicy = options?["no-quorum-policy"]
    nodes = []
    for node in root.child("nodes")?.all("node") ?? [] { nodes.append(try Node(node)) }
    let started = Self.starts(root)
    resources = root.child("resources").map { Self.resources(in: $0, group: nil, started) } ?? []
    failures = root.child("failures")?.all("failure").map(Failure.init) ?? []
    fencing = root.child("fence_history")?.all("fence_event").map(FenceEvent.init) ?? []
  }

  private static func resources(in parent: XMLNode, group: String?, _ started: [String: String]) -> [Resource] {
    parent.children.flatMap { child -> [Resource] in
      switch child.name {
      case "resource": return [Resource(child, group: group, started)]
      case "group": return resources(in: child, group: child.id, started)
      // clone, bundle, replica
      default: return child.children.isEmpty || child.name == "node" ? [] : resources(in: child, group: group, started)
      }
    }
  }

  /// When a resource was last started (or found running by a probe) on a node, by "RESOURCE NODE".
  private static func starts(_ root: XMLNode) -> [String: String] {
    var result: [String: String] = [:]
    for node in root.child("node_history")?.all("node") ?? [] {
      for history in node.all("resource_history") {
        for operation in history.all("operation_history") where operation["rc"] == "0" {
          let probe = operation["task"] == "probe" || (operation["task"] == "monitor" && (operation["interval"] ?? "0ms") == "0ms")
          guard operation["task"] == "start" || probe, let when = operation["last-rc-change"] else { continue }
          result["\(history.id) \(node["name"] ?? "")"] = when
        }
      }
    }
    return result
  }
}

extension ClusterState.Node {
  /// What licenses an act in an emergency must be said, not left out.
  fileprivate init(_ node: XMLNode) throws(NoClusterState) {
    let missing = ["name", "online", "pending", "unclean"].first { node[$0] == nil }
    if let missing { throw NoClusterState(description: "crm_mon: its answer says nothing of \(missing) for node \(node["name"] ?? "?")") }
    self.init(
      name: node["name"] ?? "", online: node.flag("online"), standby: node.flag("standby") || node.flag("standby_onfail"),
      maintenance: node.flag("maintenance"), pending: node.flag("pending"), unclean: node.flag("unclean"), isDC: node.flag("is_dc"),
      resourcesRunning: Int(node["resources_running"] ?? "") ?? 0, isRemote: node["type"] == "remote")
  }
}

extension ClusterState.Resource {
  fileprivate init(_ node: XMLNode, group: String?, _ started: [String: String]) {
    let nodes = node.all("node").compactMap { $0["name"] }
    self.init(
      id: node.id, agent: node["resource_agent"] ?? "", group: group, role: node["role"] ?? "", nodes: nodes, failed: node.flag("failed"),
      blocked: node.flag("blocked"), managed: node.flag("managed"), orphaned: node.flag("orphaned"), pending: node["pending"],
      since: nodes.first.flatMap { started["\(node.id) \($0)"] })
  }
}

extension ClusterState.Failure {
  fileprivate init(_ node: XMLNode) {
    let (resource, task) = Self.parts(of: node["op_key"] ?? node["id"] ?? "", task: node["task"])
    let reason = node.said("exitreason") ?? ""
    self.init(
      resource: resource, task: task, node: node["node"] ?? "", status: node["exitstatus"] ?? "",
      // crm_mon's word for an agent that gave no reason.
      reason: reason == "none" ? "" : reason, when: node["last-rc-change"])
  }

  /// pmm_server_monitor_5000: the resource's name is what is left of task and interval. Tasks may have a "_" themselves, and
  /// those of a notification stand behind pre_notify or post_notify.
  private static func parts(of key: String, task: String?) -> (resource: String, task: String) {
    let words = key.split(separator: "_")
    guard words.count > 2 else { return (key, task ?? "") }
    let isMigration = words.count > 3 && words[words.count - 3] == "migrate"
    var resource = words.dropLast(isMigration ? 3 : 2)
    if resource.count > 2, resource.last == "notify" { resource = resource.dropLast(2) }
    return (resource.joined(separator: "_"), task ?? words.dropLast().suffix(isMigration ? 2 : 1).joined(separator: "_"))
  }
}

extension ClusterState.FenceEvent {
  fileprivate init(_ node: XMLNode) {
    self.init(
      target: node["target"] ?? "", action: node["action"] ?? "", delegate: node["delegate"], client: node["client"] ?? "",
      status: node["status"] ?? "", reason: node["exit-reason"] ?? node["extended-status"] ?? "", when: node["completed"])
  }
}

extension XMLNode {
  /// What an agent said. crm_mon 2.1.5 escapes it by itself before its XML library does: `PMM&amp;apos;s container`.
  fileprivate func said(_ name: String) -> String? {
    self[name].map { text in (try? XMLNode(parsing: "<said>\(text)</said>"))?.text ?? text }
  }

  /// A boolean attribute; false where it is missing.
  fileprivate func flag(_ name: String) -> Bool { self[name] == "true" }
}
