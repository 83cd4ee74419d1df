import Core

/// A corosync.conf(5): named sections with values and sections in them.
package struct CorosyncConf: Sendable, Equatable {
  package var sections: [Section]

  package struct Section: Sendable, Equatable {
    package var name: String
    package var values: [Value] = []
    package var sections: [Section] = []

    package init(_ name: String) { self.name = name }

    /// The last value of this key, as Corosync takes it.
    package subscript(_ key: String) -> String? { values.last { $0.key == key }?.value }
  }

  package struct Value: Sendable, Equatable {
    package var key: String
    package var value: String
    package init(_ key: String, _ value: String) {
      self.key = key
      self.value = value
    }
  }

  package init(sections: [Section] = []) { self.sections = sections }

  /// A value of a top-level section; a section may stand several times, the last word counts.
  package func value(_ section: String, _ key: String) -> String? { sections.last { $0.name == section && $0[key] != nil }?[key] }

  /// totem.cluster_name
  package var clusterName: String? { value("totem", "cluster_name") }

  /// The nodes of all nodelists, in order.
  package var nodes: [Section] { sections.filter { $0.name == "nodelist" }.flatMap(\.sections).filter { $0.name == "node" } }

  /// Names of the nodes; where one has none, the address of its first link, as Corosync names it.
  package var nodeNames: [String] { nodes.map { $0["name"] ?? $0["ring0_addr"] ?? "?" } }

  /// The file.
  package var description: String { sections.map { $0.text(indent: "") }.joined(separator: "\n") }
}

extension CorosyncConf.Section {
  fileprivate func text(indent: String) -> String {
    let inner = indent + "\t"
    return "\(indent)\(name) {\n" + values.map { "\(inner)\($0.key): \($0.value)\n" }.joined()
      + sections.map { $0.text(indent: inner) }.joined() + "\(indent)}\n"
  }

  /// Sets a value that is not there.
  fileprivate mutating func say(_ key: String, _ value: String) { if self[key] == nil { values.append(.init(key, value)) } }

  /// Apart from the order of keys, of nodes and of links.
  fileprivate var meaning: Meaning {
    // A repeated key: the last counts.
    let pairs = values.map { ($0.key, $0.value) }
    return Meaning(name: name, values: Dictionary(pairs) { $1 }, sections: Set(sections.map(\.meaning)))
  }

  fileprivate struct Meaning: Hashable {
    let name: String
    let values: [String: String]
    let sections: Set<Meaning>
  }
}

extension CorosyncConf {
  /// Whether Corosync would run the same with either: space, comments, order, repeated sections and defaults that are
  /// written out do not count, nor where it logs and what pcs notes for itself.
  package func means(_ other: CorosyncConf) -> Bool { Set(effective.map(\.meaning)) == Set(other.effective.map(\.meaning)) }

  /// One section a name, with the defaults (corosync.conf(5), votequorum(5)) that other tools leave unsaid.
  private var effective: [Section] {
    var merged: [String: Section] = [:]
    for section in sections where section.name != "logging" {
      merged[section.name, default: Section(section.name)].values += section.values
      merged[section.name, default: Section(section.name)].sections += section.sections
    }
    merged["totem"]?.values.removeAll { $0.key == "config_version" || $0.key == "cluster_uuid" }
    merged["totem"]?.say("transport", "knet")
    merged["totem"]?.say("link_mode", "passive")
    if merged["quorum"]?["two_node"] == "1" { merged["quorum"]?.say("wait_for_all", "1") }
    return Array(merged.values)
  }

  /// Paths of the values that differ: `totem.token`, `nodelist.node.pmm1.ring1_addr`; sorted.
  package func differences(to other: CorosyncConf) -> [String] {
    let (mine, others) = (flat, other.flat)
    return Set(mine.keys).union(others.keys).filter { mine[$0] != others[$0] }.sorted()
  }

  private var flat: [String: String] {
    var result: [String: String] = [:]
    func walk(_ section: Section, _ path: String) {
      for value in section.values { result["\(path).\(value.key)"] = value.value }
      for inner in section.sections {
        let key = inner["name"] ?? inner["nodeid"] ?? inner["linknumber"] ?? inner["ring0_addr"] ?? inner["subsys"]
        walk(inner, "\(path).\(inner.name)" + (key.map { ".\($0)" } ?? ""))
      }
    }
    for section in effective { walk(section, section.name) }
    return result
  }
}

extension CorosyncConf {
  /// The file for the other nodes alone. Two-node mode and a third vote go with the second node: one node is its own quorum.
  package func without(_ node: NodeName) -> CorosyncConf {
    var result = self
    for index in result.sections.indices {
      switch result.sections[index].name {
      case "nodelist": result.sections[index].sections.removeAll { $0["name"] == node.description }
      case "quorum":
        result.sections[index].values.removeAll { ["two_node", "wait_for_all"].contains($0.key) }
        result.sections[index].sections.removeAll { $0.name == "device" }
      default: break
      }
    }
    return result
  }
}
