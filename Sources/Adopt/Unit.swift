import Core

/// A unit that somebody wrote for PMM's container, or podman's quadlet made: what of it a spec needs to know.
struct Unit: Sendable, Equatable {
  /// The file and its drop-ins, one after the other.
  let text: String
  /// The unit's environment, the files that override it included.
  let environment: [String: String]
  /// Of its environment files, the first.
  let environmentFile: String?
  /// What it runs; nil where that is no `podman run`.
  let command: PodmanCommand?
  /// What of it cannot be read, in words: its line is named.
  let unreadable: [String]
  private let file: UnitFile

  /// Where /srv of the container comes from.
  enum Volume: Sendable, Equatable, CustomStringConvertible {
    /// A directory of the node, without a slash at its end.
    case directory(String)
    /// A volume that podman keeps below its own storage.
    case named(String)
    /// A volume that podman makes anew for each container.
    case anonymous

    var description: String {
      switch self {
      case .directory(let path): path
      case .named(let name): "podman's volume \(name)"
      case .anonymous: "a volume without a name, which is new for each container"
      }
    }
  }

  /// `files`: what stands in the files that it names.
  init(_ text: String, files: [String: String]) {
    self.text = text
    let file = UnitFile(text)
    self.file = file
    var unreadable = file.stray.map { "'\($0)' is no assignment (is the backslash missing at the end of the line before it?)" }
    var environment: [String: String] = [:]
    for value in file.values("Environment", in: "Service") + file.values("Environment", in: "") {
      for pair in UnitFile.words(value) ?? [] {
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2 { environment[String(parts[0])] = Self.specified(String(parts[1])) }
      }
    }
    let paths = (file.values("EnvironmentFile", in: "Service") + file.values("EnvironmentFile", in: "")).map {
      Self.specified(String($0.drop { $0 == "-" }))
    }
    for path in paths { environment.merge(settings(files[path] ?? "")) { $1 } }
    self.environment = environment
    environmentFile = paths.first
    var command: PodmanCommand?
    if let line = file.values("ExecStart").last {
      let (words, unset) = Self.expanded(line, environment)
      unreadable += unset.map { "\($0) is set nowhere" }
      command = words.flatMap { PodmanCommand($0) }
      if command == nil, !text.isEmpty { unreadable.append("'ExecStart=\(line.prefix(80))' runs no container from an image") }
    } else if file.has(section: "Container") {
      command = Self.quadlet(file, environment)
    }
    self.command = command
    self.unreadable = unreadable
  }

  /// The last value of a directive; nil where it is not set.
  subscript(_ directive: String) -> String? { file.last(directive) }

  /// What becomes the container's /srv; nil where nothing is said of it.
  var volume: Volume? {
    guard let command else { return nil }
    func source(_ text: String) -> Volume { text.hasPrefix("/") ? .directory(plain(text)) : .named(text) }
    for mount in command.mounts {
      let pairs = mount.split(separator: ",").map {
        $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      }
      func value(_ names: [String]) -> String? { pairs.first { names.contains($0[0]) && $0.count == 2 }?[1] }
      guard value(["dst", "target", "destination"]).map(plain) == "/srv" else { continue }
      return value(["src", "source"]).map(source) ?? .anonymous
    }
    for volume in command.volumes {
      let parts = volume.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      if parts.count == 1, plain(parts[0]) == "/srv" { return .anonymous }
      if parts.count > 1, plain(parts[1]) == "/srv" { return source(parts[0]) }
    }
    return nil
  }

  /// The port of the node that is published as PMM's HTTPS.
  var port: String? {
    let all = (command?.ports ?? []).compactMap { text -> (own: String, inside: String)? in
      let parts = text.prefix { $0 != "/" }.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      return parts.count > 1 && !parts[parts.count - 2].isEmpty ? (parts[parts.count - 2], parts[parts.count - 1]) : nil
    }
    return (all.first { ["443", "8443"].contains($0.inside) } ?? all.first { !["80", "8080"].contains($0.inside) })?.own
  }

  /// podman's --env-file.
  var podmanFile: String? { command?.environmentFiles.first }

  /// The image that it names; nil where there is none, or podman itself could not read it.
  var image: ImageReference? { command?.image.flatMap(ImageReference.init) }

  /// It cannot start where nothing is mounted.
  var needsMount: Bool {
    ["AssertPathIsMountPoint", "ConditionPathIsMountPoint"].contains { self[$0]?.isEmpty == false }
  }

  /// ExecStart's words with specifiers and the environment put in, by systemd's rules; and the variables that are set nowhere,
  /// which stay as they are written. Nil where a quote is not closed.
  private static func expanded(_ line: String, _ environment: [String: String]) -> (words: [String]?, unset: [String]) {
    guard let words = UnitFile.words(line) else { return (nil, []) }
    var unset: [String] = []
    var result: [String] = []
    for (index, word) in words.enumerated() {
      let word = specified(index == 0 ? String(word.drop { "-@:+!|".contains($0) }) : word)
      if word.first == "$", word.dropFirst().allSatisfy(isName), word.count > 1 {
        // `$NAME` alone becomes as many words as it holds.
        if let value = environment[String(word.dropFirst())] {
          result += UnitFile.words(value) ?? [value]
        } else {
          unset.append(word)
          result.append(word)
        }
        continue
      }
      var text = ""
      var rest = word[...]
      while let start = rest.range(of: "${"), let end = rest[start.upperBound...].firstIndex(of: "}") {
        let name = String(rest[start.upperBound..<end])
        if environment[name] == nil { unset.append("${\(name)}") }
        text += String(rest[..<start.lowerBound]) + (environment[name] ?? "${\(name)}")
        rest = rest[rest.index(after: end)...]
      }
      result.append(text + String(rest))
    }
    return (result, unset)
  }

  /// systemd.unit(5)'s specifiers that stand in such units: of a system unit of the name pmm-server.service, run by root.
  private static func specified(_ text: String) -> String {
    [
      ("%%", "\u{0}"), ("%N", "pmm-server"), ("%p", "pmm-server"), ("%n", "pmm-server.service"), ("%h", "/root"), ("%t", "/run"),
      ("\u{0}", "%"),
    ]
    .reduce(text) { $0.replacing($1.0, with: $1.1) }
  }

  /// podman-systemd.unit(5): the `[Container]` section of a .container file.
  private static func quadlet(_ file: UnitFile, _ environment: [String: String]) -> PodmanCommand {
    func all(_ key: String) -> [String] { file.values(key, in: "Container").map(specified) }
    var command = PodmanCommand()
    command.image = all("Image").last
    command.volumes = all("Volume")
    command.mounts = all("Mount")
    command.ports = all("PublishPort")
    command.environmentFiles = all("EnvironmentFile")
    command.variables = all("Environment").flatMap { UnitFile.words($0) ?? [] }
    return command
  }

  private static func isName(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || character == "_")
  }
}

/// A path without a slash at its end.
func plain(_ path: String) -> String { path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path }

/// `KEY=value` lines, comments left out.
func settings(_ text: String) -> [String: String] {
  keyValues(text.split(separator: "\n").filter { !$0.hasPrefix("#") }.joined(separator: "\n")).mapValues { $0.filter { $0 != "\"" } }
}
