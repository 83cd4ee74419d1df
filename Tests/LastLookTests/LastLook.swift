import Foundation
import TestSupport

/// One script that destroys, confirms, deletes or forgets, in one state of a node, with all the tools that it asks before.
struct LastLook: Sendable, CustomStringConvertible {
  let name: String
  /// Places of the texts, one after the other, as the step has them: `Components/Fencing/Resources/create-sbd`.
  let parts: [String]
  /// Assignments; DEVICE stands for a loop device of 64 MiB where `disk` is not nil.
  let variables: String
  /// Commands that bring the disk into its state: DEVICE is its path. nil: there is no disk.
  var disk: String?
  /// What tools do on this node: those that would change it only note that they were called.
  var usual: [String: Behaviour] = [:]
  /// Tools with a body of their own, in shell.
  var bodies: [String: String] = [:]
  /// Files of the node, by path.
  var files: [String: String] = [:]
  /// Tools whose answer the script needs before it acts.
  let asked: [String]
  /// Ways of giving no answer that are a right answer here: `wipefs` prints nothing of a blank disk.
  var exceptions: [String: [Behaviour]] = [:]
  /// Whether it acts when all tools answer. Where not, what is on the node forbids it, and no silence may allow it.
  let acts: Bool

  var description: String { name }

  /// The texts without the functions that the transport puts before every script.
  func text() throws -> String { try parts.map(scriptText).joined(separator: "\n") }

  /// Runs it with one tool that behaves so; nil: with all tools as they are.
  func run(_ tool: String? = nil, _ behaviour: Behaviour = .real) throws -> (outcome: Outcome, destroying: [String], root: FakeRoot) {
    let root = try FakeRoot()
    for (path, content) in files { try root.write(path, content.replacing("ROOT", with: root.directory)) }
    for (name, usual) in Self.changing.merging(usual, uniquingKeysWith: { $1 }) { try root.tools.make(name, .real, usual: usual) }
    for (name, body) in bodies { try root.tools.make(name, body) }
    let device = try disk.map { try Disk($0, in: root) }
    if let tool {
      if let body = bodies[tool], behaviour == .half {
        try root.tools.make("real-\(tool)", body)
        try root.tools.make(
          tool,
          "said=$(\(root.tools.path)/real-\(tool) \"$@\") || exit\nprintf %s \"$said\" | head -c $(($(printf %s \"$said\" | wc -c) / 2))")
      } else {
        try root.tools.make(tool, behaviour, usual: usual[tool] ?? .real)
      }
    }
    let functions = try ["waiting", "answers", "last-looks"].map { try scriptText("Core/Resources/\($0)") }.joined(separator: "\n")
    var text =
      try functions + "\nLOOK_LIMIT=\(behaviour == .hangs ? "0.3" : "10")\n" + variables.replacing("DEVICE_PATH", with: device?.path ?? "")
      + "\n"
      + self.text()
    if root.exists("/run/mountinfo") { text = text.replacing("/proc/self/mountinfo", with: "/run/mountinfo") }
    let outcome = try root.run(text, limit: 30)
    let destroying = root.tools.destroying
    withExtendedLifetime(device) {}
    return (outcome, destroying, root)
  }

  /// Nothing of this machine is changed by a test.
  private static let changing: [String: Behaviour] = Dictionary(
    uniqueKeysWithValues: [
      "mkfs.ext4", "mkfs.xfs", "pvcreate", "vgcreate", "lvcreate", "lvchange", "pvresize", "lvextend", "resize2fs",
      "xfs_growfs", "xfs_io", "e2label", "systemctl", "stonith_admin", "crm_node", "crm_resource", "crm_attribute", "cibadmin", "crm_mon",
      "corosync-cfgtool", "corosync-cmapctl", "corosync-qnetd-certutil", "corosync-qdevice-net-certutil", "journalctl", "sbd",
    ].map { ($0, Behaviour.pretends) })
}

/// A loop device for one run.
final class Disk {
  let path: String

  init(_ preparation: String, in root: FakeRoot) throws {
    let file = root.path("/run/disk")
    let made = try shell("truncate -s 64M '\(file)' && losetup --show --find '\(file)'")
    path = made.output.filter { !$0.isWhitespace }
    guard made.status == 0 else { throw NoLoopDevice(said: made.output) }
    let prepared = try shell("DEVICE=\(path)\n\(preparation)")
    guard prepared.status == 0 else { throw NoLoopDevice(said: prepared.output) }
  }

  deinit { _ = try? shell("losetup -d \(path)") }

  struct NoLoopDevice: Error, CustomStringConvertible {
    let said: String
    var description: String { "scripts that format are tried as root on a loop device (scripts/need lab): \(said)" }
  }
}
