import Pacemaker

// cibadmin and the CIB's own bookkeeping.

extension XMLNode {
  /// What a Pacemaker that finds no CIB begins with.
  static let blank = XMLNode(
    "cib", ["crm_feature_set": "3.16.1", "validate-with": "pacemaker-3.9", "admin_epoch": "0", "epoch": "0", "num_updates": "0"],
    [XMLNode("configuration", [:], ["crm_config", "nodes", "resources", "constraints"].map { XMLNode($0) }), XMLNode("status")])

  var age: [Int] { ["admin_epoch", "epoch", "num_updates"].map { Int(self[$0] ?? "") ?? 0 } }

  func property(_ name: String) -> String? {
    at("configuration", "crm_config")?.descendants("nvpair").first { $0["name"] == name }?["value"]
  }

  mutating func setProperty(_ name: String, _ value: String) {
    let id = "cib-bootstrap-options"
    merge(
      XMLNode(
        "configuration", [:],
        [
          XMLNode(
            "crm_config", [:],
            [XMLNode("cluster_property_set", ["id": id], [XMLNode("nvpair", ["id": "\(id)-\(name)", "name": name, "value": value])])])
        ]))
  }

  var primitives: [XMLNode] { at("configuration", "resources")?.descendants("primitive") ?? [] }

  var parameters: [String: String] { pairs("instance_attributes") }

  func meta(_ name: String) -> String? { pairs("meta_attributes")[name] }

  private func pairs(_ set: String) -> [String: String] {
    Dictionary(all(set).flatMap { $0.all("nvpair") }.map { ($0["name"] ?? "", $0["value"] ?? "") }) { first, _ in first }
  }

  /// crm_resource --meta --set-parameter / --delete-parameter (nil).
  mutating func setMeta(_ resource: String, _ name: String, _ value: String?) {
    edit(id: resource) { element in
      let set = "\(resource)-meta_attributes"
      if element.child("meta_attributes") == nil { element.children.insert(XMLNode("meta_attributes", ["id": set]), at: 0) }
      let index = element.children.firstIndex { $0.name == "meta_attributes" }!
      element.children[index].children.removeAll { $0["name"] == name }
      if let value {
        element.children[index].children.append(XMLNode("nvpair", ["id": "\(set)-\(name)", "name": name, "value": value]))
      }
    }
  }

  /// crm_resource leaves a set behind that it has emptied.
  mutating func dropEmptySets() {
    children.removeAll { $0.name == "meta_attributes" && $0.children.isEmpty }
    for index in children.indices { children[index].dropEmptySets() }
  }

  private mutating func edit(id wanted: String, _ change: (inout XMLNode) -> Void) {
    if id == wanted { return change(&self) }
    for index in children.indices { children[index].edit(id: wanted, change) }
  }

  /// The lines that edit-cib.sh gives to cibadmin.
  mutating func apply(_ changes: String) throws {
    for line in changes.split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 2).map(String.init)
      if words[0] == "delete" {
        guard remove(id: words[1]) else { throw Refused("there is no \(words[1]) to delete") }
        continue
      }
      let element = try XMLNode(parsing: words[2])
      switch words[0] {
      case "replace":
        guard replace(element) else { throw Refused("there is no \(element.id) to replace in \(words[1])") }
      case "create":
        guard at("configuration", words[1]) != nil, !subtree.contains(where: { $0.id == element.id }) else {
          throw Refused("\(element.id) cannot be created in \(words[1])")
        }
        merge(XMLNode("configuration", [:], [XMLNode(words[1], [:], [element])]))
      case "modify":
        merge(element)
      default: throw Refused("unknown change \(words[0])")
      }
    }
    let ids = subtree.map(\.id).filter { !$0.isEmpty }
    guard Set(ids).count == ids.count else { throw Refused("an id stands twice") }
    let known = Set(primitives.map(\.id) + descendants("group").map(\.id))
    for reference in descendants("rsc_location").compactMap({ $0["rsc"] }) where !known.contains(reference) {
      throw Refused("a constraint is left for \(reference), which is gone")
    }
  }

  struct Refused: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
  }

  private mutating func remove(id: String) -> Bool {
    let count = children.count
    children.removeAll { $0.id == id }
    if children.count < count { return true }
    for index in children.indices where children[index].remove(id: id) { return true }
    return false
  }

  private mutating func replace(_ element: XMLNode) -> Bool {
    if name == element.name && id == element.id {
      self = element
      return true
    }
    for index in children.indices where children[index].replace(element) { return true }
    return false
  }

  /// cibadmin --modify: attributes win, children are found by name and id, new ones are added.
  private mutating func merge(_ change: XMLNode) {
    if name == "cib", let index = children.firstIndex(where: { $0.name == change.name }) { return children[index].merge(change) }
    for attribute in change.attributes { self[attribute.name] = attribute.value }
    for wanted in change.children {
      if let index = children.firstIndex(where: { $0.name == wanted.name && $0.id == wanted.id }) {
        children[index].merge(wanted)
      } else {
        children.append(wanted)
      }
    }
  }
}
