import Core

/// The text that goes to a node's `sh` and the reading of what comes back.
///
/// All of it is one brace group: the shell has read the last line before it runs the first, so that a connection lost
/// while the text is under way runs nothing.
enum Wire {
  private static let prologue = "{\nexport LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin\n" + Script.functions

  /// Scripts for which everything goes on whatever the others return; after each a line `mark INDEX STATUS`.
  static func questions(_ questions: [Question], mark: String, reveal: (SecretName) throws -> String) rethrows -> String {
    var text = prologue
    for (index, question) in questions.enumerated() {
      text += try question.script.rendered(reveal).dropLast() + " 2>&1\nprintf '\\n%s %d %d\\n' \(mark) \(index) $?\n"
    }
    return text + "}\n"
  }

  /// One script, without marks, for who reads its lines as they come.
  static func alone(_ question: Question, reveal: (SecretName) throws -> String) rethrows -> String {
    try prologue + question.script.rendered(reveal) + "}\n"
  }

  /// Cuts what came back at the marks; nil where the answer is not complete.
  static func answers(_ output: String, count: Int, mark: String) -> [Answer]? {
    var rest = Substring(output)
    var answers: [Answer] = []
    for index in 0..<count {
      let line = "\n\(mark) \(index) "
      guard let found = rest.firstRange(of: line) else { return nil }
      let text = rest[..<found.lowerBound]
      let tail = rest[found.upperBound...]
      guard let end = tail.firstIndex(of: "\n"), let status = Int32(tail[..<end]) else { return nil }
      answers.append(Answer(String(text), status: status))
      rest = tail[tail.index(after: end)...]
    }
    return answers
  }

  /// Scripts one after the other; a line before and after each; the first failure ends it. So does the end of whoever
  /// listens, but not in the middle of a script: hold-lock.sh waits for that one, as long as file 8 is open here.
  static func steps(_ steps: [Step], mark: String, reveal: (SecretName) throws -> String) rethrows -> String {
    var text = prologue + "if [ -w /run/pmm-ha ]; then exec 8>>/run/pmm-ha/work; flock -s 8; fi\n"
    for (index, step) in steps.enumerated() {
      let script = try step.script.rendered(reveal).dropLast()
      text += """
        printf '%s begin %d\\n' \(mark) \(index) || exit 1
        \(script) 2>&1 8>&-
        status=$?; printf '\\n%s end %d %d\\n' \(mark) \(index) $status; [ $status = 0 ] || exit 0

        """
    }
    return text + "}\n"
  }
}

extension Step {
  /// The script that does it. A copied key travels as base64, everything else as text.
  var script: Script {
    switch action {
    case .run(let script): return script
    case .remove(let path): return Script("remove-file", PackageResources.remove_file_sh, ["FILE": Text(path)])
    case .write(let file):
      let copied = file.content.pieces.count == 1 && file.content.secrets.first?.file != nil
      return Script(
        "write-file", PackageResources.write_file_sh,
        [
          "FILE": Text(file.path), "MODE": Text(String(file.mode, radix: 8)), "OWNER": Text(file.owner),
          "ENCODING": copied ? "base64" : "text", "CONTENT": file.content,
        ])
    }
  }
}
