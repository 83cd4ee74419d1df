import Core

/// A document for AWS in the order in which people read it: printed as JSON (policies) or YAML (templates).
package indirect enum Document: Sendable, Equatable {
  case string(String)
  case integer(Int)
  case boolean(Bool)
  case list([Document])
  /// In order.
  case object([Member])

  package struct Member: Sendable, Equatable {
    package let key: String
    package let value: Document
  }

  package subscript(_ key: String) -> Document? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  package var text: String? { if case .string(let text) = self { text } else { nil } }

  /// Its lines, indented by two blanks a level.
  package var json: String { json(indent: "") + "\n" }

  private func json(indent: String) -> String {
    let inner = indent + "  "
    switch self {
    case .string(let text): return jsonQuoted(text)
    case .integer(let number): return "\(number)"
    case .boolean(let value): return "\(value)"
    case .list(let items):
      if items.isEmpty { return "[]" }
      return "[\n" + items.map { inner + $0.json(indent: inner) }.joined(separator: ",\n") + "\n\(indent)]"
    case .object(let members):
      if members.isEmpty { return "{}" }
      return "{\n" + members.map { "\(inner)\(jsonQuoted($0.key)): \($0.value.json(indent: inner))" }.joined(separator: ",\n")
        + "\n\(indent)}"
    }
  }

  /// As YAML; every string stands in double quotes, which YAML reads as JSON does.
  package var yaml: String { lines.joined(separator: "\n") + "\n" }

  private var lines: [String] {
    switch self {
    case .string, .integer, .boolean: return [json(indent: "")]
    case .list(let items):
      if items.isEmpty { return ["[]"] }
      return items.flatMap { item in
        item.lines.enumerated().map { ($0.offset == 0 ? "- " : "  ") + $0.element }
      }
    case .object(let members):
      if members.isEmpty { return ["{}"] }
      return members.flatMap { member in
        let lines = member.value.lines
        if member.value.isShort { return ["\(Self.key(member.key)): \(lines[0])"] }
        return ["\(Self.key(member.key)):"] + lines.map { "  " + $0 }
      }
    }
  }

  private var isShort: Bool {
    switch self {
    case .string, .integer, .boolean: true
    case .list(let items): items.isEmpty
    case .object(let members): members.isEmpty
    }
  }

  private static func key(_ key: String) -> String {
    key.utf8.allSatisfy { (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0) } ? key : jsonQuoted(key)
  }
}

extension Document: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int) { self = .integer(value) }
  package init(booleanLiteral value: Bool) { self = .boolean(value) }
  package init(arrayLiteral elements: Document...) { self = .list(elements) }
  package init(dictionaryLiteral elements: (String, Document)...) { self = .object(elements.map { Member(key: $0.0, value: $0.1) }) }
}
