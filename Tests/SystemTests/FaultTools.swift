import FoundationEssentials
import Glibc
import Subprocess
import Testing

/// All that apply may change on a node, and what it may start, as one word: the same before and after a refusal.
func state(of node: String) async throws -> String {
  let look = """
    { find /etc /usr/lib/pmm-ha /usr/lib/ocf /usr/lib/systemd /var/lib/corosync /var/lib/pacemaker /var/lib/pmm-ha /srv /mnt/share \
      -printf '%p %s %T@ %m %U\\n' 2>/dev/null
    ls /var/lib/containers/storage/overlay-images 2>/dev/null
    systemctl show --property=Id,ActiveState,UnitFileState corosync pacemaker pcsd pmm-server
    wipefs /dev/sdb; cat /etc/shadow; } | sort | sha256sum
    """
  let said = try await on(node, look)
  #expect(said.status == 0 && said.output.count > 60, "\(said)")
  return said.output
}

/// Runs what must be refused: with 1, in words for people, and with both nodes as they were.
@discardableResult
func refused(_ verb: String, _ arguments: String..., spec: String = TestLab.spec, in place: [String: String] = [:]) async throws -> Said {
  let before = (try await state(of: "pmm1"), try await state(of: "pmm2"))
  let said = try await say(binary, [verb, "--file", spec] + arguments, environment: place)
  #expect(said.status == 1, "\(said)")
  expectWords(said)
  #expect(try await state(of: "pmm1") == before.0, "pmm1 is as it was: \(said)")
  #expect(try await state(of: "pmm2") == before.1, "pmm2 is as it was: \(said)")
  return said
}

/// What a person reads, and no machine's inside.
func expectWords(_ said: Said) {
  for inside in ["Fatal error", "Stack dump", "stack trace", "Traceback", "Swift.", "NSCocoa", "Optional(", "\r"] {
    #expect(!(said.output + said.errors).contains(inside), "\(said)")
  }
}

/// The lab's spec, changed, in a file of its own for as long as `body` runs.
func withSpec<Result>(replacing old: String, with new: String, _ body: (String) async throws -> Result) async throws -> Result {
  let text = try String(contentsOfFile: TestLab.spec, encoding: .utf8)
  #expect(text.contains(old))
  return try await withFile(text.replacing(old, with: new), body)
}

/// A file with this text, readable by its owner alone, for as long as `body` runs.
func withFile<Result>(_ text: String, mode: Int = 0o600, _ body: (String) async throws -> Result) async throws -> Result {
  let path = "/tmp/pmm-ha-\(TestLab.name)-\(UInt32.random(in: .min ... .max))"
  try Data(text.utf8).write(to: URL(filePath: path))
  chmod(path, mode_t(mode))
  defer { unlink(path) }
  return try await body(path)
}

/// A new directory for as long as `body` runs. Short: ssh's sockets lie in it.
func withDirectory<Result>(_ body: (String) async throws -> Result) async throws -> Result {
  let path = "/tmp/pmm-ha-\(UInt32.random(in: .min ... .max))"
  mkdir(path, 0o700)
  let result = try await body(path)
  try FileManager.default.removeItem(atPath: path)
  return result
}

/// Starts `pmm-ha ARGUMENTS` and kills it (SIGKILL) as soon as `moment` is true. False when it ended by itself, or after a minute.
func kill(_ arguments: [String], in place: [String: String] = [:], at moment: @escaping @Sendable () -> Bool) async throws -> Bool {
  let inherited = Environment.inherit.updating(Dictionary(uniqueKeysWithValues: place.map { (.init(stringLiteral: $0.key), $0.value) }))
  let outcome = try await run(
    .path(.init(binary)), arguments: Arguments(arguments), environment: inherited, input: .none, output: .discarded, error: .discarded
  ) { execution in
    let end = ContinuousClock.now + .seconds(60)
    while !moment() && ContinuousClock.now < end {
      // A process that is gone before its moment: nothing to wait for.
      if Glibc.kill(execution.processIdentifier.value, 0) != 0 || isZombie(execution.processIdentifier.value) { return }
      try await Task.sleep(for: .milliseconds(2))
    }
    try execution.send(signal: .kill)
  }
  return outcome.terminationStatus == .signaled(SIGKILL)
}

private func isZombie(_ process: pid_t) -> Bool {
  let text = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
  return text.split(separator: ")").last?.split(separator: " ").first == "Z"
}

/// All journals below a directory given as XDG_STATE_HOME, one after the other.
func journals(in place: String) -> String {
  let directory = "\(place)/pmm-ha/\(TestLab.name)/journal"
  let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
  return names.sorted().map { (try? String(contentsOfFile: "\(directory)/\($0)", encoding: .utf8)) ?? "" }.joined()
}

/// Everything on this machine that is the tests' lab: processes, control groups, namespace, loop devices, mounts, files.
func remainsOfLab() async throws -> [String] {
  let name = TestLab.name
  let look = """
    for process in /proc/[0-9]*; do
      line=$(tr '\\0' ' ' 2>/dev/null <$process/cmdline) || continue
      case $line in *"for process in"*) ;; *labs/\(name)[/\\ ]* | *pmm-ha-lab-\(name)*) echo "process $line" ;; esac
    done
    ls -d /run/netns/pmm-ha-lab-\(name) 2>/dev/null
    find /sys/fs/cgroup -maxdepth 2 -name pmm-ha-lab-\(name)
    losetup --list --noheadings | grep labs/\(name)/
    grep labs/\(name)/ /proc/self/mounts
    ls -d /var/lib/pmm-ha/labs/\(name) 2>/dev/null
    true
    """
  return try await say("sh", ["-c", look]).output.split(separator: "\n").map(String.init)
}
