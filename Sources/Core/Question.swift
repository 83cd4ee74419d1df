/// What a component wants to know of a node. Its script only reads: the survey hands questions to something that
/// can ask and cannot act.
package struct Question: Sendable, Equatable {
  package let script: Script
  package init(_ script: Script) { self.script = script }
  package init(_ name: String, _ resource: [UInt8], _ variables: KeyValuePairs<String, Text> = [:]) {
    script = Script(name, resource, variables)
  }
}

/// What the node said.
package struct Answer: Sendable, Equatable {
  /// The script's standard output and error, mixed as they came.
  package let output: String
  /// The script's exit status.
  package let status: Int32

  package init(_ output: String, status: Int32 = 0) {
    self.output = output
    self.status = status
  }

  /// The answer cut into its sections. A script separates them by lines `== NAME`, and what stands before the first
  /// such line belongs to the section "". Sections keep their lines as they are, without the last newline.
  package var sections: [String: String] {
    var result: [String: String] = [:]
    var name = ""
    var lines: [Substring] = []
    func close() { result[name] = lines.joined(separator: "\n") }
    for line in output.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("== ") {
        close()
        name = String(line.dropFirst(3))
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
  package init(_ question: String, _ reason: String) { description = "cannot read the answer to '\(question)': \(reason)" }
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
