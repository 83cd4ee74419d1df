// How a schema speaks to people.
extension Schema {
  /// As a person says it: "a string", "a list".
  var noun: String {
    switch kind {
    case .string(let format): format.noun
    case .integer: "a whole number"
    case .boolean: "true or false"
    case .choice(let words): words.count == 1 ? "'\(words[0])'" : "one of \(words.joined(separator: ", "))"
    case .secret: "the source of a secret"
    case .stringOrSecret: "a value or the source of a secret"
    case .object: "an object"
    case .list(_, _, let word): word.map { "a list or the word \($0)" } ?? "a list"
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

  /// Something to write: `it, such as 'port: 443'`.
  func sample(named name: String) -> String {
    func keys(_ schema: Schema) -> String {
      let needed = schema.fields.filter(\.schema.required).map(\.name)
      return (needed.isEmpty ? schema.fields.prefix(2).map(\.name) : needed).joined(separator: ", ")
    }
    let shown = "pmm-ha schema --example shows it"
    switch kind {
    case .object: return "it with its keys, at least \(keys(self)); \(shown)"
    case .list(let item, _, let word):
      let list = item.fields.isEmpty ? "it: a list" : "it: a list of items with their keys, at least \(keys(item)); \(shown)"
      return word.map { "\(list). Or write '\(name): \($0)'" } ?? list
    default: return example?.text.map { "it, such as '\(name): \($0)'" } ?? "it: \(noun)"
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
