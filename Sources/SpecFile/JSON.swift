import Core

/// JSON whose objects keep their order, for people to read.
package indirect enum JSON: Sendable, Equatable {
  case string(String)
  case number(Int)
  case bool(Bool)
  case list([JSON])
  case object([(String, JSON)])

  package static func == (left: JSON, right: JSON) -> Bool { left.text == right.text }

  /// The value of a key; nil where there is none.
  package subscript(_ key: String) -> JSON? {
    guard case .object(let pairs) = self else { return nil }
    return pairs.first { $0.0 == key }?.1
  }

  /// Indented by two spaces, lists of plain values on one line.
  package var text: String { text(indent: "") }

  private func text(indent: String) -> String {
    let inner = indent + "  "
    switch self {
    case .string(let value): return jsonQuoted(value)
    case .number(let value): return String(value)
    case .bool(let value): return String(value)
    case .list(let values):
      if values.allSatisfy(\.isPlain) { return "[" + values.map { $0.text(indent: "") }.joined(separator: ", ") + "]" }
      return "[\n" + values.map { inner + $0.text(indent: inner) }.joined(separator: ",\n") + "\n\(indent)]"
    case .object(let pairs):
      if pairs.isEmpty { return "{}" }
      return "{\n" + pairs.map { "\(inner)\(jsonQuoted($0.0)): \($0.1.text(indent: inner))" }.joined(separator: ",\n") + "\n\(indent)}"
    }
  }

  private var isPlain: Bool {
    switch self {
    case .string, .number, .bool: true
    case .list, .object: false
    }
  }
}
