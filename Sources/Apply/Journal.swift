import Core
import FoundationEssentials
import Glibc
import Transport

/// What was done to a cluster, when and how it ended: one JSON object a line, appended. The steps of a stage are on the disk
/// (fdatasync) before the first of them is sent to a node, so that after any interruption the last lines name what was under way.
/// A line that cannot be written is an error: work without a journal does not begin.
package actor Journal {
  /// The file that it writes.
  package nonisolated let path: String
  private let handle: Int32
  /// The first line that could not be written while steps ran.
  private var failure: JournalFailure?

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
    try self.init(file: "\(directory)/\(stamp)-\(ProcessInfo.processInfo.processIdentifier).jsonl")
  }

  /// Appends to `file`.
  package init(file: String) throws {
    path = file
    handle = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard handle >= 0 else {
      throw JournalFailure(description: "cannot write \(path): \(String(cString: strerror(errno))); is its directory yours and not full?")
    }
  }

  deinit { close(handle) }

  /// Records what happens to a step.
  package func record(_ event: StepEvent) {
    do {
      switch event {
      case .began(let step): try write(Line(time: .now, event: "began", step: step.id, why: step.why))
      case .finished(let step, let seconds): try write(Line(time: .now, event: "finished", step: step.id, seconds: seconds))
      }
    } catch let error as JournalFailure {
      failure = failure ?? error
    } catch {
      failure = failure ?? JournalFailure(description: "cannot write \(path): \(error)")
    }
  }

  /// Throws where what happened to a step could not be written.
  package func check() throws {
    if let failure { throw failure }
  }

  /// A stage and its steps, before they are sent.
  package func announce(_ stage: Stage, _ steps: [Step]) throws {
    try check()
    try write(Line(time: .now, event: "stage", message: stage.rawValue))
    for step in steps { try write(Line(time: .now, event: "sent", step: step.id, why: step.why)) }
    try flush()
  }

  /// Records anything else: the end of an apply, a failure.
  package func note(_ event: String, _ message: String) throws {
    try write(Line(time: .now, event: event, message: message))
    try flush()
  }

  private func flush() throws {
    // What is no file, such as a pipe, has no disk to reach.
    guard fdatasync(handle) == 0 || errno == EINVAL || errno == EROFS else { throw unwritten() }
  }

  private func unwritten() -> JournalFailure {
    JournalFailure(
      description:
        "cannot write the journal \(path): \(String(cString: strerror(errno))); make room there or set XDG_STATE_HOME to another "
        + "directory, then run it again")
  }

  private func write(_ line: Line) throws {
    let encoder = JSONEncoder()
    encoder.dateEncodingStrategy = .custom { date, encoder in
      var container = encoder.singleValueContainer()
      try container.encode(Date.ISO8601FormatStyle(includingFractionalSeconds: true).format(date))
    }
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var rest = Array(try encoder.encode(line))[...]
    rest.append(0x0a)
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(handle, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw unwritten() }
      rest = rest.dropFirst(count)
    }
  }
}

struct JournalFailure: Error, CustomStringConvertible {
  let description: String
}
