import Foundation

/// What a tool does in place of its work.
package enum Behaviour: Sendable, Equatable, CustomStringConvertible {
  /// The tool of this machine.
  case real
  /// Prints this, and succeeds.
  case answers(String)
  /// Succeeds and prints nothing: what it would have changed stays as it is.
  case pretends
  /// Prints this on standard error and ends with that status.
  case fails(Int32)
  /// Prints nothing and succeeds.
  case silent
  case garbage
  /// The first half of what it would have said, and success.
  case half
  /// Never ends by itself.
  case hangs

  package var description: String {
    switch self {
    case .real: "works"
    case .answers: "answers"
    case .pretends: "pretends"
    case .fails(let status): "fails with \(status)"
    case .silent: "prints nothing"
    case .garbage: "prints garbage"
    case .half: "prints half of its answer"
    case .hangs: "hangs"
    }
  }

  /// All the ways in which a tool gives no answer.
  package static let noAnswers: [Behaviour] = [.fails(1), .silent, .garbage, .half, .hangs]
}

/// A directory to stand first on PATH, with programs that note how they were called and then behave as told.
package final class FakeTools {
  package let directory: String

  package init() throws {
    directory = FileManager.default.temporaryDirectory.appending(path: "pmm-ha-tools-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: directory + "/bin", withIntermediateDirectories: true)
    try "".write(toFile: log, atomically: true, encoding: .utf8)
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  /// Where the programs are.
  package var path: String { directory + "/bin" }
  private var log: String { directory + "/calls" }

  /// A program that does what `body` says, in shell, after it has noted its arguments.
  package func make(_ name: String, _ body: String) throws {
    let text = "#!/bin/sh\nprintf '%s\\n' \"\(name) $*\" >>'\(log)'\n\(body)\n"
    let file = path + "/" + name
    try text.write(toFile: file, atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
  }

  /// A tool whose work is `usual`, and which behaves so: where `.real`, it is this machine's own tool.
  package func make(_ name: String, _ behaviour: Behaviour, usual: Behaviour = .real) throws {
    let real = "PATH=/usr/sbin:/usr/bin:/sbin:/bin; exec \(name) \"$@\""
    let work =
      switch usual {
      case .answers(let text): "cat <<'ANSWER'\n\(text)\nANSWER"
      case .pretends: ":"
      default: real
      }
    let body =
      switch behaviour {
      case .real, .pretends, .answers: behaviour == .real ? work : Self.body(behaviour)
      case .half: "said=$(\(work)) || exit\nprintf %s \"$said\" | head -c $(($(printf %s \"$said\" | wc -c) / 2))"
      default: Self.body(behaviour)
      }
    try make(name, body)
  }

  private static func body(_ behaviour: Behaviour) -> String {
    switch behaviour {
    case .answers(let text): "cat <<'ANSWER'\n\(text)\nANSWER"
    case .fails(let status): "echo 'it failed' >&2; exit \(status)"
    case .garbage: "printf 'Lorem \\\\ <ipsum> ,,, \"dolor\n'"
    case .hangs: "exec sleep 600"
    case .real, .pretends, .silent, .half: ":"
    }
  }

  /// How the programs were called, one call a line, in order: `wipefs --no-act -- /dev/loop0`.
  package var calls: [String] {
    ((try? String(contentsOfFile: log, encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
  }

  /// Calls that destroy, confirm or forget.
  package var destroying: [String] {
    calls.filter { call in
      let words = call.split(separator: " ").map(String.init)
      guard let tool = words.first else { return false }
      func has(_ option: String) -> Bool { words.dropFirst().contains(option) }
      switch tool {
      case "mkfs.ext4", "mkfs.xfs", "pvcreate", "vgcreate", "lvcreate", "pvresize", "lvextend", "resize2fs", "xfs_growfs", "e2label":
        return true
      case "wipefs": return has("-a")
      case "sbd": return has("create")
      case "dd": return words.contains { $0.hasPrefix("of=") }
      case "rm": return words.contains { $0.hasPrefix("-r") }
      case "mv": return true
      case "stonith_admin": return has("--confirm")
      case "crm_node": return has("--remove")
      case "cibadmin": return has("--patch") || has("--replace")
      case "systemctl": return has("stop")
      case "certutil": return has("-A") || has("-D")
      case "corosync-qnetd-certutil", "corosync-qdevice-net-certutil", "corosync-cfgtool": return true
      default: return false
      }
    }
  }
}
