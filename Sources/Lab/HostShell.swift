import Subprocess

/// Runs the lab's scripts on this machine.
struct HostShell: Sendable {
  let directory: LabDirectory

  /// What `script` printed, without the last line's end. Throws what it said on standard error.
  @discardableResult
  func run(_ script: String, _ arguments: String...) async throws -> String { try await run(script, arguments) }

  /// The same with a list of arguments.
  @discardableResult
  func run(_ script: String, _ arguments: [String]) async throws -> String {
    let result = try await Subprocess.run(
      .path("/bin/sh"), arguments: Arguments([directory.script(script)] + arguments), input: .none, output: .string(limit: 1 << 20),
      error: .string(limit: 1 << 20))
    guard case .exited(0) = result.terminationStatus else {
      let said = result.standardError.split(separator: "\n").joined(separator: "\n  ")
      throw LabFailure(said.isEmpty ? "\(script) ended with \(result.terminationStatus)" : said)
    }
    var output = Substring(result.standardOutput)
    while output.last == "\n" { output.removeLast() }
    return String(output)
  }
}
