import Cluster
import Glibc
import SpecFile

/// The file that a new spec is written to.
struct SpecTarget {
  private let output: String
  private let force: Bool

  /// Refuses a file that is there already.
  init(_ output: String, force: Bool) throws {
    guard force || access(output, F_OK) != 0 else {
      throw InitFailure("\(output) is there already. Overwrite it with --force, or write elsewhere with --output.")
    }
    self.output = output
    self.force = force
  }

  /// Checked first, as any spec is.
  func write(_ text: String) throws {
    do {
      _ = try LoadedSpec(yaml: text, file: output)
    } catch let error as UnusableSpec {
      // The file is not there to look at, so no lines.
      let lines = error.problems.filter(\.isError).map { "\($0.finding.place): \($0.finding.message). \($0.finding.hint)" }
      throw InitFailure("Nothing is written, for these would be mistakes:\n  \(lines.joined(separator: "\n  "))")
    }
    try put(text)
  }

  /// Whole or not at all; readable by all, for there is no secret in it.
  private func put(_ text: String) throws {
    let temporary = "\(output).\(getpid()).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw InitFailure("Cannot write \(output): \(String(cString: strerror(errno))).") }
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count <= 0 { break }
      bytes = bytes.dropFirst(count)
    }
    let complete = bytes.isEmpty && fsync(descriptor) == 0
    close(descriptor)
    // link(2) fails where something appeared in the meantime; rename(2) would overwrite it.
    guard complete, (force ? rename(temporary, output) : link(temporary, output)) == 0 else {
      let reason = String(cString: strerror(errno))
      unlink(temporary)
      throw InitFailure("Cannot write \(output): \(reason).")
    }
    if !force { unlink(temporary) }
  }
}
