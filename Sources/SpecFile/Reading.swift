import Yams

/// What the YAML itself is wrong in.
package struct UnreadableYAML: Error, Equatable {
  package let position: Position
  package let message: String
  /// A sentence: what to do.
  package let hint: String
}

extension Tree {
  /// Reads YAML. Keys that stand twice are kept, with `duplicateOf`, so that they are reported with all else.
  package init(yaml text: String) throws(UnreadableYAML) {
    try Self.checkBounds(text)
    // Yams gives up at the first key that stands twice. So the first one is renamed, by its first character and
    // without moving anything, and the text is read again; afterwards it gets its name back.
    var text = text
    for round in 0..<100 {
      do throws(ReadingFailure) {
        self = try Self.read(text)
        return
      } catch {
        switch error {
        case .unreadable(let problem): throw problem
        case .duplicate(let position):
          guard let renamed = Self.hidingKey(at: position, in: text, round) else {
            throw UnreadableYAML(position: position, message: "a key stands twice here", hint: "Keep one of them.")
          }
          text = renamed
        }
      }
    }
    throw UnreadableYAML(position: Position(line: 1, column: 1), message: "more than 100 keys stand twice", hint: "Keep one of each.")
  }

  /// Keeps the recursion of the readers, here and below, within any stack.
  private static func checkBounds(_ text: String) throws(UnreadableYAML) {
    var (line, column, open) = (1, 0, 0)
    for character in text.unicodeScalars {
      column += 1
      if character == "\n" { (line, column) = (line + 1, 0) }
      if character == "[" || character == "{" { open += 1 }
      if character == "]" || character == "}" { open = max(0, open - 1) }
      if column > 1000 || open > 100 || line > 20_000 {
        throw UnreadableYAML(
          position: Position(line: line, column: column),
          message: line > 20_000
            ? "the file is longer than 20000 lines" : column > 1000 ? "the line is too long" : "this is nested too deeply",
          hint: "A spec is a short file: is this the right one?")
      }
    }
  }

  fileprivate enum ReadingFailure: Error {
    case unreadable(UnreadableYAML)
    case duplicate(Position)
  }

  private static func read(_ text: String) throws(ReadingFailure) -> Tree {
    do {
      // No resolver: what a scalar means is the schema's business.
      guard let node = try Parser(yaml: text, resolver: .basic).singleRoot() else {
        return Tree(.object([]), at: Position(line: 1, column: 1))
      }
      var budget = 20_000
      guard let tree = Tree(node, budget: &budget) else {
        throw ReadingFailure.unreadable(
          UnreadableYAML(position: Position(node.mark), message: "aliases blow the file up", hint: "Write the values out."))
      }
      return tree
    } catch let error as ReadingFailure {
      throw error
    } catch let error as YamlError {
      throw ReadingFailure(of: error, in: text)
    } catch {
      throw ReadingFailure.unreadable(
        UnreadableYAML(position: Position(line: 1, column: 1), message: "this is not YAML: \(error)", hint: "Compare with pmm-ha init."))
    }
  }

  /// nil when the budget of values is used up: aliases can stand for any number of copies.
  private init?(_ node: Node, budget: inout Int) {
    budget -= 1
    guard budget > 0 else { return nil }
    let position = Position(node.mark)
    switch node {
    case .scalar(let scalar):
      self.init(.scalar(scalar.string, quoted: scalar.style != .plain && scalar.style != .any), at: position)
    case .sequence(let sequence):
      var items: [Tree] = []
      for item in sequence {
        guard let tree = Tree(item, budget: &budget) else { return nil }
        items.append(tree)
      }
      self.init(.list(items), at: position)
    case .mapping(let mapping):
      var entries: [Entry] = []
      for (key, value) in mapping {
        guard let tree = Tree(value, budget: &budget) else { return nil }
        let name = Self.shown(key.scalar?.string ?? "(not a name)")
        let twin = entries.last { $0.key == name }?.position
        entries.append(Entry(name, at: Position(key.mark), tree, duplicateOf: twin))
      }
      self.init(.object(entries), at: position)
    case .alias:
      return nil
    }
  }

  /// U+F0000 and up, of a private use area, stand for the first character of a hidden key: 128 of them in each round.
  private static let hiding: UInt32 = 0xF0000

  private static func hidingKey(at position: Position, in text: String, _ round: Int) -> String? {
    var scalars = Array(text.unicodeScalars)
    var (line, index) = (1, 0)
    while line < position.line, index < scalars.count {
      if scalars[index] == "\n" { line += 1 }
      index += 1
    }
    index += position.column - 1
    if scalars.indices.contains(index), scalars[index] == "\"" || scalars[index] == "'" { index += 1 }
    guard scalars.indices.contains(index), scalars[index].value < 0x80, scalars[index].value > 0x20,
      let hidden = Unicode.Scalar(hiding + UInt32(round) * 128 + scalars[index].value)
    else { return nil }
    scalars[index] = hidden
    var result = ""
    result.unicodeScalars.append(contentsOf: scalars)
    return result
  }

  private static func shown(_ key: String) -> String {
    guard let first = key.unicodeScalars.first, (hiding..<hiding + 100 * 128).contains(first.value),
      let shown = Unicode.Scalar((first.value - hiding) % 128)
    else { return key }
    return String(Character(shown)) + String(key.unicodeScalars.dropFirst())
  }
}

extension Position {
  fileprivate init(_ mark: Mark?) { self.init(line: mark?.line ?? 1, column: mark?.column ?? 1) }
}

extension Tree.ReadingFailure {
  init(of error: YamlError, in text: String) {
    let hint = "Look for a missing ':', quote, bracket or space there and in the line before."
    switch error {
    case .duplicatedKeysInMapping(_, let context): self = .duplicate(Position(context.mark))
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let where_ = context.map { " \($0.text) (line \($0.mark.line))" } ?? ""
      self = .unreadable(UnreadableYAML(position: Position(mark), message: "this is not YAML: \(problem)\(where_)", hint: hint))
    case .reader(let problem, let offset, _, _):
      let before = text.prefix(offset ?? 0)
      let line = before.count { $0.isNewline } + 1
      let column = before.reversed().prefix { !$0.isNewline }.count + 1
      self = .unreadable(
        UnreadableYAML(
          position: Position(line: line, column: column), message: "this is not YAML: \(problem)", hint: "Remove the character."))
    default:
      self = .unreadable(UnreadableYAML(position: Position(line: 1, column: 1), message: "this is not YAML: \(error)", hint: hint))
    }
  }
}
