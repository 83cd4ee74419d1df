/// Where a corosync.conf cannot be read.
package struct InvalidCorosyncConf: Error, Equatable, CustomStringConvertible {
  /// Counted from 1.
  package let line: Int
  package let reason: String
  package var description: String { "line \(line): \(reason)" }
}

extension CorosyncConf {
  /// Reads a file as Corosync's coroparse.c does, and a little more kindly: line by line; `#` begins a comment only at
  /// the start of a line; white space around names, colons and braces is free; a line of anything else is ignored.
  package init(parsing text: String) throws(InvalidCorosyncConf) {
    var open = [Section("")]
    var number = 0
    // Not by Character: a line that ends in CR LF would be one of them.
    for line in text.unicodeScalars.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" }) {
      number += 1
      let line = trimmed(line)
      if line.isEmpty || line.first == "#" { continue }
      if line.last == "{" {
        let name = trimmed(line.dropLast())
        guard !name.isEmpty else { throw InvalidCorosyncConf(line: number, reason: "'{' without a name before it") }
        // Deeper than any real one; Corosync itself ends at 10.
        guard open.count <= 16 else { throw InvalidCorosyncConf(line: number, reason: "sections are nested too deep") }
        open.append(Section(String(Substring(name))))
      } else if line.first == "}" {
        guard open.count > 1 else { throw InvalidCorosyncConf(line: number, reason: "'}' closes nothing") }
        let closed = open.removeLast()
        open[open.count - 1].sections.append(closed)
      } else if let colon = line.firstIndex(of: ":") {
        let value = Value(String(Substring(trimmed(line[..<colon]))), String(Substring(trimmed(line[line.index(after: colon)...]))))
        if open.count > 1, !value.key.isEmpty { open[open.count - 1].values.append(value) }
      }
    }
    guard open.count == 1 else { throw InvalidCorosyncConf(line: number, reason: "'\(open[open.count - 1].name) {' is not closed") }
    self.init(sections: open[0].sections)
  }
}

private func trimmed(_ line: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView {
  let space: (Unicode.Scalar) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\u{0B}" || $0 == "\u{0C}" }
  guard let first = line.firstIndex(where: { !space($0) }), let last = line.lastIndex(where: { !space($0) }) else {
    return line[line.endIndex...]
  }
  return line[first...last]
}
