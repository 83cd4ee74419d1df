import Core

/// SBD as the spec's devices want it: each node watches a slot of a shared disk for its own death sentence, and its
/// watchdog resets it when it cannot.
package struct SBDSpec: Sendable, Equatable {
  /// nil: without a disk; then a node that loses quorum resets itself, and nobody can do more.
  package let disk: String?
  package let watchdog: String
  package let times: SBDTimes
  /// The nodes whose devices are SBD.
  package let nodes: [NodeName]
}

/// Seconds; sbd(8) wants msgwait to be twice the watchdog's time.
package struct SBDTimes: Sendable, Equatable {
  /// A node that is not fed for so long resets.
  package let watchdog: Int
  package init(watchdog: Int) { self.watchdog = watchdog }

  init(_ device: FenceDevice, _ timing: Timing) { watchdog = device.watchdogTimeout ?? timing.watchdog }

  /// After this a message counts as obeyed: the node has read it, or its watchdog has run out.
  package var messageWait: Int { watchdog * 2 }
  /// What Pacemaker must give a fencing: 1.2 x msgwait.
  package var fencingTimeout: Int { Self.fencingTimeout(messageWait: messageWait) }
  static func fencingTimeout(messageWait: Int) -> Int { (messageWait * 12 + 9) / 10 }
}

extension Timing {
  /// Seconds that a node's watchdog waits: longer than the shared disk ever does not answer.
  var watchdog: Int {
    switch self {
    case .fast: 5
    case .standard: 10
    case .cloud: 30
    }
  }
}

extension FencingSpec {
  /// nil where no device is SBD. The spec's checks see to it that all its devices say the same.
  package func sbd(_ timing: Timing) -> SBDSpec? {
    let all = devices.filter { FenceDevice.watchdogAgents.contains($0.agent) }
    guard let first = all.first, let watchdog = first.watchdog else { return nil }
    return SBDSpec(disk: first.disk, watchdog: watchdog, times: SBDTimes(first, timing), nodes: all.map(\.node))
  }
}

extension SBDSpec {
  /// Debian's and Enterprise Linux's place for it.
  static let files = ["/etc/default/sbd", "/etc/sysconfig/sbd"]

  /// The whole file. What it does not say is sbd's own default.
  var config: String {
    """
    # Written by pmm-ha. Each setting is explained in sbd(8) and in the package's own example of this file.
    \(disk.map { "SBD_DEVICE=\"\($0)\"\n" } ?? "")SBD_PACEMAKER=yes
    # A node that was fenced may come back by itself.
    SBD_STARTMODE=always
    # A node that boots faster than msgwait must not join while the other one still waits for its death.
    SBD_DELAY_START=yes
    SBD_WATCHDOG_DEV=\(watchdog)
    SBD_WATCHDOG_TIMEOUT=\(times.watchdog)
    SBD_TIMEOUT_ACTION=flush,reboot
    SBD_MOVE_TO_ROOT_CGROUP=auto
    # Pacemaker starts resources only when sbd watches it.
    SBD_SYNC_RESOURCE_STARTUP=yes
    SBD_OPTS=

    """
  }
}
