import FoundationEssentials
import Glibc
import Subprocess
import Testing

/// What a command printed and how it ended.
struct Said: CustomStringConvertible {
  let status: Int32
  let output: String
  let errors: String
  var description: String { "exit \(status)\n\(output)\(errors)" }
}

/// Runs a program as a user would.
@discardableResult
func say(_ program: String, _ arguments: [String], environment: [String: String] = [:]) async throws -> Said {
  let inherited = Environment.inherit.updating(
    Dictionary(uniqueKeysWithValues: environment.map { (.init(stringLiteral: $0.key), $0.value) }))
  let result = try await run(
    program.hasPrefix("/") ? .path(.init(program)) : .name(program), arguments: Arguments(arguments), environment: inherited, input: .none,
    output: .string(limit: 8 << 20), error: .string(limit: 1 << 20))
  let status: Int32 =
    switch result.terminationStatus {
    case .exited(let code): Int32(code)
    case .signaled(let signal): 128 + Int32(signal)
    }
  return Said(status: status, output: result.standardOutput, errors: result.standardError)
}

/// The lab of virtual machines that these tests use, gone after the last of a suite whatever happened in between.
struct VMLab: SuiteTrait, TestScoping {
  static let name = ProcessInfo.processInfo.environment["PMM_HA_TEST_LAB"] ?? "vmtest"
  static let spec = "/tmp/pmm-ha-\(name).yml"
  static let directory = "/var/lib/pmm-ha/labs/\(name)"
  let isRecursive = false

  /// Labs come one after the other, whatever tests run them: side by side they would wait for each other's load.
  func provideScope(for test: Test, testCase: Test.Case?, performing body: @Sendable () async throws -> Void) async throws {
    let file = open("/tmp/pmm-ha-lab-tests.lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    try #require(file >= 0, "labs need root")
    defer { close(file) }
    while flock(file, LOCK_EX | LOCK_NB) != 0 { try await Task.sleep(for: .milliseconds(200)) }
    try await lab("down")
    let outcome: Result<Void, any Error>
    do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
    let down = try await lab("down")
    try? FileManager.default.removeItem(atPath: Self.spec)
    #expect(down.status == 0, "the lab goes away: \(down)")
    try outcome.get()
  }
}

extension SuiteTrait where Self == VMLab {
  static var virtualMachines: VMLab { VMLab() }
}

/// The `pmm-ha` that is tried: PMM_HA_BINARY, or the one beside this test bundle.
let binary: String = {
  if let given = ProcessInfo.processInfo.environment["PMM_HA_BINARY"] { return given }
  var path = [CChar](repeating: 0, count: 4096)
  let count = readlink("/proc/self/exe", &path, path.count - 1)
  let here = String(decoding: path.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  let beside = here.split(separator: "/").dropLast().joined(separator: "/")
  let candidates = ["/\(beside)/pmm-ha", ".build/debug/pmm-ha"]
  return candidates.first { access($0, X_OK) == 0 } ?? "pmm-ha"
}()

/// `pmm-ha lab VERB ...` of the tests' lab.
@discardableResult
func lab(_ verb: String, _ arguments: String...) async throws -> Said {
  try await say(binary, ["lab"] + verb.split(separator: " ").map(String.init) + ["--name", VMLab.name] + arguments)
}

/// `pmm-ha VERB ...` with the lab's spec. One that adopt wrote takes the BMCs' passwords from the environment.
@discardableResult
func pmmha(_ verb: String, _ arguments: String...) async throws -> Said {
  let passwords = ["pmm1", "pmm2"].compactMap { node in
    (try? String(contentsOfFile: "\(VMLab.directory)/nodes/\(node)/bmc/password", encoding: .utf8)).map {
      ("PMM_HA_BMC_\(node.uppercased())", $0.split(separator: "\n").first.map(String.init) ?? "")
    }
  }
  let words = verb.split(separator: " ").map(String.init) + ["--file", VMLab.spec] + arguments
  return try await say(binary, words, environment: Dictionary(uniqueKeysWithValues: passwords))
}

/// A command on a node, as root, by the lab's own ssh.
@discardableResult
func on(_ node: String, _ command: String) async throws -> Said {
  try await say("timeout", ["120", "ssh", "-F", "\(VMLab.directory)/ssh_config", node, command])
}

/// A command as an outside client of the lab's network.
func outside(_ command: String) async throws -> Said {
  try await say("nsenter", ["--net=/run/netns/pmm-ha-lab-\(VMLab.name)", "sh", "-c", command])
}

/// Asks until it is true; false after the limit (seconds).
func eventually(within limit: Int, _ isTrue: () async throws -> Bool) async throws -> Bool {
  let end = ContinuousClock.now + .seconds(limit)
  while ContinuousClock.now < end {
    if try await isTrue() { return true }
    try await Task.sleep(for: .milliseconds(500))
  }
  return false
}

/// The node where the service is up; nil while there is none.
func activeNode() async throws -> String? {
  struct Status: Decodable {
    struct Service: Decodable { let node: String? }
    let service: Service
  }
  let said = try await pmmha("status", "--json")
  return try? JSONDecoder().decode(Status.self, from: Data(said.output.utf8)).service.node
}

func other(_ node: String) -> String { node == "pmm1" ? "pmm2" : "pmm1" }

/// What of this machine carries the lab's name: processes, namespaces, control groups, taps, mounts, loop devices, files.
func remains() async throws -> [String] {
  let look = """
    name='\(VMLab.name)'
    for group in $(find /sys/fs/cgroup -maxdepth 3 -type d -name "pmm-ha-lab-$name"); do echo "group $group"; done
    for process in /proc/[0-9]*/cmdline; do
      tr '\\0' ' ' <"$process" 2>/dev/null | grep -E "^(qemu-system|ganesha|ipmi_sim|socat).*labs/$name/" | cut -c1-120
    done
    for process in /proc/[0-9]*; do
      case $(readlink "$process/cwd") in */labs/$name/*) echo "process $process" ;; esac
    done
    ip netns list | grep -w "pmm-ha-lab-$name"
    losetup --list --noheadings | grep "labs/$name/"
    grep "labs/$name/" /proc/self/mounts
    ls -d "/var/lib/pmm-ha/labs/$name"
    true
    """
  return try await say("sh", ["-c", look]).output.split(separator: "\n").map(String.init)
}
