import FoundationEssentials
import Glibc

/// Where this machine keeps what pmm-ha needs between two commands, by the XDG base directories: ssh's sockets, and
/// the journals of what was done. No secret is kept here.
struct Workspace {
  /// Journals of one cluster.
  static func journals(of cluster: String) -> String { "\(state)/\(cluster)/journal" }

  /// Drills of one cluster: their history and reports.
  static func drills(of cluster: String) -> String { "\(state)/\(cluster)/drills" }

  /// A directory for ssh's control sockets that is the operator's alone. Short: a socket's path has 108 bytes at most.
  static func controlDirectory() throws -> String {
    let directory: String
    if let runtime = variable("XDG_RUNTIME_DIR") { directory = "\(runtime)/pmm-ha" } else { directory = "/tmp/pmm-ha-\(geteuid())" }
    if mkdir(directory, 0o700) != 0 && errno != EEXIST { throw Unusable(directory: directory, reason: String(cString: strerror(errno))) }
    var status = stat()
    guard lstat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
      throw Unusable(directory: directory, reason: "it is not a directory of yours alone")
    }
    return directory
  }

  /// The operator, as a lock and a journal show it.
  static var who: String {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    let host = name.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    let user =
      variable("SUDO_USER") ?? variable("USER") ?? getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "\(geteuid())"
    return "\(user)@\(host)"
  }

  private static var state: String {
    variable("XDG_STATE_HOME").map { "\($0)/pmm-ha" } ?? "\(variable("HOME") ?? "/root")/.local/state/pmm-ha"
  }

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  struct Unusable: Error, CustomStringConvertible {
    let directory: String
    let reason: String
    var description: String { "\(directory) can't hold ssh's sockets: \(reason); remove it, or set XDG_RUNTIME_DIR" }
  }
}
