import Glibc
import Subprocess
import Testing

@testable import Lab

/// A lab of these tests' own, up before the first of a suite and gone after the last.
struct UpForSuite: SuiteTrait, TestScoping {
  let isRecursive = false

  func provideScope(for test: Test, testCase: Test.Case?, performing body: @Sendable () async throws -> Void) async throws {
    let lab = try testLab
    try await lab.down()
    _ = try await lab.up()
    let outcome: Result<Void, any Error>
    do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
    try await lab.down()
    try outcome.get()
  }
}

/// Suites of labs come one after the other, those of SystemTests included: side by side they would wait for each
/// other's load.
struct InTurn: SuiteTrait, TestScoping {
  let isRecursive = false

  func provideScope(for test: Test, testCase: Test.Case?, performing body: @Sendable () async throws -> Void) async throws {
    let file = open("/tmp/pmm-ha-lab-tests.lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    try #require(file >= 0, "labs need root")
    defer { close(file) }
    while flock(file, LOCK_EX | LOCK_NB) != 0 { try await Task.sleep(for: .milliseconds(200)) }
    try await body()
  }
}

extension SuiteTrait where Self == InTurn {
  static var inTurn: InTurn { InTurn() }
}

extension SuiteTrait where Self == UpForSuite {
  static var labUp: UpForSuite { UpForSuite() }
}

var testLab: Lab { get throws { Lab(try LabName("labtest")) } }

/// What a shell command said on this machine, and how it ended.
struct Said: Sendable, CustomStringConvertible {
  let output: String
  let errors: String
  let good: Bool
  var description: String { "\(good ? "succeeded" : "failed"): \(output)\(errors)" }
}

func here(_ command: String) async throws -> Said {
  let result = try await run(
    .name("sh"), arguments: ["-c", command], input: .none, output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
  var output = result.standardOutput
  while output.last == "\n" { output.removeLast() }
  return Said(output: output, errors: result.standardError, good: result.terminationStatus == .exited(0))
}

/// The same on a node.
func on(_ node: String, as user: String = "root", _ command: String) async throws -> Said {
  try await here("timeout 30 ssh -F \(testLab.sshConfig) -l \(user) \(node) '\(command)'")
}

/// The same as a client in the lab's network.
func outside(_ command: String) async throws -> Said { try await here("nsenter --net=/run/netns/pmm-ha-lab-labtest \(command)") }

/// The tests' lab's control group, as a word of a shell command.
let labGroup = "$(awk '$3 == \"cgroup2\" { print $2; exit }' /proc/self/mounts)/pmm-ha-lab-labtest"

/// Everything on this machine that is the tests' lab: processes, namespace, control group, loop devices, mounts, files.
func remains() async throws -> [String] {
  let look = """
    # Put together here, so that the look does not find itself.
    name=labt; name=${name}est
    for process in $(grep -alsE "labs/$name|pmm-ha-lab-$name" /proc/[0-9]*/cmdline); do tr '\\0' ' ' <$process; echo; done
    ip netns list | grep -w "pmm-ha-lab-$name"
    find /sys/fs/cgroup -maxdepth 2 -name "pmm-ha-lab-$name"
    losetup --list --noheadings | grep "labs/$name/"
    grep "$name" /proc/self/mounts
    find /var/lib/pmm-ha/labs -maxdepth 1 -name "*$name*" ! -name ".$name.lock"
    true
    """
  return try await here(look).output.split(separator: "\n").map(String.init)
}
