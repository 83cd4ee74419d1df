/// Where something stands in a file; line and column count from 1, columns in Unicode scalars.
package struct Position: Hashable, Sendable, Codable, Comparable {
  package let line: Int
  package let column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  package static func < (left: Position, right: Position) -> Bool { (left.line, left.column) < (right.line, right.column) }
}

/// A value of a YAML file with its position. Scalars keep their text as it was written; what it means depends on the
/// schema, so that `tag: 3.10` stays `3.10`.
package struct Tree: Sendable, Equatable {
  package var content: Content
  package let position: Position

  package enum Content: Sendable, Equatable {
    /// `quoted`: written with quotes or as a block, so that it is text whatever it looks like.
    case scalar(String, quoted: Bool)
    case list([Tree])
    case object([Entry])
  }

  /// A key and its value.
  package struct Entry: Sendable, Equatable {
    package let key: String
    package let position: Position
    package var value: Tree
    /// Where the same key stands before, in the same object.
    package var duplicateOf: Position?

    package init(_ key: String, at position: Position, _ value: Tree, duplicateOf: Position? = nil) {
      self.key = key
      self.position = position
      self.value = value
      self.duplicateOf = duplicateOf
    }
  }

  package init(_ content: Content, at position: Position) {
    self.content = content
    self.position = position
  }

  /// A key's value; nil where there is none or this is no object.
  package subscript(_ key: String) -> Tree? { entries.first { $0.key == key }?.value }

  /// An item of a list; nil where there is none or this is no list.
  package subscript(_ index: Int) -> Tree? { items.indices.contains(index) ? items[index] : nil }

  /// Without the key that `path` leads to; unchanged where there is none.
  package func removing(_ path: Path) -> Tree {
    guard let part = path.parts.first else { return self }
    let rest = Path(Array(path.parts.dropFirst()))
    var result = self
    switch (part, content) {
    case (.key(let key), .object(let entries)):
      result.content = .object(
        entries.compactMap { entry in
          guard entry.key == key else { return entry }
          if rest.parts.isEmpty { return nil }
          var entry = entry
          entry.value = entry.value.removing(rest)
          return entry
        })
    case (.item(let index), .list(var items)) where items.indices.contains(index):
      items[index] = items[index].removing(rest)
      result.content = .list(items)
    default: break
    }
    return result
  }

  /// Empty where this is no object.
  package var entries: [Entry] { if case .object(let entries) = content { entries } else { [] } }

  /// Empty where this is no list.
  package var items: [Tree] { if case .list(let items) = content { items } else { [] } }

  /// A scalar's text; nil for lists, objects and YAML's null (nothing, `~`, `null`).
  package var text: String? {
    guard case .scalar(let text, let quoted) = content, quoted || !Self.nulls.contains(text) else { return nil }
    return text
  }

  /// A whole number, not quoted.
  package var integer: Int? { if case .scalar(let text, false) = content { Int(text) } else { nil } }

  /// `true` or `false`, not quoted. YAML 1.1's `yes` and `on` are text.
  package var boolean: Bool? { if case .scalar(let text, false) = content { Bool(text) } else { nil } }

  package var isNull: Bool { if case .scalar(let text, false) = content { Self.nulls.contains(text) } else { false } }

  private static let nulls: Set = ["", "~", "null", "Null", "NULL"]
}

/// The way from the root of a file to a value.
package struct Path: Hashable, Sendable {
  package enum Part: Hashable, Sendable {
    case key(String)
    case item(Int)
  }
  package var parts: [Part]

  package init(_ parts: [Part] = []) { self.parts = parts }
  package init(_ keys: String...) { parts = keys.map { .key($0) } }

  package static func / (path: Path, key: String) -> Path { Path(path.parts + [.key(key)]) }
  package static func / (path: Path, item: Int) -> Path { Path(path.parts + [.item(item)]) }

  /// Whether it leads to `other` or into it.
  package func isInside(_ other: Path) -> Bool { parts.starts(with: other.parts) }

  /// As people read it: `nodes/pmm1/ssh/port`. A list's item goes by its own `name` or `node`, else by its index.
  package func description(in root: Tree) -> String {
    var tree: Tree? = root
    return parts.map { part in
      switch part {
      case .key(let key):
        tree = tree?[key]
        return key
      case .item(let index):
        tree = tree?[index]
        return tree?["name"]?.text ?? tree?["node"]?.text ?? String(index)
      }
    }.joined(separator: "/")
  }

  /// The way that `description` tells of.
  package init(description: String, in root: Tree) {
    var tree: Tree? = root
    parts = description.split(separator: "/").map(String.init).map { name in
      if let items = tree?.items, !items.isEmpty {
        let index = items.firstIndex { ($0["name"] ?? $0["node"])?.text == name } ?? Int(name) ?? items.count
        tree = tree?[index]
        return .item(index)
      }
      tree = tree?[name]
      return .key(name)
    }
  }

  /// Where it leads to; where a part is missing, the last thing that is there. A key's own position, not its value's.
  package func position(in root: Tree) -> Position {
    var tree = root
    var position = root.position
    for part in parts {
      switch part {
      case .key(let key):
        guard let entry = tree.entries.last(where: { $0.key == key }) else { return position }
        (tree, position) = (entry.value, entry.position)
      case .item(let index):
        guard let item = tree[index] else { return position }
        (tree, position) = (item, item.position)
      }
    }
    return position
  }
}
