import Cluster
import Core
import Lab
import Synchronization
import Transport

/// Where drills run: a cluster, and the lab that it lives in, if it does.
package final class Site: Sendable {
  package let door: Connection
  package let lab: Lab?
  private let inForce: Mutex<LoadedSpec>
  /// Brings PMM to a tag and returns the spec that says so; nil where that cannot be done.
  private let apply: (@Sendable (String) async throws -> LoadedSpec)?

  package init(
    _ spec: LoadedSpec, door: Connection, lab: Lab?, update: (@Sendable (String) async throws -> LoadedSpec)? = nil
  ) {
    inForce = Mutex(spec)
    self.door = door
    self.lab = lab
    apply = update
  }

  /// The spec that is in force; an update changes it.
  package var spec: LoadedSpec { inForce.withLock { $0 } }

  /// The nodes are watched from outside, on the drill's own clock: off, frozen or cut off, they are seen. Else they are
  /// watched through ssh.
  var seesInside: Bool { (try? lab?.canLookInside) ?? false }

  /// What fences is the lab's own: a BMC, a cloud's API, which note what they do. Of other devices Pacemaker's log tells.
  var seesFencing: Bool { lab != nil && spec.cluster.fencing.devices.allSatisfy { ["fence_ipmilan", "fence_aws"].contains($0.agent) } }

  /// Milliseconds between two questions of a client. An emulated node takes 70 to 270 ms for one (curl, on a machine of two
  /// processors), and more while the other one boots. With one or two a second and their writes, those that had timed out were
  /// still being answered when the next ones came, until PMM missed its checks and the address's stop its 20 s.
  var every: Int { isEmulated ? 2000 : 20 }

  /// How the client of PMM's metrics works. Each block and each look is a TLS connection or an answer of PMM's, dear where the
  /// node is emulated.
  var metrics: MetricsSettings {
    var settings = MetricsSettings()
    settings.port = spec.cluster.pmm.port
    if isEmulated { (settings.scrape, settings.flush, settings.look) = (2000, 10_000, 10_000) }
    return settings
  }

  /// Seconds between two looks of a watcher that works through ssh. Each starts a process, which is dear where it is emulated.
  var pause: String { isEmulated ? "0.5" : "0.05" }

  /// How many times longer than a drill's file says something may take.
  var patience: Double { isEmulated ? 4 : 1 }

  /// How many seconds Pacemaker is given for what it takes up to so many for on nodes as fast as the lab's containers.
  func limit(_ seconds: Int) -> Int { Int(Double(seconds) * patience) }

  private var isEmulated: Bool { (try? lab?.isEmulated) ?? false }

  /// Why a drill cannot run here; nil: it can.
  package func refusal(of drill: Drill) -> String? { drill.refusal(ground) }

  var ground: Ground {
    Ground(isLab: lab != nil, hasOwnKernels: !seesInside, isCloud: (try? lab?.isCloud) ?? false, hasSlots: !values.slots.isEmpty)
  }

  package var nodes: [NodeName] { spec.cluster.nodes.map(\.name) }

  func other(than node: NodeName) throws -> NodeName {
    guard let other = nodes.first(where: { $0 != node }) else { throw DrillFailure("the cluster has one node only") }
    return other
  }

  func update() async throws {
    guard let apply, let lab, let tag = try lab.newerTag else {
      throw DrillFailure("there is no newer version of PMM to update to; a new lab has one: pmm-ha lab down, pmm-ha lab up")
    }
    let spec = try await apply(tag)
    inForce.withLock { $0 = spec }
  }

  var values: FaultValues {
    let spec = spec.cluster
    return FaultValues(
      mountPoint: spec.sharedStorage.mountPoint, device: spec.sharedStorage.device ?? "", address: spec.virtualIP.host,
      slots: spec.fencing.sbd(spec.timing)?.disk ?? "", share: spec.configShare.path,
      image: spec.pmm.reference)
  }
}

/// A drill that could not be run, or not to its end.
package struct DrillFailure: Error, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}
