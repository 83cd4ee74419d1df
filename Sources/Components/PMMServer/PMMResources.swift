import Core
import Pacemaker

extension PMMServer {
  /// The id of the resource, the group's last member.
  package static let resource = ResourceID.server

  /// Seconds that Pacemaker lets a start take. The agent itself ends one at the spec's limit, but not where it sees PMM
  /// migrate its data, which would begin anew elsewhere; the unit alone is started without waiting for PMM.
  var startTimeout: Int { spec.resource == .ocf ? spec.startLimit * 4 : 180 }
  /// Seconds that Pacemaker lets a stop take: above the unit's TimeoutStopSec, with room for a hard end.
  package var stopTimeout: Int { spec.stopGrace + 60 }

  /// `pmm_server`, last in the group.
  package var fragment: CIBFragment {
    let start = Operation("start", timeout: startTimeout)
    let stop = Operation("stop", timeout: stopTimeout)
    var fragment = CIBFragment()
    let job = Primitive.Job([.systemd(Self.name), .systemd("\(Self.name).service"), .ocf("pmm-ha", "pmm-server")])
    let primitive: Primitive =
      switch spec.resource {
      case .ocf:
        Primitive(
          Self.resource, .ocf("pmm-ha", "pmm-server"),
          parameters: [Pair("mount_point", mountPoint), Pair("start_limit", "\(spec.startLimit)")],
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
