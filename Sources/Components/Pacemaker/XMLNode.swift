/// An element of an XML document: all that Pacemaker's files and tools use of XML.
///
/// Attributes keep their order, text is only what stands directly in the element; comments and processing
/// instructions are not kept.
package struct XMLNode: Sendable, Equatable, Hashable {
  package var name: String
  package var attributes: [Attribute]
  package var children: [XMLNode]
  /// Character data directly in the element, without white space around it.
  package var text: String

  package struct Attribute: Sendable, Equatable, Hashable {
    package var name: String
    package var value: String
  }

  package init(_ name: String, _ attributes: KeyValuePairs<String, String?> = [:], _ children: [XMLNode] = [], text: String = "") {
    self.name = name
    self.attributes = attributes.compactMap { name, value in value.map { Attribute(name: name, value: $0) } }
    self.children = children
    self.text = text
  }

  /// The value of an attribute; nil takes it away.
  package subscript(_ attribute: String) -> String? {
    get { attributes.first { $0.name == attribute }?.value }
    set {
      if let index = attributes.firstIndex(where: { $0.name == attribute }) {
        if let newValue { attributes[index].value = newValue } else { attributes.remove(at: index) }
      } else if let newValue {
        attributes.append(Attribute(name: attribute, value: newValue))
      }
    }
  }

  /// The `id` attribute, empty where there is none.
  package var id: String { self["id"] ?? "" }

  /// The first child element of this name.
  package func child(_ name: String) -> XMLNode? { children.first { $0.name == name } }

  /// The child elements of this name.
  package func all(_ name: String) -> [XMLNode] { children.filter { $0.name == name } }

  /// The element reached by a path of child names.
  package func at(_ path: String...) -> XMLNode? {
    var node: XMLNode? = self
    for name in path { node = node?.child(name) }
    return node
  }

  /// Itself and all below it, in document order.
  package var subtree: [XMLNode] { [self] + children.flatMap(\.subtree) }

  /// The elements of this name anywhere below, in document order.
  package func descendants(_ name: String) -> [XMLNode] {
    var found: [XMLNode] = []
    func search(_ node: XMLNode) {
      for child in node.children {
        if child.name == name { found.append(child) }
        search(child)
      }
    }
    search(self)
    return found
  }
}

extension XMLNode: CustomStringConvertible {
  /// On one line, without space between elements.
  package var description: String {
    var result = ""
    write(to: &result, indentation: nil)
    return result
  }

  /// One element a line, indented by two spaces, as Pacemaker's tools print it; ends with a newline.
  package var indented: String {
    var result = ""
    write(to: &result, indentation: 0)
    return result
  }

  private func write(to result: inout String, indentation depth: Int?) {
    let indent = depth.map { String(repeating: "  ", count: $0) } ?? ""
    let newline = depth == nil ? "" : "\n"
    result += "\(indent)<\(name)"
    for attribute in attributes { result += " \(attribute.name)=\"\(escaped(attribute.value))\"" }
    if children.isEmpty && text.isEmpty {
      result += "/>\(newline)"
      return
    }
    result += ">" + escaped(text)
    if !children.isEmpty { result += newline }
    for child in children { child.write(to: &result, indentation: depth.map { $0 + 1 }) }
    result += (children.isEmpty ? "" : indent) + "</\(name)>\(newline)"
  }
}

/// Newlines and tabs as references too: a parser turns bare ones in attributes into spaces.
private func escaped(_ value: String) -> String {
  var result = ""
  for scalar in value.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "\n", "\t", "\r": result += "&#\(scalar.value);"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

extension XMLNode: Codable {
  /// As its text; values that look like secrets (an nvpair named `passwd`, ...) are left out, for what is encoded gets
  /// printed and stored.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(redacted.description)
  }

  package init(from decoder: any Decoder) throws {
    try self.init(parsing: decoder.singleValueContainer().decode(String.self))
  }

  /// Without the values of nvpairs whose names speak of secrets.
  package var redacted: XMLNode {
    var result = self
    let word = (self["name"] ?? "").lowercased()
    if name == "nvpair", ["pass", "secret", "token", "community", "key"].contains(where: word.contains), !word.hasSuffix("_script") {
      result["value"] = "(hidden)"
    }
    result.children = children.map(\.redacted)
    return result
  }
}
