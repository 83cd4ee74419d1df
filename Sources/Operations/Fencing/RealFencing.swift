import Core
import Pacemaker
import Transport

/// A node that was really fenced, through Pacemaker: seconds after it was asked for.
package struct RealFencing: Sendable, Equatable, Encodable {
  package let node: NodeName
  /// `reboot`, or `off` and then on.
  package let action: String
  /// Where the service ran the whole time.
  package let service: NodeName
  /// Pacemaker's devices say that it is off.
  package let confirmed: Double
  /// It was out of the membership.
  package let lost: Double
  /// Its Corosync is back.
  package let back: Double
  /// It may take the service again.
  package let online: Double
}

/// Why a node is not fenced for a test.
package struct NotFenced: Error, CustomStringConvertible {
  package let description: String
  init(_ description: String) { self.description = description }
}

extension RealFencing {
  /// Whom to fence, and from where: only the passive node of a healthy cluster. Throws why not.
  package static func candidate(_ wanted: NodeName?, in status: ClusterStatus, nodes: [NodeName]) throws(NotFenced) -> (
    target: NodeName, from: NodeName
  ) {
    guard let home = status.service.node, let from = nodes.first(where: { $0.description == home }) else {
      throw NotFenced("The service runs nowhere, so nobody is fenced: mend that first, see pmm-ha status.")
    }
    if let wanted, !nodes.contains(wanted) {
      throw NotFenced("There is no node '\(wanted)'. The nodes are \(nodes.map(\.description).joined(separator: " and ")).")
    }
    guard let target = wanted ?? nodes.first(where: { $0 != from }), target != from else {
      throw NotFenced("The service runs on \(from), so it is not fenced. Fence the passive node, or move the service first: pmm-ha move.")
    }
    guard status.isHealthy else {
      let why = status.findings.first { $0.severity >= .warning }.map { "\($0.place): \($0.message)" } ?? "PMM does not answer"
      throw NotFenced("The cluster is not healthy, so nobody is fenced: \(why). Mend that first, see pmm-ha status.")
    }
    return (target, from)
  }

  /// Fences `target` from `home`, sees it go and come back, and notes that. Throws where the cluster did not do its part.
  package static func run(
    _ target: NodeName, from home: NodeName, off: Bool, service: String = ResourceID.server, limit: Int, through door: any Acting,
    report: @escaping @Sendable (StepEvent) async -> Void
  ) async throws -> RealFencing {
    var work = Work(target: target, home: home, service: service, limit: limit, door: door, report: report)
    let boot = try await work.boot()
    var times: [Double] = []
    do {
      times = try await work.fence(off ? "off" : "reboot")
      times.append(try await work.wait("lost", "Wait until \(target) is out of the cluster"))
      if off { _ = try await work.powerOn() }
      times.append(try await work.wait("joining", "Wait until \(target) is back"))
      times.append(try await work.wait("online", "Wait until \(target) is online"))
      guard try await work.boot() != boot else {
        throw NotFenced(
          "\(target) left the cluster and came back without a new start: its devices confirm what they do not do. Do not rely on them.")
      }
    } catch let refused as StepFailure where refused.status == 3 {
      // Since it was looked at something has changed, and nobody was fenced.
      throw refused
    } catch {
      await work.note(passed: false, confirmed: times.count > 1 ? times[1] - times[0] : nil, online: nil)
      throw error
    }
    let seconds = times.map { $0 - times[0] }
    await work.note(passed: true, confirmed: seconds[1], online: seconds[4])
    return RealFencing(
      node: target, action: off ? "off" : "reboot", service: home, confirmed: seconds[1], lost: seconds[2], back: seconds[3],
      online: seconds[4])
  }
}

/// The parts of a real fencing, each a step that the operator sees.
private struct Work {
  let target: NodeName
  let home: NodeName
  let service: String
  let limit: Int
  let door: any Acting
  let report: @Sendable (StepEvent) async -> Void
  /// The target's number in Corosync, and how often it had joined before it was fenced.
  var member: (id: Substring, joins: Substring) = ("", "")

  func boot() async throws -> String {
    try await door.ask(Question("boot-mark", PackageResources.boot_mark_sh), of: target).output
  }

  /// When it was asked for, and when confirmed.
  mutating func fence(_ action: String) async throws -> [Double] {
    let said = try await run(
      "Fence \(target) (\(action))", "fence-node", PackageResources.wait_sh + PackageResources.fence_node_sh, ["ACTION": Text(action)])
    let words = said.split(whereSeparator: \.isWhitespace).suffix(4)
    let times = words.suffix(2).compactMap { Double($0) }
    guard words.count == 4, times.count == 2 else { throw UnreadableAnswer("fence-node", said) }
    member = (words[words.startIndex], words[words.startIndex + 1])
    return times
  }

  func powerOn() async throws -> Double {
    try time(await run("Switch \(target) on", "power-on-node", PackageResources.power_on_node_sh))
  }

  func wait(_ what: String, _ words: String) async throws -> Double {
    try time(
      await run(
        words, "await-node", PackageResources.wait_sh + PackageResources.await_node_sh,
        ["WHAT": Text(what), "ID": Text(String(member.id)), "JOINS": Text(String(member.joins))]))
  }

  /// On both nodes, for either may be the one that is left. The outcome stands without it.
  func note(passed: Bool, confirmed: Double?, online: Double?) async {
    func text(_ seconds: Double?) -> Text { Text(seconds.map { "\(($0 * 10).rounded() / 10)" } ?? "") }
    let script = Script(
      "note-fenced", PackageResources.note_fenced_sh,
      ["NODE": Text(target.description), "RESULT": passed ? "passed" : "failed", "CONFIRMED": text(confirmed), "ONLINE": text(online)])
    for node in [home, target] {
      _ = try? await door.perform([Step(node, "Operations", .cluster, "Note it", because: "asked", .run(script))], on: node) { _ in }
    }
  }

  private func time(_ said: String) throws -> Double {
    guard let time = said.split(whereSeparator: \.isWhitespace).last.flatMap({ Double($0) }) else {
      throw UnreadableAnswer("await-node", said)
    }
    return time
  }

  private func run(_ what: String, _ name: String, _ body: [UInt8], _ more: KeyValuePairs<String, Text> = [:]) async throws -> String {
    let script = Script(name, body, ["SERVICE": Text(service), "NODE": Text(target.description), "LIMIT": Text("\(limit)")]).adding(more)
    return try await door.perform([Step(home, "Operations", .cluster, what, because: "asked", .run(script))], on: home, report: report)
  }
}
