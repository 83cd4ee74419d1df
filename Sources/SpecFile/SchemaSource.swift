/// The annotated example as the source of the schema.
///
/// A line `#: TYPE, OPTION, ...` speaks of the key in the next line, which may stand behind a single `#` when it is not
/// set; the comment above it is the key's description. Types: `string`, `integer`, `boolean`, `secret`, `object`,
/// `one of A | B`, `list of TYPE`, `map of TYPE`, `string or secret`. Options: `required`, `default VALUE`, `format
/// NAME`, `minimum N`, `maximum N`, `items N` or `items N to M`, `or WORD` (in place of a list), `keys FORMAT`, and as
/// the last `hint SENTENCE`, which is what to do about any other value.
struct SchemaSource {
  private struct Annotation {
    let line: Int
    let type: String
    let options: [String]
    let words: String
  }

  /// By the line of the key.
  private var annotations: [Int: Annotation] = [:]
  /// The example with every key set.
  let root: Tree

  /// A mistake in the example itself.
  struct Mistake: Error, Equatable, CustomStringConvertible {
    let line: Int
    let reason: String
    var description: String { "spec.example.yml:\(line): \(reason)" }
  }

  init(_ text: String) throws(Mistake) {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var words: [String] = []
    var pending: [String]?
    for (index, line) in lines.enumerated() {
      let content = line.drop { $0 == " " }
      if let clauses = pending {
        if content.hasPrefix("# ") { lines[index] = String(line.prefix(line.count - content.count) + content.dropFirst(2)) }
        annotations[index + 1] = Annotation(
          line: index, type: clauses[0], options: Array(clauses.dropFirst()), words: words.joined(separator: " "))
        (pending, words) = (nil, [])
      } else if content.hasPrefix("#: ") {
        pending = Self.clauses(content.dropFirst(3))
      } else if content.hasPrefix("#") {
        words.append(String(content.dropFirst().drop { $0 == " " }))
      } else {
        words = []
      }
    }
    do {
      root = try Tree(yaml: lines.joined(separator: "\n"))
    } catch {
      throw Mistake(line: error.position.line, reason: error.message)
    }
  }

  /// Separated by commas, but for what follows `hint`, which is a sentence.
  private static func clauses(_ text: Substring) -> [String] {
    var parts = text.split(separator: ", ").map(String.init)
    if let hint = parts.firstIndex(where: { $0.hasPrefix("hint ") }) {
      parts[hint...] = [parts[hint...].joined(separator: ", ")]
    }
    return parts
  }

  func schema() throws(Mistake) -> Schema { Schema(.object(try fields(of: root))) }

  private func fields(of tree: Tree) throws(Mistake) -> [Schema.Field] {
    var result: [Schema.Field] = []
    for entry in tree.entries {
      guard let annotation = annotations[entry.position.line] else {
        throw Mistake(line: entry.position.line, reason: "nothing says what '\(entry.key)' may hold")
      }
      result.append(Schema.Field(name: entry.key, schema: try schema(annotation, entry.value)))
    }
    return result
  }

  private func schema(_ annotation: Annotation, _ example: Tree) throws(Mistake) -> Schema {
    var options = Options(annotation.line)
    for option in annotation.options { try options.read(option) }
    var schema = Schema(try kind(annotation.type, options, example))
    (schema.required, schema.fallback, schema.hint) = (options.required, options.fallback, options.hint)
    (schema.words, schema.example) = (annotation.words, example)
    return schema
  }

  private func kind(_ type: String, _ options: Options, _ example: Tree) throws(Mistake) -> Schema.Kind {
    if let choices = type.rest(after: "one of ") {
      return .choice(choices.split(separator: "|").map { $0.trimmed })
    }
    if let inner = type.rest(after: "list of ") {
      let item = Schema(try kind(inner, options, example[0] ?? example))
      return .list(of: item, count: options.count, word: options.word)
    }
    if let inner = type.rest(after: "map of ") {
      return .map(keys: options.keys, of: Schema(try kind(inner, Options(options.line), example)))
    }
    switch type {
    case "string": return .string(options.format)
    case "integer": return .integer(minimum: options.minimum, maximum: options.maximum)
    case "boolean": return .boolean
    case "secret": return .secret
    case "string or secret": return .stringOrSecret
    case "object": return .object(try fields(of: example))
    default: throw Mistake(line: options.line, reason: "'\(type)' is not a type")
    }
  }

  private struct Options {
    let line: Int
    var required = false
    var fallback: String?
    var format = Format.line
    var keys = Format.line
    var minimum: Int?
    var maximum: Int?
    var count = 0...10_000
    var word: String?
    var hint: String?

    init(_ line: Int) { self.line = line }

    mutating func read(_ option: String) throws(Mistake) {
      func wrong() -> Mistake { Mistake(line: line, reason: "'\(option)' is not an option") }
      let parts = option.split(separator: " ", maxSplits: 1).map(String.init)
      let value = parts.count > 1 ? parts[1] : ""
      switch parts.first {
      case "required": required = true
      case "default": fallback = value
      case "or": word = value
      case "hint": hint = value
      case "minimum", "maximum":
        guard let number = Int(value) else { throw wrong() }
        if parts.first == "minimum" { minimum = number } else { maximum = number }
      case "format", "keys":
        guard let format = Format(rawValue: value) else { throw wrong() }
        if parts.first == "format" { self.format = format } else { keys = format }
      case "items":
        let bounds = value.split(separator: " ").compactMap { Int($0) }
        guard let low = bounds.first, let high = bounds.last, low <= high else { throw wrong() }
        count = low...high
      default: throw wrong()
      }
    }
  }
}

extension StringProtocol {
  fileprivate func rest(after prefix: String) -> String? { hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil }
  fileprivate var trimmed: String { split(separator: " ").joined(separator: " ") }
}

extension Schema {
  /// The annotated example, as `spec.example.yml` has it.
  package static var exampleText: String { String(decoding: PackageResources.spec_example_yml, as: UTF8.self) }

  /// The schema of the spec. Reads the example: some milliseconds, so ask once.
  package static func ofSpec() throws -> Schema { try SchemaSource(exampleText).schema() }

  /// The schema of another kind of file, from its annotated example.
  package static func of(example text: String) throws -> Schema { try SchemaSource(text).schema() }
}
