import Core
import Pacemaker

extension PMMServer {
  /// The id of the resource, the group's last member.
  package static let resource = "pmm_server"

  /// Seconds that Pacemaker lets a start take: PMM 3 needs minutes after an update or a crash.
  var startTimeout: Int { spec.resource == .ocf ? 600 : 180 }
  /// Above the unit's TimeoutStopSec, with room for a hard end.
  static let stopTimeout = 90

  /// `pmm_server`, last in the group.
  package var fragment: CIBFragment {
    let start = Operation("start", timeout: startTimeout)
    let stop = Operation("stop", timeout: Self.stopTimeout)
    var fragment = CIBFragment()
    let job = Primitive.Job([.systemd(Self.name), .systemd("\(Self.name).service"), .ocf("pmm-ha", "pmm-server")])
    let primitive: Primitive =
      switch spec.resource {
      case .ocf:
        Primitive(
          Self.resource, .ocf("pmm-ha", "pmm-server"), parameters: [Pair("mount_point", mountPoint)],
          operations: [start, stop, Operation("monitor", interval: timing.serviceMonitor, timeout: 30)], job: job)
      case .systemd:
        Primitive(
          Self.resource, .systemd(Self.name),
          operations: [start, stop, Operation("monitor", interval: timing.serviceMonitor, timeout: 60)],
          job: job)
      }
    fragment.group = [primitive]
    return fragment
  }
}
