// How a schema speaks to people.
extension Schema {
  /// As a person says it: "a string", "a list".
  var noun: String {
    switch kind {
    case .string(let format): format.noun
    case .integer: "a whole number"
    case .boolean: "true or false"
    case .choice(let words): words.count == 1 ? "'\(words[0])'" : "one of \(words.joined(separator: ", "))"
    case .secret: "where a secret comes from"
    case .stringOrSecret: "a value, or where a secret comes from"
    case .object: "an object"
    case .list(_, _, let word): word.map { "a list, or the word \($0)" } ?? "a list"
    case .map: "an object"
    }
  }

  /// Where a key of this name is known; lists do not count as a level.
  func places(of key: String) -> [[String]] {
    switch kind {
    case .object(let fields):
      (fields.contains { $0.name == key } ? [[]] : [])
        + fields.flatMap { field in field.schema.places(of: key).map { [field.name] + $0 } }
    case .list(let item, _, _): item.places(of: key)
    default: []
    }
  }

  /// `port: 443`, or `port:` with what it is, as something to write.
  func sample(named name: String) -> String {
    switch kind {
    case .string, .integer, .boolean, .choice: example?.text.map { "\(name), such as '\(name): \($0)'" } ?? "\(name): \(noun)"
    default: "\(name): \(noun); pmm-ha schema and spec.example.yml show it"
    }
  }

  /// A sentence: what would be right.
  var rule: String { hint ?? ruleOfKind }

  private var ruleOfKind: String {
    switch kind {
    case .string(let format): format.rule
    case .integer(let minimum, let maximum):
      switch (minimum, maximum) {
      case (let low?, let high?): "Write a number from \(low) to \(high), without quotes."
      case (let low?, nil): "Write a number, \(low) or more, without quotes."
      case (nil, let high?): "Write a number, at most \(high), without quotes."
      case (nil, nil): "Write a number without quotes."
      }
    case .boolean: "Write true or false, without quotes."
    case .choice(let words): words.count == 1 ? "Write \(words[0])." : "Write one of \(words.joined(separator: ", "))."
    case .secret: "Write {env: NAME}, {file: PATH} or {prompt: true}."
    case .stringOrSecret: "Write one line of text, or {env: NAME}, {file: PATH} or {prompt: true}."
    case .object(let fields): "Write its keys, indented, below it: \(fields.map(\.name).joined(separator: ", "))."
    case .list(let item, _, let word):
      if case .object = item.kind {
        "Write its items below it, each after '- '\(word.map { "; or \($0)" } ?? "")."
      } else {
        "Write it as [A, B]."
      }
    case .map: "Write NAME: VALUE lines, indented, below it."
    }
  }
}
