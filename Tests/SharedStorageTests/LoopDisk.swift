import Core
import Foundation
import TestSupport
import Testing

@testable import SharedStorage

/// A disk of 1 GiB that two nodes see: a loop device, and for each node a host name and an LVM directory of its own, whose
/// filter lets LVM see nothing else of this machine. Without device-mapper no volume becomes active.
final class LoopDisk {
  let directory = FileManager.default.temporaryDirectory.appending(path: "pmm-ha-lvm-\(UUID().uuidString)").path
  let device: String

  init() throws {
    let missing = try shell(
      "id -u | grep -qx 0 || echo root; for tool in lvm unshare mkfs.xfs; do command -v $tool >/dev/null || echo $tool; done; losetup --find 2>&1 >/dev/null"
    ).output
    guard missing.isEmpty else { throw Missing(what: missing) }
    let made = try shell(
      """
      set -eu
      mkdir -p \(directory)/pmm1 \(directory)/pmm2
      truncate -s 1G \(directory)/disk
      device=$(losetup --show --find \(directory)/disk)
      for node in pmm1 pmm2; do
        cp -r /etc/lvm/. \(directory)/$node
        cat >\(directory)/$node/lvm.conf <<CONF
      devices {
        filter = [ "a|^$device\\$|", "r|.*|" ]
        global_filter = [ "a|^$device\\$|", "r|.*|" ]
      }
      global {
        activation = 0
      }
      backup {
        backup = 0
        archive = 0
      }
      CONF
      done
      echo "$device"
      """)
    device = made.output.filter { !$0.isWhitespace }
    guard made.status == 0 else { throw Unexpected() }
  }

  struct Missing: Error, CustomStringConvertible {
    let what: String
    var description: String { "real LVM is tried as root on a loop device; install what lacks (scripts/need lab): \(what)" }
  }

  deinit { _ = try? shell("losetup -d \(device); rm -rf \(directory)") }

  /// The commands as they run on that node.
  func command(_ text: String, on node: NodeName) -> String {
    "LVM_SYSTEM_DIR=\(directory)/\(node) LVM_SUPPRESS_FD_WARNINGS=1 unshare --uts sh -c "
      + shellQuoted("hostname \(node)\nexport LVM_SYSTEM_DIR\n\(Script.functions)\n\(text)")
  }

  func run(_ text: String, on node: NodeName) throws -> Outcome { try shell(command(text, on: node)) }

  func facts(_ spec: LVMSpec) throws -> [NodeName: StorageFacts] {
    var result: [NodeName: StorageFacts] = [:]
    for node in [pmm1, pmm2] {
      var facts = try StorageFacts(Answer(run(Script.functions + spec.question().script.rendered { _ in "" }, on: node).output))
      facts.lvm?.mapper = true
      facts.lvm?.isOrdered = true
      facts.mountPoint = .directory(mode: "0", entries: 0)
      result[node] = facts
    }
    return result
  }

  /// Carries out what a plan has for the nodes' own LVM directories, and its scripts of a name on their nodes, side by side.
  func perform(_ plan: Proposal, _ scripts: [String], after prefix: String = "") throws -> String {
    var all: [String] = []
    for step in plan.steps {
      switch step.action {
      case .write(let file):
        let place = file.path.replacing("/etc/lvm", with: "\(directory)/\(step.node)")
        try file.content.description.write(toFile: place, atomically: true, encoding: .utf8)
      case .run(let script) where scripts.contains(script.name):
        all.append(command(prefix + script.rendered { _ in "" }, on: step.node) + " &")
      default: break
      }
    }
    return try shell(all.joined(separator: "\n") + "\nwait").output
  }
}
