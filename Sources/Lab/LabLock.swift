import Glibc

/// One at a time makes or unmakes a lab. The kernel lets go of the lock when its holder dies.
struct LabLock: ~Copyable {
  private let descriptor: Int32

  /// Waits until it is free; `waiting` is called once if it is not at once.
  init(_ path: String, waiting: () async -> Void) async throws {
    descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw LabFailure("\(path) cannot be opened: \(String(cString: strerror(errno)))", hint: "labs need root: run it with sudo")
    }
    var waited = false
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      if !waited { await waiting() }
      waited = true
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  deinit { close(descriptor) }
}
