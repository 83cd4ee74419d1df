import Core

/// A unit that somebody wrote for PMM's container, as systemd.service(5) and podman-run(1) read it: as far as a runbook goes.
struct Unit: Sendable, Equatable {
  /// The file and its drop-ins, one after the other.
  let text: String
  /// The unit's environment, the files that override it included.
  let environment: [String: String]
  /// Of its environment files, the first.
  let environmentFile: String?

  /// `files`: what stands in the files that it names.
  init(_ text: String, files: [String: String]) {
    self.text = text
    var environment: [String: String] = [:]
    var found: [String] = []
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      if line.hasPrefix("Environment=") {
        let pair = line.dropFirst(12).filter { $0 != "\"" }.split(separator: "=", maxSplits: 1)
        if pair.count == 2 { environment[String(pair[0])] = String(pair[1]) }
      } else if line.hasPrefix("EnvironmentFile=") {
        found.append(String(line.dropFirst(16).drop { $0 == "-" }))
      }
    }
    for file in found { environment.merge(settings(files[file] ?? "")) { $1 } }
    self.environment = environment
    environmentFile = found.first
  }

  /// The last value of a directive; nil where it is not set.
  subscript(_ directive: String) -> String? {
    text.split(separator: "\n").last { $0.hasPrefix(directive + "=") }.map { String($0.dropFirst(directive.count + 1)) }
  }

  /// ExecStart's words with the environment put in.
  var command: [String] {
    let lines = text.replacing("\\\n", with: " ")
    guard let line = lines.split(separator: "\n").last(where: { $0.hasPrefix("ExecStart=") && $0.count > 10 }) else { return [] }
    return line.dropFirst(10).split(separator: " ").map { word in
      environment.reduce(String(word)) { $0.replacing("${\($1.key)}", with: $1.value).replacing("$\($1.key)", with: $1.value) }
    }
  }

  /// The directory that becomes the container's /srv.
  var volume: String? {
    for (index, word) in command.enumerated() {
      let value = option(["--mount"], word, index)
      if let value, value.contains("dst=/srv") || value.contains("target=/srv") || value.contains("destination=/srv") {
        for part in value.split(separator: ",") where part.hasPrefix("src=") || part.hasPrefix("source=") {
          return part.split(separator: "=", maxSplits: 1).last.map { plain(String($0)) }
        }
      }
      if let value = option(["-v", "--volume"], word, index) {
        let parts = value.split(separator: ":")
        if parts.count > 1, parts[1] == "/srv" { return plain(String(parts[0])) }
      }
    }
    return nil
  }

  /// The published port of the node.
  var port: String? {
    for (index, word) in command.enumerated() {
      guard let value = option(["-p", "--publish"], word, index) else { continue }
      let parts = value.split(separator: ":").map(String.init)
      if parts.count > 1 { return parts[parts.count - 2] }
    }
    return nil
  }

  /// podman's --env-file.
  var podmanFile: String? { command.enumerated().compactMap { option(["--env-file"], $1, $0) }.first }

  /// `IMAGE:TAG`, the last word that is no option.
  var image: (name: String, tag: String)? {
    guard let word = command.last, let colon = word.lastIndex(of: ":"), word.contains("/"), !word.hasPrefix("-") else { return nil }
    return (String(word[..<colon]), String(word[word.index(after: colon)...]))
  }

  /// It cannot start where nothing is mounted.
  var needsMount: Bool {
    ["AssertPathIsMountPoint", "ConditionPathIsMountPoint"].contains { self[$0]?.isEmpty == false }
  }

  private func option(_ names: [String], _ word: String, _ index: Int) -> String? {
    for name in names {
      if word == name, index + 1 < command.count { return command[index + 1] }
      if word.hasPrefix(name + "=") { return String(word.dropFirst(name.count + 1)) }
    }
    return nil
  }
}

/// A path without a slash at its end.
func plain(_ path: String) -> String { path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path }

/// `KEY=value` lines, comments left out.
func settings(_ text: String) -> [String: String] {
  keyValues(text.split(separator: "\n").filter { !$0.hasPrefix("#") }.joined(separator: "\n")).mapValues { $0.filter { $0 != "\"" } }
}
