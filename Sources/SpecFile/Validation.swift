import Core

/// Checks a tree against the schema, notes all that is wrong, and puts the defaults in.
///
/// What is wrong and not required is replaced by its default, so that one mistake hides as few others as possible.
package struct Validation {
  package private(set) var problems: ProblemList
  /// The whole schema, to tell where a misplaced key belongs.
  private let schema: Schema

  package init(_ root: Tree, against schema: Schema) {
    problems = ProblemList(root)
    self.schema = schema
  }

  /// The tree with defaults, without what is unknown. Of use where `problems` does not call it broken.
  package mutating func run() -> Tree { check(problems.root, schema, Path()) }

  private mutating func check(_ tree: Tree, _ schema: Schema, _ path: Path) -> Tree {
    switch schema.kind {
    case .object(let fields): return checkObject(tree, fields, schema, path)
    case .list(let item, let count, let word):
      if let word, case .scalar = tree.content {
        if tree.text != word { wrongType(tree, schema, path) }
        return tree
      }
      guard case .list(let items) = tree.content else {
        wrongType(tree, schema, path)
        return tree
      }
      if !count.contains(items.count) { wrongCount(items.count, count, schema, path) }
      return Tree(.list(items.enumerated().map { check($0.element, item, path / $0.offset) }), at: tree.position)
    case .map(let keys, let value):
      guard case .object(let entries) = tree.content else {
        if !tree.isNull { wrongType(tree, schema, path) }
        return Tree(.object([]), at: tree.position)
      }
      checkDuplicates(entries, path)
      return Tree(.object(entries.filter { checkMember($0, keys, value, path / $0.key) }), at: tree.position)
    case .secret: checkSecret(tree, schema, path)
    case .stringOrSecret:
      if case .object = tree.content { checkSecret(tree, schema, path) } else { checkText(tree, .line, schema, path, emptyAllowed: true) }
    default: checkScalar(tree, schema, path)
    }
    return tree
  }

  private mutating func checkObject(_ tree: Tree, _ fields: [Schema.Field], _ schema: Schema, _ path: Path) -> Tree {
    var entries = tree.entries
    if case .object = tree.content {
    } else if !tree.isNull || path.parts.isEmpty {
      wrongType(tree, schema, path)
      return tree
    }
    checkDuplicates(entries, path)
    let names = fields.map(\.name)
    let unknown = entries.map(\.key).filter { !names.contains($0) }
    for entry in entries where unknown.contains(entry.key) {
      let advice = adviceForUnknown(entry.key, names, path)
      problems.add(path / entry.key, "there is no such key here", advice, at: entry.position, breaks: false)
    }
    entries.removeAll { unknown.contains($0.key) }
    for field in fields {
      let here = path / field.name
      if let index = entries.firstIndex(where: { $0.key == field.name }) {
        entries[index].value = check(entries[index].value, field.schema, here)
        if field.schema.required || !problems.isBroken(here) { continue }
        entries.removeAll { $0.key == field.name }
        problems.repaired(here)
      } else if field.schema.required {
        // A misspelt key is one mistake, not two.
        if unknown.contains(where: { didYouMean($0, among: [field.name]) != nil }) {
          problems.breaks(here)
        } else {
          problems.add(here, "is missing", "Add \(field.schema.sample(named: field.name)).")
        }
      }
      if let fallback = field.schema.fallback {
        let value = Tree(fallback == "{}" ? .object([]) : .scalar(fallback, quoted: false), at: tree.position)
        entries.append(Tree.Entry(field.name, at: tree.position, check(value, field.schema, here)))
      }
    }
    return Tree(.object(entries), at: tree.position)
  }

  /// Whether a key and value of a map can be kept.
  private mutating func checkMember(_ entry: Tree.Entry, _ keys: Format, _ value: Schema, _ path: Path) -> Bool {
    if !keys.accepts(entry.key) { problems.add(path, "'\(entry.key)' is not \(keys.noun)", keys.rule) }
    _ = check(entry.value, value, path)
    guard problems.isBroken(path) else { return true }
    problems.repaired(path)
    return false
  }

  private mutating func checkDuplicates(_ entries: [Tree.Entry], _ path: Path) {
    for entry in entries {
      guard let first = entry.duplicateOf else { continue }
      problems.add(
        path / entry.key, "the key stands twice, first in line \(first.line)", "Keep one of them.", at: entry.position, breaks: false)
    }
  }

  private func adviceForUnknown(_ key: String, _ known: [String], _ path: Path) -> String {
    if let near = didYouMean(key, among: known) { return "Did you mean '\(near)'?" }
    let elsewhere = schema.places(of: key).filter { $0 != path.keys }
    if let place = elsewhere.first {
      return place.isEmpty ? "'\(key)' belongs to the top level." : "'\(key)' belongs to \(place.joined(separator: "/"))."
    }
    return "Known here: \(known.joined(separator: ", "))."
  }

  private mutating func checkScalar(_ tree: Tree, _ schema: Schema, _ path: Path) {
    switch schema.kind {
    case .string(let format): checkText(tree, format, schema, path)
    case .integer(let minimum, let maximum):
      guard let value = tree.integer else { return wrongType(tree, schema, path) }
      if value < minimum ?? .min || value > maximum ?? .max {
        problems.add(path, "\(value) is out of range", schema.rule)
      }
    case .boolean:
      if tree.boolean == nil { wrongType(tree, schema, path) }
    case .choice(let words):
      guard let text = tree.text else { return wrongType(tree, schema, path) }
      if !words.contains(text) {
        problems.add(path, "'\(text)' is not known", didYouMean(text, among: words).map { "Did you mean '\($0)'?" } ?? schema.rule)
      }
    default: break
    }
  }

  private mutating func checkText(_ tree: Tree, _ format: Format, _ schema: Schema, _ path: Path, emptyAllowed: Bool = false) {
    guard let text = tree.text else { return wrongType(tree, schema, path) }
    if emptyAllowed && text.isEmpty { return }
    if !format.accepts(text) {
      problems.add(path, text.isEmpty ? "is empty" : "'\(text.shownShort)' is not \(format.noun)", format.rule)
    }
  }

  private mutating func checkSecret(_ tree: Tree, _ schema: Schema, _ path: Path) {
    let rule = "Write {env: NAME}, {file: PATH} or {prompt: true}."
    if case .scalar = tree.content, !tree.isNull {
      // Not the value itself: it may be the secret.
      return problems.add(path, "a secret must not stand in the spec", rule)
    }
    guard case .object(let entries) = tree.content, entries.count == 1, let entry = entries.first else {
      return problems.add(path, "needs exactly one source", rule)
    }
    switch entry.key {
    case "env": checkText(entry.value, .variableName, Schema(.string(.variableName)), path / "env")
    case "file": checkText(entry.value, .line, Schema(.string(.line)), path / "file")
    case "prompt":
      if entry.value.boolean != true { problems.add(path / "prompt", "can only be true", rule) }
    default:
      let near = didYouMean(entry.key, among: ["env", "file", "prompt"])
      problems.add(path / entry.key, "there is no such source of a secret", near.map { "Did you mean '\($0)'?" } ?? rule)
    }
  }

  private mutating func wrongCount(_ count: Int, _ allowed: ClosedRange<Int>, _ schema: Schema, _ path: Path) {
    let (low, high) = (allowed.lowerBound, allowed.upperBound)
    let wanted = low == high ? "exactly \(low)" : high < 100 ? "\(low) to \(high)" : "at least \(low)"
    let message = count == 0 ? "the list is empty" : count == 1 ? "the list has 1 item" : "the list has \(count) items"
    problems.add(path, message, schema.hint ?? "List \(wanted).", breaks: false)
  }

  private mutating func wrongType(_ tree: Tree, _ schema: Schema, _ path: Path) {
    problems.add(path, "\(tree.noun) stands where \(schema.noun) belongs", schema.rule)
  }
}

extension Tree {
  fileprivate var noun: String {
    switch content {
    case _ where isNull: "nothing"
    case .scalar(let text, let quoted): quoted ? "the text \"\(text.shownShort)\"" : "'\(text.shownShort)'"
    case .list: "a list"
    case .object: "an object"
    }
  }
}

extension String {
  /// At most 40 characters of it, on one line.
  fileprivate var shownShort: String {
    let line = String(unicodeScalars.prefix(40).map { $0.value < 0x20 || $0.value == 0x7f ? " " : Character($0) })
    return unicodeScalars.count > 40 ? line + "..." : line
  }
}

extension Path {
  /// Without the numbers of list items: as a schema's place.
  fileprivate var keys: [String] { parts.compactMap { if case .key(let key) = $0 { key } else { nil } } }
}
