import Core

/// The text that goes to a node's `sh` and the reading of what comes back.
///
/// All of it is one brace group: the shell has read the last line before it runs the first, so that a connection lost
/// while the text is under way runs nothing. Each script runs in a shell of its own under timeout(1), which reads it from a
/// pipe: neither it nor its values are in any argument list, environment or file.
enum Wire {
  /// `run INDEX LIMIT TEXT`: the script TEXT, stopped after LIMIT seconds with all that it has started. Returns the shell's status.
  private static let prologue = """
    {
    export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
    functions=\(shellQuoted(Script.functions))
    run() { printf '%s\\n' "$functions" "$2" 8>&- | timeout -k \(patience) "$1" sh -s 8>&-; }

    """

  /// Seconds between the request to end and the kill.
  private static let patience = 5

  /// A script as a text for a shell of its own, which says its status to `standard output` and, for questions, also to `standard error`.
  private static func text(_ script: String, then end: String) -> String {
    shellQuoted("{\n\(script)status=$?\n\(end)\n}")
  }

  /// Scripts for which everything goes on whatever the others return. After each, on both streams, a line `mark INDEX STATUS`,
  /// or `mark INDEX ended STATUS` where its shell has ended without that: killed, or stopped by its limit.
  static func questions(_ inquiries: [Inquiry], mark: String, reveal: (SecretName) throws -> String) rethrows -> String {
    var text = prologue + "printf '%s begin\\n' \(mark) >&2\n"
    text += "ended() { printf '\\n%s %d ended %d\\n' \(mark) \"$1\" \"$2\"; printf '\\n%s %d ended %d\\n' \(mark) \"$1\" \"$2\" >&2; }\n"
    for (index, inquiry) in inquiries.enumerated() {
      let script = "section_mark='\(mark) section '\n" + (try inquiry.script.rendered(reveal))
      let line = "printf '\\n%s %d %d\\n' \(mark) \(index) $status"
      text += "run \(inquiry.limit) \(Self.text(script, then: "\(line); \(line) >&2; exit 0")) || ended \(index) $?\n"
    }
    return text + "}\n"
  }

  /// One script, without marks and without a limit, for a reader that takes its lines as they come.
  static func alone(_ script: Script, reveal: (SecretName) throws -> String) rethrows -> String {
    try "{\nexport LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin\n" + Script.functions + script.rendered(reveal) + "}\n"
  }

  /// What a shell printed on one stream for one question, and how it ended.
  struct Part: Equatable {
    let text: String
    let end: End

    enum End: Equatable {
      case status(Int32)
      /// The status of the script's shell, which did not live to tell the script's.
      case killed(Int32)
    }
  }

  /// Cuts what came back on one stream at the marks; nil where it is not complete.
  static func parts(_ output: String, count: Int, mark: String) -> [Part]? {
    var rest = Substring(output)
    var parts: [Part] = []
    for index in 0..<count {
      guard let found = rest.firstRange(of: "\n\(mark) \(index) ") else { return nil }
      let tail = rest[found.upperBound...]
      guard let end = tail.firstIndex(of: "\n"), let status = tail[..<end].split(separator: " ").last.flatMap({ Int32($0) })
      else { return nil }
      parts.append(Part(text: String(rest[..<found.lowerBound]), end: tail.hasPrefix("ended ") ? .killed(status) : .status(status)))
      rest = tail[tail.index(after: end)...]
    }
    return parts
  }

  /// What stands between a stream's first line, before which only ssh and sudo have spoken, and its end.
  static func own(_ errors: String, mark: String) -> String {
    errors.firstRange(of: "\(mark) begin\n").map { String(errors[$0.upperBound...]) } ?? errors
  }

  /// Scripts one after the other; a line before and after each; the first failure ends it. The end of the connection does, too,
  /// but not in the middle of a script: hold-lock.sh waits until that script has ended, as long as file 8 is open here.
  static func steps(_ steps: [Step], mark: String, reveal: (SecretName) throws -> String) rethrows -> String {
    var text = prologue + "if [ -w /run/pmm-ha ]; then exec 8>>/run/pmm-ha/work; flock -s 8; fi\n"
    for (index, step) in steps.enumerated() {
      let script = try step.script.rendered(reveal)
      let inner = Self.text(script, then: "printf '\\n%s end %d %d\\n' \(mark) \(index) $status; [ $status = 0 ] || exit 99; exit 0")
      text += """
        printf '%s begin %d\\n' \(mark) \(index) || exit 1
        run \(step.limit) \(inner) 2>&1 || { status=$?; [ $status = 99 ] || printf '\\n%s ended %d %d\\n' \(mark) \(index) $status; exit 0; }

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
