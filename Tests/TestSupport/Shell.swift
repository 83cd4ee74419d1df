import Foundation
import Glibc

/// What a program printed, standard output and error as they came, and how it ended.
package struct Outcome: Sendable, Equatable, CustomStringConvertible {
  package let output: String
  /// Its exit status; 124 where it had not ended at the deadline.
  package let status: Int32

  package var description: String { "exit status \(status): \(output)" }
}

/// Runs a program with its arguments; `input` is its standard input, `environment` is added to this process's own.
///
/// After `limit` seconds it is ended together with all that it has started, and the status is 124. Throws where it cannot be
/// started. Threads of a test runner block signals and a child would keep them blocked: then neither timeout(1) nor a shell's
/// `wait` would learn of a child that ends, so the mask is cleared for it.
package func execute(
  _ program: String, _ arguments: [String] = [], input: String = "", environment: [String: String] = [:], limit: Int = 120
) throws -> Outcome {
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/timeout")
  process.arguments = ["--kill-after=2", "\(limit)", program] + arguments
  process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
  let (stdin, stdout) = (Pipe(), Pipe())
  process.standardInput = stdin
  process.standardOutput = stdout
  process.standardError = stdout
  var (none, before) = (sigset_t(), sigset_t())
  sigemptyset(&none)
  pthread_sigmask(SIG_SETMASK, &none, &before)
  defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
  // A program that ends before it has read its input must not end the tests.
  signal(SIGPIPE, SIG_IGN)
  try process.run()
  try? stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
  try stdin.fileHandleForWriting.close()
  let data = try stdout.fileHandleForReading.readToEnd() ?? Data()
  process.waitUntilExit()
  let ended = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
  return Outcome(output: String(decoding: data, as: UTF8.self), status: ended == 137 ? 124 : ended)
}

/// The same without blocking the caller's thread.
package func executed(
  _ program: String, _ arguments: [String] = [], input: String = "", environment: [String: String] = [:], limit: Int = 120
) async throws -> Outcome {
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread {
      continuation.resume(
        with: Result { try execute(program, arguments, input: input, environment: environment, limit: limit) })
    }
  }
}

/// Runs a script as a node does: on the standard input of one `sh`, in a subshell that has no standard input itself.
package func shell(_ text: String, environment: [String: String] = [:], limit: Int = 120) throws -> Outcome {
  try execute("/bin/sh", ["-s"], input: "(\n\(text)\n) </dev/null\n", environment: environment, limit: limit)
}
