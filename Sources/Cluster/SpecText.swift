import Core
import Glibc
import SpecFile

/// The text of a spec's file.
enum SpecText {
  /// Throws an `UnusableSpec` where there is no such file, or no text in it.
  static func read(_ file: String) throws -> String {
    func unusable(_ message: String, _ hint: String, line: Int = 1) -> UnusableSpec {
      UnusableSpec(file: file, [Problem(Finding(.blocking, at: "", message, hint: hint), at: Position(line: line, column: 1))])
    }
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      let reason = errno
      throw unusable(
        reason == ENOENT ? "there is no such file" : "it cannot be read: \(String(cString: strerror(reason)))",
        reason == ENOENT ? "Name the spec with --file, or let pmm-ha init write one." : "Look at its permissions.")
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw unusable("it cannot be read: \(String(cString: strerror(errno)))", "Name a file that holds a spec.") }
      if count == 0 { break }
      bytes += buffer.prefix(count)
      if bytes.count > 1 << 20 { throw unusable("it is larger than 1 MiB", "A spec is a short file: is this the right one?") }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      let line = Self.lineOfFirstBadByte(bytes)
      throw unusable("it is not UTF-8 text", "Save it as UTF-8; something in this line is not.", line: line)
    }
    return text
  }

  private static func lineOfFirstBadByte(_ bytes: [UInt8]) -> Int {
    let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
    return (lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0) + 1
  }
}
