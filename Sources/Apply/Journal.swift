import Core
import FoundationEssentials
import Glibc
import Transport

/// What was done to a cluster, when and how it ended: one JSON object a line, appended and flushed before the work
/// that it announces, so that after any interruption the last line names the step that was under way.
package actor Journal {
  /// The file that it writes.
  package nonisolated let path: String
  private let handle: Int32

  private struct Line: Encodable {
    let time: Date
    let event: String
    var step: String?
    var why: String?
    var seconds: Double?
    var message: String?
  }

  /// Opens a new journal in `directory`, readable by the operator alone.
  package init(in directory: String) throws {
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let stamp = Date.now.formatted(.iso8601.timeSeparator(.omitted).dateSeparator(.omitted))
    path = "\(directory)/\(stamp)-\(ProcessInfo.processInfo.processIdentifier).jsonl"
    handle = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard handle >= 0 else {
      throw JournalFailure(description: "cannot write \(path): \(String(cString: strerror(errno))); is \(directory) yours and not full?")
    }
  }

  deinit { close(handle) }

  /// Records what happens to a step.
  package func record(_ event: StepEvent) {
    switch event {
    case .began(let step): write(Line(time: .now, event: "began", step: step.id, why: step.why))
    case .finished(let step, let seconds): write(Line(time: .now, event: "finished", step: step.id, seconds: seconds))
    }
  }

  /// Records anything else: the start of an apply, its end, a failure.
  package func note(_ event: String, _ message: String) {
    write(Line(time: .now, event: event, message: message))
  }

  private func write(_ line: Line) {
    let encoder = JSONEncoder()
    encoder.dateEncodingStrategy = .custom { date, encoder in
      var container = encoder.singleValueContainer()
      try container.encode(Date.ISO8601FormatStyle(includingFractionalSeconds: true).format(date))
    }
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard var data = try? encoder.encode(line) else { return }
    data.append(0x0a)
    data.withUnsafeBytes { bytes in _ = Glibc.write(handle, bytes.baseAddress, bytes.count) }
  }
}

struct JournalFailure: Error, CustomStringConvertible {
  let description: String
}
