import Cluster
import Core
import Fencing
import Transport

/// What came of asking one fencing device from one node.
package struct DeviceTest: Sendable, Equatable, Encodable {
  package let device: String
  /// The node that it powers off.
  package let node: NodeName
  /// The node that asked it.
  package let from: NodeName
  package let passed: Bool
  package let seconds: Double
  /// Why not.
  package let reason: String?
}

/// A name that is neither a node's nor a device's.
package struct UnknownDevice: Error, CustomStringConvertible {
  package let description: String

  init(_ name: String, _ spec: ClusterSpec) {
    let known = spec.nodes.map(\.name.description) + spec.fencing.named.map(\.id)
    let near = didYouMean(name, among: known).map { "Did you mean '\($0)'? " } ?? ""
    description = "there is no node and no fencing device '\(name)'. \(near)There are: \(known.joined(separator: ", "))."
  }
}

/// Asks each device from each node that may use it, nodes side by side, as apply's test does. The service notices
/// nothing. `what`: a node's name, a device's, or all.
package func testDevices(
  _ spec: ClusterSpec, of what: String?, through door: any Acting, report: @escaping @Sendable (StepEvent) async -> Void
) async throws -> [DeviceTest] {
  let fencing = try await fencingDevices(spec, asking: door)
  let names = spec.nodes.map(\.name)
  func isMeant(_ id: String, _ device: FenceDevice) -> Bool { what == nil || what == id || what == device.node.description }
  if let what, !fencing.named.contains(where: { isMeant($0.id, $0.device) }) { throw UnknownDevice(what, spec) }
  let results = try await onAll(names) { node in
    var tests: [DeviceTest] = []
    for (id, device) in fencing.used(by: node) where what == nil || what == id || what == device.node.description {
      let start = ContinuousClock.now
      var reason: String?
      do {
        _ = try await door.perform([fencing.test(node, id, device)], on: node, report: report)
      } catch let failure as StepFailure {
        reason = failure.output.isEmpty ? failure.description : failure.output
      } catch let failure as NodeFailure {
        reason = "\(failure)"
      }
      tests.append(
        DeviceTest(
          device: id, node: device.node, from: node, passed: reason == nil, seconds: (ContinuousClock.now - start) / .seconds(1),
          reason: reason))
    }
    return tests
  }
  return names.flatMap { results[$0] ?? [] }.sorted { ($0.node, $0.device) < ($1.node, $1.device) }
}
