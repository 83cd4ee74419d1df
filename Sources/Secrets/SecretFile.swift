import Glibc

/// A file whose first line is a secret.
struct SecretFile {
  let path: String

  /// `~/` is the user's home; a relative path starts at `directory`.
  init(_ path: String, in directory: String) {
    if path.hasPrefix("~/"), let home = getenv("HOME") {
      self.path = String(cString: home) + path.dropFirst()
    } else {
      self.path = path.hasPrefix("/") || directory == "." ? path : "\(directory)/\(path)"
    }
  }

  func firstLine() throws(Unavailable) -> String {
    // Not blocking: the path could be a FIFO.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      let reason = errno
      throw Unavailable(
        reason == ENOENT ? "there is no file \(path)" : "cannot read \(path): \(String(cString: strerror(reason)))",
        hint: "Write the secret into it, readable by you alone: (umask 077; cat > \(path)).")
    }
    defer { close(descriptor) }
    // Asked of what was opened, not of the path: nobody can put another file there in between.
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw Unavailable("\(path) is not a file", hint: "Name a file that holds nothing but the secret.")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw Unavailable(
        "others can read or change \(path) (mode \(String(status.st_mode & 0o777, radix: 8)))",
        hint: "Take that from them: chmod 600 \(path). If others were on this machine, change the secret too.", isDangerous: true)
    }
    guard status.st_uid == geteuid() || status.st_uid == 0 else {
      throw Unavailable("\(path) belongs to another user", hint: "Make it your own: chown \(geteuid()) \(path).", isDangerous: true)
    }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = read(descriptor, &buffer, buffer.count)
    guard count >= 0 else { throw Unavailable("cannot read \(path): \(String(cString: strerror(errno)))", hint: "Look at the disk.") }
    let line = buffer.prefix(count).prefix { $0 != 10 && $0 != 13 }
    guard !line.isEmpty, line.count < buffer.count, let value = String(validating: line, as: UTF8.self), !line.contains(0) else {
      throw Unavailable(
        line.isEmpty ? "the first line of \(path) is empty" : "the first line of \(path) is not text", hint: "Write the secret there.")
    }
    return value
  }
}
