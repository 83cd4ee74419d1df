import Core
import Fencing
import SharedStorage
import SpecFile
import VirtualIP

// Fencing in levels and by disks: what one device cannot know alone.
extension SpecSections {
  private typealias Devices = [(key: Int, value: FenceDevice)]

  func checkLevels(_ ordered: [(key: Int, value: FenceDevice)], _ problems: inout ProblemList) {
    for node in Set(ordered.map(\.value.node)).sorted() {
      let own = ordered.filter { $0.value.node == node }
      if let first = own.first(where: { $0.value.level == nil }), own.contains(where: { $0.value.level != nil }) {
        problems.add(
          Path("fencing") / first.key, "others of \(node)'s devices have a level, and this one has none",
          "Give each of them one (1 is tried first), or none: then they are tried in their order.")
      }
      checkWays(node, own, &problems)
    }
    for (index, device) in ordered {
      for unknown in device.unknownParameters(nil) {
        problems.add(
          Path("fencing") / index / "parameters" / unknown.name, "Pacemaker knows no parameter '\(unknown.name)' and would ignore it",
          unknown.near.map { "Did you mean '\($0)'?" } ?? "See man pacemaker-fenced.", severity: .warning)
      }
    }
  }

  /// A second level helps only where it does not fail together with the first.
  private func checkWays(_ node: NodeName, _ own: Devices, _ problems: inout ProblemList) {
    for (position, later) in own.enumerated() {
      for earlier in own.prefix(position) {
        let together = later.value.level != nil && later.value.level == earlier.value.level
        let path = Path("fencing") / later.key
        if later.value.isTwin(of: earlier.value) {
          problems.add(path, "it is the same device as another one of \(node)'s", "Name its own address or plug, or leave it out.")
        } else if !together, let one = earlier.value.address, let other = later.value.address, Self.shareNetwork(one, other) {
          problems.add(
            path / "address",
            one == other
              ? "\(node)'s other device has this address, too: when it does not answer, both levels fail"
              : "\(node)'s other device is in the same network (\(one)): when that network fails, both levels fail",
            "Reach one of them by another network, or let SBD or reservations be the second level.", severity: .warning)
        }
      }
    }
  }

  /// Nobody says how long the prefix of the devices' network is; /24 and /64 are what such networks have.
  private static func shareNetwork(_ one: String, _ other: String) -> Bool {
    if one == other { return true }
    guard let left = IPAddress(one), let right = IPAddress(other) else { return false }
    return left.shares(prefix: left.isIPv4 ? 24 : 64, with: right)
  }

  func checkDisks(_ ordered: [(key: Int, value: FenceDevice)], _ problems: inout ProblemList) {
    let sbd = ordered.filter { $0.value.agent == "fence_sbd" || $0.value.agent == "fence_watchdog" }
    if let first = sbd.first {
      for (index, device) in sbd.dropFirst() {
        let differs: [(key: String, isOther: Bool)] = [
          ("agent", device.agent != first.value.agent), ("device", device.disk != first.value.disk),
          ("watchdog", device.watchdog != first.value.watchdog),
          ("watchdog_timeout", device.watchdogTimeout != first.value.watchdogTimeout),
        ]
        for (key, _) in differs.filter(\.isOther).prefix(1) {
          problems.add(
            Path("fencing") / index / key, "the nodes' SBD must be one: '\(key)' is not as for \(first.value.node)",
            "Write the same on both.")
        }
      }
    }
    for (index, device) in ordered where device.agent == "fence_watchdog" {
      if ordered.contains(where: { $0.key != index && $0.value.node == device.node }) {
        problems.add(
          Path("fencing") / index, "the watchdog alone cannot be one of several devices: Pacemaker uses it where nothing else is",
          "Leave it out; or use fence_sbd with a disk, which can be a level.")
      } else if knowsAllNodes, !nodeList.allSatisfy({ node in sbd.contains { $0.value.node == node.node.name } }) {
        problems.add(
          Path("fencing") / index, "the watchdog alone must fence both nodes or none", "List agent: fence_watchdog for the other one, too.")
      }
    }
    guard let data = sharedStorage?.disk else { return }
    for (index, device) in ordered {
      guard let disk = device.disk else { continue }
      if device.agent == "fence_sbd", disk == data {
        problems.add(
          Path("fencing") / index / "device", "\(disk) holds PMM's data, which SBD's slots would destroy",
          "Give SBD a disk of its own; 4 MiB are enough.")
      } else if device.agent == "fence_scsi", disk != data {
        problems.add(
          Path("fencing") / index / "device", "reservations on \(disk) do not protect PMM's data, which is on \(data)",
          "Write device: \(data).")
      }
    }
  }
}

extension FenceDevice {
  /// The same thing said twice, whatever the level and the delay.
  fileprivate func isTwin(of other: FenceDevice) -> Bool {
    agent == other.agent && address == other.address && port == other.port && parameters == other.parameters && disk == other.disk
  }
}
