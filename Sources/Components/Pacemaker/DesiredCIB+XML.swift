import Core

extension DesiredCIB {
  /// The property set that every tool edits and Pacemaker evaluates first.
  static let bootstrap = "cib-bootstrap-options"
  /// The property that names what is ours, in a set of its own: neither crm_verify nor pcs minds it.
  static let ownership = "pmm-ha-ids"

  /// The ids of all elements that are ours, sorted; properties by the id of their nvpair.
  package var ids: [String] {
    var ids = properties.map { "\(Self.bootstrap)-\($0.name)" }
    if !group.members.isEmpty { ids += [group.id] + group.members.map(\.id) }
    ids += resources.map(\.id) + locations.map(\.id) + colocations.flatMap { [$0.id, $0.order.id] } + orders.map(\.id) + levels.map(\.id)
    return ids.sorted()
  }

  var ownershipSet: XMLNode {
    XMLNode(
      "cluster_property_set", ["id": "pmm-ha"],
      [XMLNode("nvpair", ["id": Self.ownership, "name": Self.ownership, "value": ids.joined(separator: " ")])])
  }

  /// The resources at the top level, fencing devices first: they are started side by side with the group, and read first.
  var resourceElements: [XMLNode] { resources.map(\.element) + (group.members.isEmpty ? [] : [group.element]) }

  var constraintElements: [XMLNode] {
    locations.map(\.element) + colocations.flatMap { [$0.element, $0.order.element] } + orders.map(\.element)
  }

  /// A complete CIB for nodes where no cluster ever ran.
  ///
  /// Feature set and schema are the lowest of Pacemaker 2, and each node lifts them to its own; one that is above the
  /// node's own makes pacemaker-controld discard every update ("Discarding update with feature set") and crash.
  package var seed: String { "<?xml version=\"1.0\"?>\n" + seedElement.indented }

  var seedElement: XMLNode {
    let configuration = XMLNode(
      "configuration", [:],
      [
        XMLNode(
          "crm_config", [:],
          [XMLNode("cluster_property_set", ["id": Self.bootstrap], pairs(properties, Self.bootstrap)), ownershipSet]),
        XMLNode("nodes", [:], nodes.enumerated().map { XMLNode("node", ["id": "\($0.offset + 1)", "uname": $0.element.description]) }),
        XMLNode("resources", [:], resourceElements),
        XMLNode("constraints", [:], constraintElements),
      ] + (levels.isEmpty ? [] : [XMLNode("fencing-topology", [:], levels.map(\.element))]))
    return XMLNode(
      "cib",
      [
        "crm_feature_set": "3.0.0", "validate-with": "pacemaker-3.0", "admin_epoch": "0", "epoch": "1", "num_updates": "0",
        "have-quorum": "1",
      ], [configuration, XMLNode("status")])
  }
}

extension DesiredCIB.Group {
  var element: XMLNode {
    XMLNode("group", ["id": id], (meta.isEmpty ? [] : [attributeSet("meta_attributes", id, meta)]) + members.map(\.element))
  }
}

extension DesiredCIB.FencingLevel {
  var element: XMLNode {
    XMLNode("fencing-level", ["id": id, "index": "\(index)", "target": target, "devices": devices.joined(separator: ",")])
  }
}

extension CIBFragment.Location {
  var element: XMLNode {
    XMLNode(
      "rsc_location",
      [
        "id": id, "rsc": resource, "node": node.description, "score": score, "resource-discovery": isProbed ? nil : "never",
      ])
  }
}

extension CIBFragment.Colocation {
  var element: XMLNode { XMLNode("rsc_colocation", ["id": id, "rsc": resource, "with-rsc": with, "score": "INFINITY"]) }
}

extension CIBFragment.Order {
  var element: XMLNode {
    XMLNode("rsc_order", ["id": id, "first": first, "then": resource, "kind": "Optional", "symmetrical": "false"])
  }
}

extension Primitive {
  var element: XMLNode {
    var parts: [XMLNode] = []
    if !parameters.isEmpty { parts.append(attributeSet("instance_attributes", id, parameters)) }
    if !meta.isEmpty { parts.append(attributeSet("meta_attributes", id, meta)) }
    if !operations.isEmpty { parts.append(XMLNode("operations", [:], operations.map { $0.element(of: id) })) }
    return XMLNode("primitive", ["id": id, "class": agent.standard, "provider": agent.provider, "type": agent.type], parts)
  }
}

extension Operation {
  /// Ids as pcs makes them.
  func element(of resource: String) -> XMLNode {
    var node = XMLNode(
      "op", ["id": "\(resource)-\(name)-interval-\(interval)s", "name": name, "interval": "\(interval)s", "timeout": "\(timeout)s"])
    for option in options { node[option.name] = option.value }
    return node
  }
}

func attributeSet(_ name: String, _ owner: String, _ values: [Pair]) -> XMLNode {
  XMLNode(name, ["id": "\(owner)-\(name)"], pairs(values, "\(owner)-\(name)"))
}

private func pairs(_ values: [Pair], _ set: String) -> [XMLNode] {
  values.map { XMLNode("nvpair", ["id": "\(set)-\($0.name)", "name": $0.name, "value": $0.value]) }
}
