import Core
import Subprocess

/// One `sh` somewhere, reached by a program and its arguments: ssh to a node, or the shell of this machine.
struct Shell: Sendable {
  let node: NodeName
  let arguments: [String]
  /// Turns a failure to reach the shell at all into words.
  let explain: @Sendable (_ status: Int32, _ errors: String) -> NodeFailure
  private let program: Executable

  init(
    node: NodeName, program: String, arguments: [String], explain: @escaping @Sendable (_ status: Int32, _ errors: String) -> NodeFailure
  ) {
    self.node = node
    self.program = .at(programPath(program))
    self.arguments = arguments
    self.explain = explain
  }

  /// Answers are small; a CIB with a long status section is the largest.
  private static let limit = 16 << 20

  func output(of text: String) async throws -> String {
    let result = try await run(
      program, arguments: Arguments(arguments), input: ShellText(text: text), output: .string(limit: Self.limit),
      error: .string(limit: 1 << 16))
    guard case .exited(0) = result.terminationStatus else {
      throw explain(result.terminationStatus.number, result.standardError)
    }
    return result.standardOutput
  }

  /// Hands each line to `body` as it comes.
  func lines(of text: String, _ body: @escaping @Sendable (String) async throws -> Void) async throws {
    let result = try await run(
      program, arguments: Arguments(arguments), input: ShellText(text: text), output: .sequence, error: .string(limit: 1 << 16)
    ) { execution in
      for try await line in execution.standardOutput.strings() {
        try await body(line.hasSuffix("\n") ? String(line.dropLast()) : line)
      }
    }
    guard case .exited(0) = result.terminationStatus else {
      throw explain(result.terminationStatus.number, result.standardError)
    }
  }

  /// Runs `text`, waits for its first line, and keeps its standard input open while `body` runs.
  func whileOpen<Result: Sendable>(
    _ text: String, _ body: @escaping @Sendable (_ firstLine: String) async throws -> Result
  ) async throws -> Result {
    let outcome = try await run(
      program, arguments: Arguments(arguments), input: .inputWriter, output: .sequence, error: .string(limit: 1 << 16)
    ) { execution -> Swift.Result<Result, any Error>? in
      try await ShellText(text: text).write(with: execution.standardInputWriter)
      var lines = execution.standardOutput.strings().makeAsyncIterator()
      guard let first = try await lines.next() else { return nil }
      let result: Swift.Result<Result, any Error>
      do { result = .success(try await body(first.hasSuffix("\n") ? String(first.dropLast()) : first)) } catch { result = .failure(error) }
      try await execution.standardInputWriter.finish()
      return result
    }
    guard let result = outcome.closureResult else {
      throw explain(outcome.terminationStatus.number, outcome.standardError)
    }
    return try result.get()
  }
}

extension Executable {
  /// A path, or a name that was not found and will be named when it is run.
  static func at(_ path: String) -> Executable { path.contains("/") ? .path(.init(path)) : .name(path) }
}

extension TerminationStatus {
  /// The exit status, or 128 and the signal as shells count it.
  var number: Int32 {
    switch self {
    case .exited(let code): Int32(code)
    case .signaled(let signal): 128 + Int32(signal)
    }
  }
}
