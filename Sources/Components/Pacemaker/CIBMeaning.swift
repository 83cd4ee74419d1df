/// What an element of the CIB means, without ids of its parts, their order and the ways to write a time: two elements
/// of the same meaning need no change.
struct CIBMeaning: Equatable {
  var element: String
  var attributes: [String: String]
  var parameters: [String: String]
  var meta: [String: String]
  /// By name and interval: `monitor 10s`.
  var operations: [String: [String: String]]

  init(_ node: XMLNode) {
    element = node.name
    attributes = Dictionary(node.attributes.filter { $0.name != "description" }.map { ($0.name, $0.value) }) { first, _ in first }
    parameters = Self.pairs(node, "instance_attributes")
    meta = Self.pairs(node, "meta_attributes")
    operations = [:]
    for operation in node.all("operations").flatMap({ $0.all("op") }) {
      var values: [String: String] = [:]
      for attribute in operation.attributes where attribute.name != "id" && attribute.name != "name" && attribute.name != "interval" {
        let time = attribute.name == "timeout" || attribute.name == "start-delay"
        values[attribute.name] = time ? milliseconds(attribute.value).map { "\($0)ms" } ?? attribute.value : attribute.value
      }
      let written = operation["interval"] ?? "0"
      let interval = milliseconds(written).map { $0 % 1000 == 0 ? "\($0 / 1000)s" : "\($0)ms" } ?? written
      operations["\(operation["name"] ?? "?") \(interval)"] = values
    }
  }

  /// Of several sets the first wins, as in Pacemaker where no scores are given.
  private static func pairs(_ node: XMLNode, _ sets: String) -> [String: String] {
    var result: [String: String] = [:]
    for pair in node.all(sets).flatMap({ $0.all("nvpair") }) {
      if let name = pair["name"], result[name] == nil { result[name] = pair["value"] ?? "" }
    }
    return result
  }

  /// What differs from `wanted`, for people. Meta attributes that we do not set (`target-role`, `is-managed`) are an
  /// administrator's and no difference.
  func differences(to wanted: CIBMeaning) -> [String] {
    var result: [String] = []
    if element != wanted.element { result.append("is a \(element), not a \(wanted.element)") }
    result += changes(attributes, wanted.attributes, all: true)
    result += changes(parameters, wanted.parameters, all: true)
    result += changes(meta, wanted.meta, all: false)
    for name in Set(operations.keys).union(wanted.operations.keys).sorted() {
      switch (operations[name], wanted.operations[name]) {
      case (let old?, let new?): result += changes(old, new, all: true).map { "\(name): \($0)" }
      case (nil, _?): result.append("\(name): new")
      default: result.append("\(name): gone")
      }
    }
    return result
  }
}

/// `name: old -> new` for each value that changes; those without a wanted value only if `all`.
private func changes(_ old: [String: String], _ new: [String: String], all: Bool) -> [String] {
  Set(old.keys).union(new.keys).sorted().compactMap { name in
    guard old[name] != new[name], all || new[name] != nil else { return nil }
    return "\(name): \(old[name] ?? "(none)") -> \(new[name] ?? "(none)")"
  }
}
