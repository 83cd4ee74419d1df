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
func say(_ program: String, _ arguments: [String], environment: [String: String] = [:], input: String = "") async throws -> Said {
  var inherited = Environment.inherit
  inherited = inherited.updating(Dictionary(uniqueKeysWithValues: environment.map { (.init(stringLiteral: $0.key), $0.value) }))
  let result = try await run(
    program.hasPrefix("/") ? .path(.init(program)) : .name(program), arguments: Arguments(arguments), environment: inherited,
    input: .string(input), output: .string(limit: 8 << 20), error: .string(limit: 1 << 20))
  let status: Int32 =
    switch result.terminationStatus {
    case .exited(let code): Int32(code)
    case .signaled(let signal): 128 + Int32(signal)
    }
  return Said(status: status, output: result.standardOutput, errors: result.standardError)
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

/// Time in milliseconds as the nodes' clocks count it (containers share this machine's).
func now() -> Int { Int(Date.now.timeIntervalSince1970 * 1000) }
