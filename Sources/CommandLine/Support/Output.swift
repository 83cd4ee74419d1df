import ArgumentParser
import FoundationEssentials
import Glibc

/// One JSON object and a newline; on one line where it is one of many.
func jsonText(_ value: some Encodable, pretty: Bool = true) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
  return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
}

func printJSON(_ value: some Encodable) throws { Terminal.output.write(try jsonText(value)) }

/// Runs `body` with live progress on standard error, which is gone when it ends.
func withProgress<Result: Sendable>(_ label: String?, _ body: (LiveProgress) async throws -> Result) async throws -> Result {
  let progress = LiveProgress()
  await progress.phase(label)
  do {
    let result = try await body(progress)
    await progress.end()
    return result
  } catch {
    await progress.end()
    throw error
  }
}

/// Asks a question that only `expected` answers with yes. False without a terminal.
func confirmed(_ question: String, expected: String = "yes") -> Bool {
  guard isatty(STDIN_FILENO) == 1 else { return false }
  Terminal.errors.write("\(question) Type '\(expected)' to go on: ")
  return readLine(strippingNewline: true)?.trimmingPrefix(while: \.isWhitespace) == expected[...]
}

/// Nothing was done, and why; printed as it stands.
struct Refusal: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
