/// A file in systemd's syntax (systemd.syntax(7), systemd.service(5)): a unit with its drop-ins, or podman's quadlet.
struct UnitFile: Sendable, Equatable {
  struct Assignment: Sendable, Equatable {
    let section: String
    let key: String
    let value: String
  }

  private let assignments: [Assignment]
  /// Lines that are neither an assignment nor a section nor a comment, as they stand; systemd leaves them out with a warning.
  /// Mostly what follows a line whose backslash is missing.
  let stray: [String]

  init(_ text: String) {
    var assignments: [Assignment] = []
    var stray: [String] = []
    var section = ""
    var pending = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let content = line.trimmed
      // A comment may stand inside a line that is continued, and does not end it.
      if content.first == "#" || content.first == ";" { continue }
      if content.last == "\\" {
        pending += content.dropLast() + " "
        continue
      }
      let whole = (pending + content).trimmed
      pending = ""
      if whole.isEmpty { continue }
      if whole.first == "[", whole.last == "]" {
        section = String(whole.dropFirst().dropLast())
      } else if let equals = whole.firstIndex(of: "="), Self.isKey(whole[..<equals].trimmed) {
        assignments.append(
          Assignment(section: section, key: String(whole[..<equals].trimmed), value: String(whole[whole.index(after: equals)...].trimmed)))
      } else {
        stray.append(String(whole))
      }
    }
    if !pending.trimmed.isEmpty { stray.append(String(pending.trimmed)) }
    self.assignments = assignments
    self.stray = stray
  }

  /// All values of a key that can be given several times; an empty one takes back those before it.
  func values(_ key: String, in section: String? = nil) -> [String] {
    assignments.filter { $0.key == key && (section ?? $0.section) == $0.section }
      .reduce(into: []) { values, assignment in
        if assignment.value.isEmpty { values = [] } else { values.append(assignment.value) }
      }
  }

  /// The last value of a key; nil where it is not set.
  func last(_ key: String) -> String? { assignments.last { $0.key == key }?.value }

  func has(section: String) -> Bool { assignments.contains { $0.section == section } }

  /// The words of a command line or a list, with quotes and backslashes as systemd reads them; nil where a quote is not closed.
  static func words(_ value: String) -> [String]? {
    var words: [String] = []
    var word: String?
    var quote: Character?
    var rest = value[...]
    while let character = rest.popFirst() {
      switch character {
      case "\\":
        guard let next = rest.popFirst() else { return nil }
        let known: [Character: String] = ["n": "\n", "t": "\t", "s": " ", "\\": "\\", "\"": "\"", "'": "'"]
        word = (word ?? "") + (known[next] ?? "\\\(next)")
      case "\"", "'":
        if quote == character {
          quote = nil
        } else if quote == nil {
          quote = character
          word = word ?? ""
        } else {
          word = (word ?? "") + String(character)
        }
      case _ where character.isWhitespace && quote == nil:
        if let done = word { words.append(done) }
        word = nil
      default: word = (word ?? "") + String(character)
      }
    }
    if let word { words.append(word) }
    return quote == nil ? words : nil
  }

  /// A directive's name: letters, digits and hyphens, a letter first. `--mount=...` on a line of its own is none.
  private static func isKey(_ text: Substring) -> Bool {
    guard let first = text.first, first.isLetter else { return false }
    return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
  }
}

extension StringProtocol {
  /// Without white space at its ends.
  var trimmed: SubSequence {
    guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else {
      return self[startIndex..<startIndex]
    }
    return self[first...last]
  }
}
