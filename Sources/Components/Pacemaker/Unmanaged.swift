import Core

/// Properties that Pacemaker and its tools write themselves.
private let automatic: Set<String> = [
  "cluster-infrastructure", "cluster-name", "dc-version", "have-watchdog", "last-lrm-refresh", "cib-last-written", DesiredCIB.ownership,
  DesiredCIB.takingOver,
]

extension DesiredCIB {
  /// What others keep in this CIB: it stays as it is, and the plan says so.
  func unmanaged(_ configuration: XMLNode, ours: Set<String>) -> [Finding] {
    var result: [Finding] = []
    func note(_ element: XMLNode, _ what: String) {
      result.append(
        Finding(.note, at: element.id, "\(what) is unmanaged: it is not from the spec and is left alone", hint: "nothing to do"))
    }
    func resources(in parent: XMLNode) {
      for element in parent.children where ["primitive", "group", "clone", "master", "bundle"].contains(element.name) {
        if !ours.contains(element.id) {
          let agent = [element["class"], element["provider"], element["type"]].compactMap { $0 }.joined(separator: ":")
          note(element, agent.isEmpty ? "the \(element.name)" : "the resource (\(agent))")
        } else {
          resources(in: element)
        }
      }
    }
    if let section = configuration.child("resources") { resources(in: section) }
    for constraint in configuration.child("constraints")?.children ?? [] where !ours.contains(constraint.id) {
      if constraint.id.hasPrefix("cli-"), constraint["rsc"] == group.id || service.contains(where: { $0.id == constraint["rsc"] }) {
        result.append(
          Finding(
            .warning, at: constraint.id,
            "a move or ban by hand left this constraint on \(constraint["rsc"] ?? "") behind; it binds every failover",
            hint: "take it away: crm_resource --clear --resource \(constraint["rsc"] ?? "")"))
      } else {
        note(constraint, "the constraint")
      }
    }
    for level in configuration.child("fencing-topology")?.children ?? [] where !ours.contains(level.id) { note(level, "the fencing level") }
    let owned = Set(properties.map(\.name)).union(automatic)
    for pair in configuration.child("crm_config")?.descendants("nvpair") ?? []
    where !owned.contains(pair["name"] ?? "") && !ours.contains(pair.id) {
      if pair["name"] == "maintenance-mode", pair["value"] == "true" {
        result.append(
          Finding(
            .warning, at: "maintenance-mode", "the cluster is in maintenance mode: nothing is watched and nothing fails over",
            hint: "end it: crm_attribute --name maintenance-mode --delete"))
      } else {
        let name = pair["name"] ?? pair.id
        result.append(
          Finding(
            .note, at: name, "the property \(name)=\(pair["value"] ?? "") is unmanaged: it is not from the spec and is left alone",
            hint: "nothing to do"))
      }
    }
    for element in configuration.child("resources")?.descendants("nvpair") ?? []
    where element["name"] == "target-role" && element["value"] == "Stopped" {
      let owner = configuration.descendants("group").first { $0.id == group.id }.map { $0.subtree } ?? []
      guard
        let holder = owner.first(where: { node in node.all("meta_attributes").contains { $0.children.contains { $0.id == element.id } } })
      else { continue }
      result.append(
        Finding(
          .warning, at: holder.id, "an administrator has disabled it (target-role=Stopped), so the service stays down",
          hint: "enable it: crm_resource --resource \(holder.id) --meta --delete-parameter target-role"))
    }
    return result
  }
}
