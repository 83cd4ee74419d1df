import Glibc

/// One at a time makes or unmakes a lab. The kernel lets go of the lock when its holder dies.
struct LabLock: ~Copyable {
  private let path: String
  private let descriptor: Int32

  /// Waits until it is free; `waiting` is called once if it is not at once.
  init(_ path: String, waiting: () async -> Void) async throws {
    self.path = path
    var waited = false
    while true {
      let file = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
      guard file >= 0 else {
        throw LabFailure("\(path) cannot be opened: \(String(cString: strerror(errno)))", hint: "labs need root: run it with sudo")
      }
      if flock(file, LOCK_EX | LOCK_NB) == 0, Self.isStill(file, at: path) {
        descriptor = file
        return
      }
      close(file)
      if !waited { await waiting() }
      waited = true
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  /// Takes the file away, as the lab went. Who waits for it finds another file or none, and asks again.
  consuming func remove() { unlink(path) }

  deinit { close(descriptor) }

  /// A lock on a file that was removed meanwhile keeps nobody out.
  private static func isStill(_ file: Int32, at path: String) -> Bool {
    var mine = stat()
    var present = stat()
    return fstat(file, &mine) == 0 && stat(path, &present) == 0 && mine.st_ino == present.st_ino && mine.st_dev == present.st_dev
  }
}
