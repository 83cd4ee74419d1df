/// `podman run` (or docker's) as a command line says it, by podman-run(1): options first, then the image, then the command
/// inside the container.
struct PodmanCommand: Sendable, Equatable {
  /// As written, with variables put in; nil where no word is left for it.
  var image: String?
  /// -v and --volume: `SOURCE:PATH[:OPTIONS]`, or `PATH` alone.
  var volumes: [String] = []
  /// --mount: `type=bind,src=...,dst=...`.
  var mounts: [String] = []
  /// -p and --publish: `[ADDRESS:][PORT:]PORT[/PROTOCOL]`.
  var ports: [String] = []
  /// --env-file.
  var environmentFiles: [String] = []
  /// -e and --env: `NAME=VALUE` or `NAME`.
  var variables: [String] = []

  init() {}

  /// Nil where these words do not run a container from an image.
  init?(_ words: [String]) {
    var rest = words[...]
    guard let program = rest.popFirst()?.split(separator: "/").last, ["podman", "docker"].contains(program) else { return nil }
    // Options of podman itself come before the verb.
    while let word = rest.first, word.hasPrefix("-") {
      rest.removeFirst()
      if Self.globalsWithValue.contains(word) { _ = rest.popFirst() }
    }
    if rest.first == "container" { rest.removeFirst() }
    guard let verb = rest.popFirst(), verb == "run" || verb == "create" else { return nil }
    while let word = rest.popFirst() {
      if word == "--" {
        image = rest.popFirst()
        return
      }
      guard word.hasPrefix("-"), word != "-" else {
        image = word
        return
      }
      if word.hasPrefix("--") { readLong(word, &rest) } else { readShort(word, &rest) }
    }
  }

  private mutating func readLong(_ word: String, _ rest: inout ArraySlice<String>) {
    let name = String(word.dropFirst(2).prefix { $0 != "=" })
    if let equals = word.firstIndex(of: "=") {
      add(name, String(word[word.index(after: equals)...]))
    } else if !Self.switches.contains(name), let value = rest.popFirst() {
      add(name, value)
    }
  }

  /// `-d`, `-dit`, `-p 443:8443`, `-p443:8443`, `-dp=443:8443`.
  private mutating func readShort(_ word: String, _ rest: inout ArraySlice<String>) {
    var letters = word.dropFirst()
    while let letter = letters.popFirst() {
      if Self.shortSwitches.contains(letter) { continue }
      if letters.first == "=" { letters.removeFirst() }
      guard let value = letters.isEmpty ? rest.popFirst() : String(letters) else { return }
      return add(String(letter), value)
    }
  }

  private mutating func add(_ option: String, _ value: String) {
    switch option {
    case "v", "volume": volumes.append(value)
    case "mount": mounts.append(value)
    case "p", "publish": ports.append(value)
    case "env-file": environmentFiles.append(value)
    case "e", "env": variables.append(value)
    default: break
    }
  }

  /// Options of podman-run(1) and docker-run(1) that take no value; all others do.
  private static let switches: Set = [
    "detach", "disable-content-trust", "env-host", "help", "http-proxy", "init", "interactive", "no-healthcheck", "no-hostname", "no-hosts",
    "oom-kill-disable", "passwd", "privileged", "publish-all", "quiet", "read-only", "read-only-tmpfs", "replace", "rm", "rmi", "rootfs",
    "sig-proxy", "tls-verify", "tty", "unsetenv-all",
  ]
  private static let shortSwitches: Set<Character> = ["d", "i", "t", "P", "q"]
  /// Of podman(1).
  private static let globalsWithValue: Set = [
    "--cgroup-manager", "--conmon", "--config", "--connection", "-c", "--events-backend", "--hooks-dir", "--host", "-H", "--log-level",
    "--module", "--network-cmd-path", "--network-config-dir", "--root", "--runroot", "--runtime", "--runtime-flag", "--ssh",
    "--storage-driver", "--storage-opt", "--tmpdir", "--url", "--volumepath",
  ]
}
