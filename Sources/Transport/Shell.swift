import Core
import Subprocess
import Synchronization

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
  private static let errorLimit = 1 << 20

  /// Sends `text` and collects what its scripts print, until the last of them has ended. Throws where the shell cannot be
  /// reached, and where a script has neither ended nor been stopped some seconds after its limit: the connection hangs, or the
  /// node cannot even kill what it runs.
  func exchange(_ text: String, _ inquiries: [Inquiry], mark: String) async throws -> (output: String, errors: String) {
    let received = Received(ends: inquiries.count, mark: mark)
    // Counts from when the program runs.
    let deadline = Deadline.never
    let outcome = try await deadline.guarding { () async throws -> (Int32, String) in
      let result = try await run(
        program, arguments: Arguments(arguments), input: ShellText(text: text), output: .sequence, error: .string(limit: Self.errorLimit)
      ) { execution in
        deadline.extend(by: .seconds((inquiries.first?.limit ?? 0) + Self.patience), for: "'\(inquiries.first?.script.name ?? "")'")
        for try await chunk in execution.standardOutput {
          guard let done = received.append(chunk) else { continue }
          guard received.count <= Self.limit else { throw tooLong(inquiries, done) }
          if inquiries.indices.contains(done) {
            deadline.extend(by: .seconds(inquiries[done].limit + Self.patience), for: "'\(inquiries[done].script.name)'")
          } else {
            // What a script has left behind may hold the connection open; nobody needs to wait for that.
            deadline.extend(by: .seconds(2), for: "the end")
          }
        }
      }
      return (result.terminationStatus.number, result.standardError)
    }
    switch outcome {
    case .done((let status, let errors)):
      guard status == 0 || received.isComplete else { throw explain(status, Self.own(errors, mark: mark)) }
      return (received.text, errors)
    case .passed(let what, let seconds):
      guard !received.isComplete else { return (received.text, "") }
      throw NodeFailure(node, "\(what) did not answer in \(seconds) s", hint: Self.hanging)
    }
  }

  /// Seconds beyond a script's own limit: the time to connect, to stop it, and to tell of it.
  private static let patience = 25

  private static let hanging =
    "what hangs is mostly a disk, a network filesystem, a fencing device or the network; see on the node: ps -ef --forest"

  private func tooLong(_ inquiries: [Inquiry], _ done: Int) -> NodeFailure {
    let name = inquiries.indices.contains(done) ? inquiries[done].script.name : "the last question"
    return NodeFailure(node, "'\(name)' printed more than \(Self.limit >> 20) MiB", hint: "this is a defect of pmm-ha: please report it")
  }

  /// What the program itself said, not the scripts: all before the first mark, or all after the last.
  private static func own(_ errors: String, mark: String) -> String {
    let lines = errors.split(separator: "\n", omittingEmptySubsequences: false)
    guard let last = lines.lastIndex(where: { $0.hasPrefix(mark) }) else { return errors }
    return lines[(last + 1)...].joined(separator: "\n")
  }

  /// Hands each line to `body` as it comes. Throws where `deadline` passes; `body` may put it off.
  func lines(
    of text: String, by deadline: Deadline = .never, _ body: @escaping @Sendable (String) async throws -> Void
  ) async throws {
    let outcome = try await deadline.guarding { () async throws -> (Int32, String) in
      let result = try await run(
        program, arguments: Arguments(arguments), input: ShellText(text: text), output: .sequence, error: .string(limit: Self.errorLimit)
      ) { execution in
        for try await line in execution.standardOutput.strings() {
          try await body(line.hasSuffix("\n") ? String(line.dropLast()) : line)
        }
      }
      return (result.terminationStatus.number, result.standardError)
    }
    switch outcome {
    case .done((0, _)): return
    case .done((let status, let errors)): throw explain(status, errors)
    case .passed(let what, let seconds): throw NodeFailure(node, "\(what) did not end in \(seconds) s", hint: Self.hanging)
    }
  }

  /// Runs `text`, waits for its first line, and keeps its standard input open while `body` runs. Where the shell ends before,
  /// `body` is cancelled, and `LockLost` is thrown.
  func whileOpen<Result: Sendable>(
    _ text: String, _ body: @escaping @Sendable (_ firstLine: String) async throws -> Result
  ) async throws -> Result {
    let outcome = try await run(
      program, arguments: Arguments(arguments), input: .inputWriter, output: .sequence, error: .string(limit: 1 << 16)
    ) { execution -> Swift.Result<Result, any Error>? in
      try await ShellText(text: text).write(with: execution.standardInputWriter)
      var lines = execution.standardOutput.strings().makeAsyncIterator()
      guard let first = try await lines.next() else { return nil }
      let hasEnded = Flag()
      let line = first.hasSuffix("\n") ? String(first.dropLast()) : first
      return await withTaskGroup(of: Swift.Result<Result, any Error>.self) { group in
        group.addTask {
          let result: Swift.Result<Result, any Error>
          do { result = .success(try await body(line)) } catch { result = .failure(error) }
          hasEnded.set()
          // The shell ends with its standard input, and its output with it. Where it has ended already, there is nothing to close.
          try? await execution.standardInputWriter.finish()
          return result
        }
        // Until the output ends. Before the work has, that is the loss of the connection.
        while let more = try? await lines.next() { _ = more }
        let isLost = !hasEnded.isSet
        if isLost { group.cancelAll() }
        let result = await group.next()
        // A shell that refuses the lock ends at once: then nothing was lost.
        if case .failure(let error)? = result, error is Locked { return result }
        guard isLost else { return result }
        let reason: String? = if case .failure(let error)? = result { error is CancellationError ? nil : "\(error)" } else { nil }
        return .failure(LockLost(node: node, reason: reason))
      }
    }
    guard let result = outcome.closureResult else {
      throw explain(outcome.terminationStatus.number, outcome.standardError)
    }
    return try result.get()
  }
}

/// Set once, by one task, and read by another.
private final class Flag: Sendable {
  private let value = Mutex(false)
  var isSet: Bool { value.withLock { $0 } }
  func set() { value.withLock { $0 = true } }
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
