import FoundationEssentials
import Glibc
import Testing

/// The lab that these tests use: two real nodes of its own, up before the first test of a suite and gone after the
/// last, whatever happened in between.
struct TestLab: SuiteTrait, TestScoping {
  static let name = ProcessInfo.processInfo.environment["PMM_HA_TEST_LAB"] ?? "systemtest"
  let isRecursive = false
  /// For `lab up`.
  var options: [String] = []

  func provideScope(for test: Test, testCase: Test.Case?, performing body: @Sendable () async throws -> Void) async throws {
    try await InTurn.hold { try await Self.whileUp(options, body) }
  }

  /// A new lab around `body`.
  static func whileUp(_ options: [String] = [], _ body: () async throws -> Void) async throws {
    try await lab("down")
    let up = try await say(binary, ["lab", "up", "--name", name] + options)
    guard up.status == 0 else {
      _ = try await lab("down")
      throw NoLab(said: up)
    }
    let spec = try await lab("spec")
    try Data(spec.output.utf8).write(to: URL(filePath: Self.spec))
    let outcome: Result<Void, any Error>
    do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
    let down = try await lab("down")
    try? FileManager.default.removeItem(atPath: Self.spec)
    #expect(down.status == 0, "the lab goes away: \(down)")
    try outcome.get()
  }

  static let spec = "/tmp/pmm-ha-\(name).yml"

  struct NoLab: Error, CustomStringConvertible {
    let said: Said
    var description: String { "the lab does not start; packages: scripts/need lab ec2\n\(said)" }
  }
}

extension SuiteTrait where Self == TestLab {
  static var ownLab: TestLab { TestLab() }
  /// With a third machine beside the nodes.
  static var labOfThree: TestLab { TestLab(options: ["--third"]) }
  /// Its nodes are instances of an EC2 API.
  static var ec2Lab: TestLab { TestLab(options: ["--cloud", "ec2"]) }
}

/// A suite that makes its labs itself. Suites of labs come one after the other, whatever runs them and whichever target
/// they are of: side by side they would wait for each other's load.
struct InTurn: SuiteTrait, TestScoping {
  let isRecursive = false

  func provideScope(for test: Test, testCase: Test.Case?, performing body: @Sendable () async throws -> Void) async throws {
    try await Self.hold(body)
  }

  static func hold(_ body: () async throws -> Void) async throws {
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

/// `pmm-ha lab VERB ...` of the tests' lab.
@discardableResult
func lab(_ verb: String, _ arguments: String...) async throws -> Said {
  try await say(binary, ["lab"] + verb.split(separator: " ").map(String.init) + ["--name", TestLab.name] + arguments)
}

/// `pmm-ha VERB ...` with the lab's spec.
@discardableResult
func pmmha(_ verb: String, _ arguments: String..., spec: String = TestLab.spec) async throws -> Said {
  try await say(binary, verb.split(separator: " ").map(String.init) + ["--file", spec] + arguments)
}

/// A command on a node, as root, by the lab's own ssh.
@discardableResult
func on(_ node: String, _ command: String) async throws -> Said {
  try await say("ssh", ["-F", "/var/lib/pmm-ha/labs/\(TestLab.name)/ssh_config", node, command])
}

/// A command as an outside client of the lab's network.
func outside(_ command: String) async throws -> Said {
  try await say("nsenter", ["--net=/run/netns/pmm-ha-lab-\(TestLab.name)", "sh", "-c", command])
}

/// The agreement that a first apply needs.
func applyAll(spec: String = TestLab.spec) async throws -> Said {
  try await pmmha("apply", "--yes", "--allow-destroy", "/dev/sdb", "--allow-disruption", spec: spec)
}

/// Asks until it is true; false after the limit (seconds).
func eventually(within limit: Int, _ isTrue: () async throws -> Bool) async throws -> Bool {
  let end = ContinuousClock.now + .seconds(limit)
  while ContinuousClock.now < end {
    if try await isTrue() { return true }
    try await Task.sleep(for: .milliseconds(200))
  }
  return false
}

/// The node where the service is up, by `status --json`; nil while there is none.
func activeNode() async throws -> String? {
  let said = try await pmmha("status", "--json")
  return try JSONDecoder().decode(Status.self, from: Data(said.output.utf8)).service.node
}

struct Status: Decodable {
  struct Service: Decodable { let node: String? }
  let service: Service
}

func other(_ node: String) -> String { node == "pmm1" ? "pmm2" : "pmm1" }
