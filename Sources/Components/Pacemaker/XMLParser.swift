/// Text that is not the XML of Pacemaker's tools.
package struct InvalidXML: Error, Equatable, CustomStringConvertible {
  /// Counted from 1.
  package let line: Int
  package let reason: String
  package var description: String { "line \(line): \(reason)" }
}

extension XMLNode {
  /// Reads one document: elements, attributes, character data, CDATA, the five named and all numeric references.
  /// Comments, processing instructions and a DOCTYPE without declarations are passed over; entities of a DTD, which
  /// Pacemaker never writes, are refused.
  ///
  /// Own code and not FoundationXML: measured, its libxml2 and the whole Foundation behind it cost more at the start
  /// of each command than all of this tool's own work.
  package init(parsing text: String) throws(InvalidXML) {
    var parser = XMLReader(bytes: Array(text.utf8))
    self = try parser.document()
  }
}

/// Reads bytes; input is UTF-8 by its type.
private struct XMLReader {
  let bytes: [UInt8]
  var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() throws(InvalidXML) -> XMLNode {
    var open: [XMLNode] = []
    while position < bytes.count {
      if starts("<!--") {
        try skip(past: "-->", "a comment")
      } else if starts("<?") {
        try skip(past: "?>", "a processing instruction")
      } else if starts("<![CDATA[") {
        guard !open.isEmpty else { throw failure("text outside the document's element") }
        let begin = position + 9
        try skip(past: "]]>", "a CDATA section")
        open[open.count - 1].text += string(begin..<position - 3)
      } else if starts("<!") {
        try skip(past: ">", "a declaration")
      } else if starts("</") {
        position += 2
        let name = try self.name()
        space()
        try expect(">")
        guard var node = open.popLast() else { throw failure("</\(name)> closes nothing") }
        guard node.name == name else { throw failure("</\(name)> closes <\(node.name)>") }
        node.text = trimmed(node.text)
        if open.isEmpty { return try last(node) }
        open[open.count - 1].children.append(node)
      } else if starts("<") {
        position += 1
        var node = XMLNode(try name())
        let closed = try attributes(of: &node)
        if !closed {
          // Ours go 12 deep; printing, comparing and freeing a tree are recursive.
          guard open.count < 200 else { throw failure("elements are nested too deep") }
          open.append(node)
        } else if open.isEmpty {
          return try last(node)
        } else {
          open[open.count - 1].children.append(node)
        }
      } else {
        let text = try characters(until: UInt8(ascii: "<"))
        if !open.isEmpty {
          open[open.count - 1].text += text
        } else if !trimmed(text).isEmpty {
          throw failure("text outside the document's element")
        }
      }
    }
    throw failure(open.last.map { "<\($0.name)> is not closed" } ?? "there is no element")
  }

  /// Only space and comments may follow the document's element.
  private mutating func last(_ node: XMLNode) throws(InvalidXML) -> XMLNode {
    while true {
      space()
      if starts("<!--") {
        try skip(past: "-->", "a comment")
      } else if position < bytes.count {
        throw failure("something follows </\(node.name)>")
      } else {
        return node
      }
    }
  }

  /// True when the tag closes itself.
  private mutating func attributes(of node: inout XMLNode) throws(InvalidXML) -> Bool {
    while true {
      let before = position
      space()
      if starts("/>") {
        position += 2
        return true
      }
      if starts(">") {
        position += 1
        return false
      }
      guard position > before else { throw failure("a space is missing in <\(node.name)>") }
      let name = try self.name()
      space()
      try expect("=")
      space()
      guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") || bytes[position] == UInt8(ascii: "'") else {
        throw failure("the value of \(name) is not quoted")
      }
      let quote = bytes[position]
      position += 1
      let value = try characters(until: quote)
      guard position < bytes.count else { throw failure("the value of \(name) does not end") }
      position += 1
      guard node[name] == nil else { throw failure("\(name) stands twice in <\(node.name)>") }
      node.attributes.append(XMLNode.Attribute(name: name, value: value))
    }
  }

  /// Character data with its references resolved, up to `end` or the end of the text.
  private mutating func characters(until end: UInt8) throws(InvalidXML) -> String {
    var result: [UInt8] = []
    while position < bytes.count, bytes[position] != end {
      guard bytes[position] == UInt8(ascii: "&") else {
        result.append(bytes[position])
        position += 1
        continue
      }
      let begin = position + 1
      while position < bytes.count, bytes[position] != UInt8(ascii: ";"), position - begin < 12 { position += 1 }
      guard position < bytes.count, bytes[position] == UInt8(ascii: ";"), let scalar = scalar(string(begin..<position)) else {
        throw failure("&\(string(begin..<position)) is no reference that this reader knows")
      }
      position += 1
      result += Array(String(Character(scalar)).utf8)
    }
    return String(decoding: result, as: UTF8.self)
  }

  private func scalar(_ reference: String) -> Unicode.Scalar? {
    switch reference {
    case "amp": "&"
    case "lt": "<"
    case "gt": ">"
    case "quot": "\""
    case "apos": "'"
    case let hex where hex.hasPrefix("#x"): UInt32(hex.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init)
    case let number where number.hasPrefix("#"): UInt32(number.dropFirst()).flatMap(Unicode.Scalar.init)
    default: nil
    }
  }

  private mutating func name() throws(InvalidXML) -> String {
    let begin = position
    while position < bytes.count, isName(bytes[position]) { position += 1 }
    guard position > begin else { throw failure("a name is missing") }
    return string(begin..<position)
  }

  private func isName(_ byte: UInt8) -> Bool {
    (97...122).contains(byte) || (65...90).contains(byte) || (48...58).contains(byte) || byte == 45 || byte == 46 || byte == 95
      || byte >= 128
  }

  private mutating func space() {
    while position < bytes.count, isSpace(bytes[position]) { position += 1 }
  }

  private func starts(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard position + count <= bytes.count else { return false }
    return (0..<count).allSatisfy { bytes[position + $0] == text.utf8Start[$0] }
  }

  private mutating func expect(_ text: StaticString) throws(InvalidXML) {
    guard starts(text) else { throw failure("'\(text)' is missing") }
    position += text.utf8CodeUnitCount
  }

  private mutating func skip(past end: StaticString, _ what: String) throws(InvalidXML) {
    while position < bytes.count {
      if starts(end) {
        position += end.utf8CodeUnitCount
        return
      }
      position += 1
    }
    throw failure("\(what) does not end")
  }

  private func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  private func failure(_ reason: String) -> InvalidXML {
    InvalidXML(line: 1 + bytes[..<min(position, bytes.count)].count { $0 == 10 }, reason: reason)
  }
}

private func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

private func trimmed(_ text: String) -> String {
  let bytes = text.utf8
  guard let first = bytes.firstIndex(where: { !isSpace($0) }), let last = bytes.lastIndex(where: { !isSpace($0) }) else { return "" }
  return String(text[first...last])
}
