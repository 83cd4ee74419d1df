import Core

/// What turns a queried CIB into the wanted one, element by element. Only our own elements stand in it, so what others
/// keep in the CIB (passwords of their devices too) never leaves the node.
package struct CIBEdit: Sendable, Equatable {
  package enum Change: Sendable, Equatable {
    /// The element of this id, wherever it is.
    case delete(id: String)
    /// The element of the same name and id in this section of the configuration, where it stands.
    case replace(section: String, XMLNode)
    /// A new element in this section of the configuration.
    case create(section: String, XMLNode)
    /// Merged by ids into the configuration.
    case modify(XMLNode)
  }
  package var changes: [Change] = []
  /// What changes, for people: `pmm_ip: cidr_netmask: 24 -> 25`.
  package var reasons: [String] = []
  package var findings: [Finding] = []
  /// Resources of a cluster built by hand that ours replace: the service must be stopped meanwhile.
  var takeOver: StopFirst?

  struct StopFirst: Sendable, Equatable {
    /// Merged into the configuration.
    var change: Change
    /// What must have stopped then.
    var members: [String]
  }

  /// A script that makes the edit on a copy of the CIB and goes on with `rest`. `epoch`: the version of the CIB that this
  /// was made from; nil for that of a stopped cluster, which the plan starts before.
  func script(_ name: String, _ rest: [UInt8], epoch: String) -> Script {
    Script(
      name, PackageResources.edit_cib_sh + rest,
      ["CHANGES": Text(lines), "EPOCH": Text(epoch), "WAIT": epoch.hasPrefix("+") ? "60" : "0"])
  }

  /// One line a change, as edit-cib.sh reads it.
  var lines: String { changes.map(\.line).joined(separator: "\n") }
}

extension CIBEdit.Change {
  fileprivate var line: String {
    switch self {
    case .delete(let id): "delete \(id)"
    case .replace(let section, let element): "replace \(section) \(element)"
    case .create(let section, let element): "create \(section) \(element)"
    case .modify(let element): "modify configuration \(element)"
    }
  }
}

extension DesiredCIB {
  /// Compares with a queried CIB: our elements as they should be, those that were ours and are no longer wanted
  /// removed, all others left and named.
  package func edit(_ cib: XMLNode) -> CIBEdit {
    var edit = CIBEdit()
    guard var configuration = cib.child("configuration") else {
      edit.findings.append(
        Finding(.blocking, at: "CIB", "it has no configuration section", hint: "look at `cibadmin --query` on the nodes"))
      return edit
    }
    let asFound = configuration
    let recorded = Set(
      configuration.descendants("nvpair").first { $0["name"] == Self.ownership }?["value"]?.split(separator: " ").map(String.init) ?? [])
    let wanted = Set(ids)
    let takeOver = self.takeOver(configuration, ours: recorded)
    if !takeOver.isEmpty { configuration = begin(takeOver, configuration, &edit) }
    let resources = configuration.child("resources") ?? XMLNode("resources")
    for primitive in self.resources { compare(primitive.element, "resources", resources.children, configuration, &edit) }
    if !group.members.isEmpty { compareGroup(resources, configuration, recorded.subtracting(wanted), &edit) }
    let constraints = configuration.child("constraints")?.children ?? []
    for element in constraintElements {
      compare(element, "constraints", constraints, configuration, &edit)
    }
    let presentLevels = configuration.child("fencing-topology")?.children ?? []
    for level in levels { compare(level.element, "fencing-topology", presentLevels, configuration, &edit) }
    compareProperties(configuration, &edit)
    // At the end, what refers to others first: every single change leaves a CIB that the schema accepts.
    let gone = configuration.children.reversed().flatMap(\.subtree).map(\.id).filter(recorded.subtracting(wanted).contains)
    edit.changes += gone.map { .delete(id: $0) }
    edit.reasons += gone.map { "\($0): no longer wanted" }
    if !takeOver.isEmpty { finish(takeOver, asFound, &edit) }
    if edit.reasons.isEmpty && !edit.changes.isEmpty { edit.reasons.append("the list of what pmm-ha owns is out of date") }
    edit.findings += unmanaged(configuration, ours: wanted.union(recorded))
    return edit
  }

  /// What goes before ours come; the configuration without it, and without the stop that is only for the time between.
  private func begin(_ takeOver: TakeOver, _ configuration: XMLNode, _ edit: inout CIBEdit) -> XMLNode {
    let stop = CIBEdit.Change.modify(stop(for: takeOver, configuration))
    edit.takeOver = .init(change: stop, members: toStop(for: takeOver, configuration))
    // Once more, so that the mark can be taken away whether or not it stands already.
    edit.changes.append(stop)
    edit.changes += (takeOver.constraints + takeOver.groups).map { .delete(id: $0) }
    let inGroup = Set(configuration.descendants("group").first { $0.id == group.id }?.all("primitive").map(\.id) ?? [])
    let inOthers = Set(
      configuration.descendants("group").filter { takeOver.groups.contains($0.id) }.flatMap { $0.all("primitive") }.map(\.id))
    edit.changes += takeOver.successors.map(\.old).filter { !inGroup.contains($0) && !inOthers.contains($0) }.map { .delete(id: $0) }
    edit.reasons += takeOver.successors.map { "\($0.old): becomes \($0.new)" }
    edit.reasons += (takeOver.groups + takeOver.constraints).map { "\($0): no longer needed" }
    if takeOver.successors.isEmpty { edit.reasons.append("a take-over was cut off while the service was stopped for it") }
    var rest = configuration.removing(takeOver.ids.union(takeOver.groups).union(takeOver.constraints))
    if takeOver.wasCutOff { rest = rest.removingPairs(named: "target-role").removingPairs(named: Self.takingOver) }
    return rest
  }

  private func finish(_ takeOver: TakeOver, _ configuration: XMLNode, _ edit: inout CIBEdit) {
    let renewed = Set(edit.changes.compactMap { if case .replace(_, let element) = $0 { element.id } else { nil } })
    let standing = (configuration.child("resources")?.children ?? []).filter { element in
      (element.id == group.id || service.contains { $0.id == element.id }) && !renewed.contains(element.id)
    }
    for element in standing {
      // It stands as it is but for what goes out of it, and the stop.
      edit.changes += element.all("primitive").map(\.id).filter(takeOver.ids.contains).map { .delete(id: $0) }
      let set = element.child("meta_attributes")
      let role = set?.all("nvpair").first { $0["name"] == "target-role" }?.id
      edit.changes.append(.delete(id: role ?? "\(set?.id ?? "\(element.id)-meta_attributes")-target-role"))
    }
    edit.changes.append(.delete(id: Self.takingOver))
  }

  private func compare(
    _ wanted: XMLNode, _ section: String, _ siblings: [XMLNode], _ configuration: XMLNode, _ edit: inout CIBEdit
  ) {
    guard let actual = siblings.first(where: { $0.id == wanted.id }) else {
      if configuration.children.flatMap(\.subtree).contains(where: { $0.id == wanted.id }) {
        edit.changes.append(.delete(id: wanted.id))
      }
      // cibadmin --create knows no section that is not there yet; --modify makes it.
      edit.changes.append(
        section == "fencing-topology"
          ? .modify(XMLNode("configuration", [:], [XMLNode(section, [:], [wanted])])) : .create(section: section, wanted))
      edit.reasons.append("\(wanted.id): new")
      return
    }
    let differences = CIBMeaning(actual).differences(to: CIBMeaning(wanted))
    if differences.isEmpty { return }
    if actual.name == wanted.name {
      edit.changes.append(.replace(section: section, keepingForeignMeta(of: actual, in: wanted).writtenLike(actual)))
    } else {
      edit.changes += [.delete(id: wanted.id), .create(section: section, wanted)]
    }
    edit.reasons += differences.map { "\(wanted.id): \($0)" }
  }

  private func compareGroup(_ resources: XMLNode, _ configuration: XMLNode, _ gone: Set<String>, _ edit: inout CIBEdit) {
    let wanted = group.element
    guard let actual = resources.children.first(where: { $0.id == group.id && $0.name == "group" }) else {
      for member in group.members where configuration.descendants("primitive").contains(where: { $0.id == member.id }) {
        edit.changes.append(.delete(id: member.id))
        edit.reasons.append("\(member.id): moves into group \(group.id)")
      }
      compare(wanted, "resources", resources.children, configuration, &edit)
      return
    }
    let members = actual.all("primitive").filter { !gone.contains($0.id) }
    let ours = Set(group.members.map(\.id))
    let sameOrder = members.map(\.id).filter(ours.contains) == group.members.map(\.id)
    if sameOrder {
      for member in group.members { compare(member.element, "resources", members, configuration, &edit) }
      var (bareActual, bareWanted) = (actual, wanted)
      bareActual.children.removeAll { $0.name == "primitive" }
      bareWanted.children.removeAll { $0.name == "primitive" }
      let differences = CIBMeaning(bareActual).differences(to: CIBMeaning(bareWanted))
      guard !differences.isEmpty else { return }
      // Only the group's own attributes: merged, so that what stands in its members is not touched.
      edit.changes.append(
        .modify(XMLNode("configuration", [:], [XMLNode("resources", [:], [mergedMeta(of: bareActual, into: bareWanted)])])))
      edit.reasons += differences.map { "\(group.id): \($0)" }
      return
    }
    for member in group.members
    where !members.contains(where: { $0.id == member.id }) && configuration.descendants("primitive").contains(where: { $0.id == member.id })
    {
      edit.changes.append(.delete(id: member.id))
    }
    var whole = keepingForeignMeta(of: actual, in: wanted)
    whole.children.removeAll { $0.name == "primitive" }
    whole.children += merged(members: members, ours: ours)
    edit.changes.append(.replace(section: "resources", whole.writtenLike(actual)))
    edit.reasons.append(
      "\(group.id): members \(members.map(\.id).joined(separator: ", ")) -> \(whole.all("primitive").map(\.id).joined(separator: ", "))")
  }

  /// Our members in our order; a foreign one stays behind the member that it followed.
  private func merged(members: [XMLNode], ours: Set<String>) -> [XMLNode] {
    var result = group.members.map { member in
      members.first { $0.id == member.id }.map { keepingForeignMeta(of: $0, in: member.element) } ?? member.element
    }
    var previous: String?
    for member in members {
      defer { previous = member.id }
      if ours.contains(member.id) { continue }
      let place = previous.flatMap { previous in result.firstIndex { $0.id == previous } }.map { $0 + 1 } ?? 0
      result.insert(member, at: place)
    }
    return result
  }

  private func compareProperties(_ configuration: XMLNode, _ edit: inout CIBEdit) {
    let config = configuration.child("crm_config") ?? XMLNode("crm_config")
    var changed: [XMLNode] = []
    for property in properties {
      let id = "\(Self.bootstrap)-\(property.name)"
      let actual = config.all("cluster_property_set").flatMap { $0.all("nvpair") }.filter { $0["name"] == property.name }
      for other in actual where other.id != id { edit.changes.append(.delete(id: other.id)) }
      if actual.count == 1, actual[0]["value"] == property.value, actual[0].id == id { continue }
      changed.append(XMLNode("nvpair", ["id": id, "name": property.name, "value": property.value]))
      edit.reasons.append("\(property.name): \(actual.first?["value"] ?? "(none)") -> \(property.value)")
    }
    var sets = changed.isEmpty ? [] : [XMLNode("cluster_property_set", ["id": Self.bootstrap], changed)]
    let recorded = config.all("cluster_property_set").flatMap { $0.all("nvpair") }.first { $0["name"] == Self.ownership }
    if recorded?["value"] != ownershipSet.children[0]["value"] {
      sets.append(ownershipSet)
    }
    if !sets.isEmpty { edit.changes.append(.modify(XMLNode("configuration", [:], [XMLNode("crm_config", [:], sets)]))) }
  }
}

extension XMLNode {
  /// With the attributes of each element in the order in which `actual` has them, for pcs writes others than we do: a patch
  /// changes values and not their order, and Pacemaker 2.1 refuses one whose result is not equal to the last byte.
  fileprivate func writtenLike(_ actual: XMLNode) -> XMLNode {
    var result = self
    let order = actual.attributes.map(\.name)
    func place(_ attribute: Attribute) -> Int { order.firstIndex(of: attribute.name) ?? order.count }
    result.attributes = attributes.enumerated().sorted { (place($0.element), $0.offset) < (place($1.element), $1.offset) }.map(\.element)
    result.children = children.map { child in
      let same = actual.children.first { $0.name == child.name && $0.id == child.id }
      return same.map { child.writtenLike($0) } ?? child
    }
    return result
  }
}

/// `wanted`, with the meta attributes of `actual` that it does not set itself (`target-role`, `is-managed`, ...).
private func keepingForeignMeta(of actual: XMLNode, in wanted: XMLNode) -> XMLNode {
  let kept = CIBMeaning(actual).meta.filter { CIBMeaning(wanted).meta[$0.key] == nil }.sorted { $0.key < $1.key }
  if kept.isEmpty { return wanted }
  var result = wanted
  let pairs = attributeSet("meta_attributes", wanted.id, kept.map { Pair($0.key, $0.value) })
  if let index = result.children.firstIndex(where: { $0.name == "meta_attributes" }) {
    result.children[index].children += pairs.children
  } else {
    result.children.insert(
      pairs, at: result.children.firstIndex { $0.name == "operations" || $0.name == "primitive" } ?? result.children.endIndex)
  }
  return result
}

/// `wanted`'s meta attributes under the ids that they have in `actual`, for a merge by ids.
private func mergedMeta(of actual: XMLNode, into wanted: XMLNode) -> XMLNode {
  var result = wanted
  guard let set = actual.child("meta_attributes"), let index = result.children.firstIndex(where: { $0.name == "meta_attributes" }) else {
    return result
  }
  result.children[index]["id"] = set.id
  for position in result.children[index].children.indices {
    let name = result.children[index].children[position]["name"]
    if let same = set.all("nvpair").first(where: { $0["name"] == name }) { result.children[index].children[position]["id"] = same.id }
  }
  return result
}
