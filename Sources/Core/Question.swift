/// What a component wants to know of a node: the script that asks, how long it may take, and how its answer is read. The
/// three are one value, so that an answer cannot be read by another question's parser.
///
/// Its script only reads. That is a rule of this project and not a property of the type: a few questions do more than read
/// files (they flush a disk's buffers, ask a fencing device, look for an address on the network), and docs/architecture.md
/// names them.
package struct Question<Facts: Sendable>: Sendable {
  package let script: Script
  /// Seconds. A script that takes longer is stopped on the node, and the question fails with an error that says so.
  package let limit: Int
  /// Throws `UnreadableAnswer` where the answer is cut off or is not as the parser knows it.
  package let read: @Sendable (Answer) throws -> Facts

  package init(_ script: Script, limit: Int = 30, read: @escaping @Sendable (Answer) throws -> Facts) {
    self.script = script
    self.limit = limit
    self.read = read
  }

  /// `resource` is the embedded script, `name` its file's name without `.sh`.
  package init(
    _ name: String, _ resource: [UInt8], _ variables: KeyValuePairs<String, Text> = [:], limit: Int = 30,
    read: @escaping @Sendable (Answer) throws -> Facts
  ) {
    self.init(Script(name, resource, variables), limit: limit, read: read)
  }

  /// A question that is asked only where there is one: nil is read as nil, and nothing is sent for it.
  package init<Wrapped: Sendable>(optional question: Question<Wrapped>?) where Facts == Wrapped? {
    if let question {
      self.init(question.script, limit: question.limit) { try question.read($0) }
    } else {
      self.init(.nothing) { _ in nil }
    }
  }
}

extension Question where Facts == Answer {
  /// One whose answer is taken as it is.
  package init(_ script: Script, limit: Int = 30) { self.init(script, limit: limit) { $0 } }

  /// The same of an embedded script.
  package init(_ name: String, _ resource: [UInt8], _ variables: KeyValuePairs<String, Text> = [:], limit: Int = 30) {
    self.init(Script(name, resource, variables), limit: limit)
  }
}

extension Question {
  /// What is sent to the node.
  package var inquiry: Inquiry { Inquiry(script: script, limit: limit) }
}

/// A question as a transport sees it: what is run, and for how long it may run.
package struct Inquiry: Sendable, Equatable {
  package let script: Script
  /// Seconds.
  package let limit: Int

  package init(script: Script, limit: Int) {
    self.script = script
    self.limit = limit
  }
}

/// What the node said.
package struct Answer: Sendable, Equatable {
  private let raw: String
  private let mark: String
  /// The script's standard error: what its tools complained of. Never part of the answer itself.
  package let errors: String
  /// The script's exit status.
  package let status: Int32
  /// The answer cut into its sections. A script begins each with `section NAME`; what stands before the first belongs to the
  /// section "". Sections keep their lines as they are, without the last newline.
  package let sections: [String: String]

  /// `mark` is what a line that begins a section starts with, before its name. A transport gives each answer a mark that no
  /// file on the node can contain, because the mark is random and younger than the files.
  package init(_ output: String, errors: String = "", status: Int32 = 0, mark: String = Self.plainMark) {
    raw = output
    self.mark = mark
    self.errors = errors
    self.status = status
    sections = Self.sections(of: output, mark: mark)
  }

  /// The script's standard output, with "== " for the mark of its sections.
  package var output: String { mark == Self.plainMark ? raw : raw.replacing(mark, with: Self.plainMark) }

  package static func == (left: Answer, right: Answer) -> Bool {
    left.status == right.status && left.errors == right.errors && left.sections == right.sections && left.output == right.output
  }

  /// How a section's first line starts where nothing else was agreed upon: in what a script prints without a transport.
  package static let plainMark = "== "

  /// The last of what it said, for an error that has to show it: its complaints, or else its answer.
  package var said: String {
    let words = errors.allSatisfy(\.isWhitespace) ? output : errors
    return String(words.suffix(300))
  }

  private static func sections(of output: String, mark: String) -> [String: String] {
    var result: [String: String] = [:]
    var name = ""
    var lines: [Substring] = []
    func close() { result[name] = lines.joined(separator: "\n") }
    for line in output.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix(mark) {
        close()
        name = String(line.dropFirst(mark.count))
        lines = []
      } else {
        lines.append(line)
      }
    }
    if lines.last == "" { lines.removeLast() }
    close()
    return result
  }
}

/// An answer that its component cannot read.
package struct UnreadableAnswer: Error, CustomStringConvertible {
  package let description: String
  package init(_ question: String, _ reason: String) { description = printable("cannot read the answer to '\(question)': \(reason)") }
}

/// `KEY=VALUE` lines of a section, as `systemctl show` and the probes print them; of a key that comes twice, the last.
package func keyValues(_ text: String) -> [String: String] {
  var result: [String: String] = [:]
  for line in text.split(separator: "\n") {
    guard let equals = line.firstIndex(of: "=") else { continue }
    result[String(line[..<equals])] = String(line[line.index(after: equals)...])
  }
  return result
}
