import Core

// A cluster that somebody built by hand has resources of its own for what ours are to manage: the same address, the same
// disk, the same unit. They are replaced while the service is stopped: were both there at once, the old one's stop would
// take away what the new one has just been found to run.

/// What of a CIB goes because ours take its place.
struct TakeOver: Equatable {
  /// Resources by their old id, and the id of ours that has the same job; in the order of the CIB.
  var successors: [(old: String, new: String)] = []
  /// Groups of others that would be left empty.
  var groups: [String] = []
  /// Constraints that name one of them, or that a move by hand left on the service.
  var constraints: [String] = []
  /// An earlier run has stopped the service for this and did not come to its end.
  var wasCutOff = false

  var isEmpty: Bool { successors.isEmpty && !wasCutOff }
  var ids: Set<String> { Set(successors.map(\.old)) }

  static func == (left: TakeOver, right: TakeOver) -> Bool {
    left.successors.map { [$0.old, $0.new] } == right.successors.map { [$0.old, $0.new] } && left.groups == right.groups
      && left.constraints == right.constraints && left.wasCutOff == right.wasCutOff
  }
}

extension Primitive.Job {
  /// Whether another's resource does it.
  func isDone(by element: XMLNode) -> Bool {
    let agent = Primitive.Agent(standard: element["class"] ?? "", provider: element["provider"], type: element["type"] ?? "")
    guard agents.contains(agent) else { return false }
    let values = CIBMeaning(element).parameters
    return parameters.isEmpty || parameters.contains { pair in values[pair.name].map { plain($0) == plain(pair.value) } ?? false }
  }

  /// `/srv/pmm/` is `/srv/pmm`.
  private func plain(_ value: String) -> Substring { value.count > 1 && value.hasSuffix("/") ? value.dropLast() : value[...] }
}

extension DesiredCIB {
  /// The property that says that the service is stopped for a take-over, and by whom.
  static let takingOver = "pmm-ha-taking-over"

  /// `ours`: ids that are recorded as ours.
  func takeOver(_ configuration: XMLNode, ours: Set<String>) -> TakeOver {
    var result = TakeOver()
    let resources = configuration.child("resources") ?? XMLNode("resources")
    let members = service
    let own = ours.union(members.map(\.id)).union(self.resources.map(\.id))
    // What is inside a clone or a bundle is another kind of thing.
    for element in resources.children.flatMap({ $0.name == "group" ? $0.all("primitive") : [$0] }) where element.name == "primitive" {
      guard !own.contains(element.id), let member = members.first(where: { !ours.contains($0.id) && $0.job?.isDone(by: element) == true })
      else { continue }
      result.successors.append((element.id, member.id))
    }
    result.wasCutOff = configuration.descendants("nvpair").contains { $0["name"] == Self.takingOver }
    if result.isEmpty { return result }
    let going = result.ids.union(members.map(\.id))
    result.groups = resources.all("group").filter { $0.id != group.id && $0.all("primitive").allSatisfy { going.contains($0.id) } }.map(
      \.id)
    let named = result.ids.union(result.groups)
    for constraint in configuration.child("constraints")?.children ?? [] {
      let names = Set(
        constraint.subtree.flatMap {
          ["rsc", "first", "then", "with-rsc"].compactMap($0.attribute) + ($0.name == "resource_ref" ? [$0.id] : [])
        })
      let byHand = constraint.id.hasPrefix("cli-") && !names.isDisjoint(with: going.union([group.id]))
      if byHand || !names.isDisjoint(with: named) { result.constraints.append(constraint.id) }
    }
    return result
  }

  /// What stops the service, and says that it was us: merged into the configuration.
  func stop(for takeOver: TakeOver, _ configuration: XMLNode) -> XMLNode {
    let resources = configuration.child("resources") ?? XMLNode("resources")
    let going = takeOver.ids.union(service.map(\.id))
    let holders: [XMLNode] = resources.children.compactMap { element in
      if element.name == "group", element.id == group.id || takeOver.groups.contains(element.id) { return stopped(element) }
      if element.name == "primitive", going.contains(element.id) { return stopped(element) }
      let inside = element.name == "group" ? element.all("primitive").filter { going.contains($0.id) } : []
      return inside.isEmpty ? nil : XMLNode(element.name, ["id": element.id], inside.map(stopped))
    }
    let mark = XMLNode("nvpair", ["id": Self.takingOver, "name": Self.takingOver, "value": "true"])
    return XMLNode(
      "configuration", [:],
      [
        XMLNode("crm_config", [:], [XMLNode("cluster_property_set", ["id": "pmm-ha"], [mark])]), XMLNode("resources", [:], holders),
      ])
  }

  /// The element with nothing but target-role=Stopped, under the ids that are there.
  private func stopped(_ element: XMLNode) -> XMLNode {
    let set = element.child("meta_attributes")
    let pair = set?.all("nvpair").first { $0["name"] == "target-role" }
    let id = set?.id ?? "\(element.id)-meta_attributes"
    return XMLNode(
      element.name, ["id": element.id],
      [
        XMLNode(
          "meta_attributes", ["id": id],
          [XMLNode("nvpair", ["id": pair?.id ?? "\(id)-target-role", "name": "target-role", "value": "Stopped"])])
      ])
  }

  /// All that must not run any more when the configuration changes.
  func toStop(for takeOver: TakeOver, _ configuration: XMLNode) -> [String] {
    let groups = configuration.descendants("group").filter { $0.id == group.id || takeOver.groups.contains($0.id) }
    let inGroups = groups.flatMap { $0.all("primitive") }.map(\.id)
    let going = takeOver.ids.union(service.map(\.id))
    return inGroups + configuration.descendants("primitive").map(\.id).filter { going.contains($0) && !inGroups.contains($0) }
  }
}

extension XMLNode {
  fileprivate func attribute(_ name: String) -> String? { self[name] }

  /// Without the elements of these ids, wherever they are.
  func removing(_ ids: Set<String>) -> XMLNode {
    var result = self
    result.children = children.filter { $0.id.isEmpty || !ids.contains($0.id) }.map { $0.removing(ids) }
    return result
  }

  /// Without the values of this name in any set.
  func removingPairs(named name: String) -> XMLNode {
    var result = self
    result.children = children.filter { $0.name != "nvpair" || $0["name"] != name }.map { $0.removingPairs(named: name) }
    return result
  }
}
