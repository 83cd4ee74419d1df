import Cluster
import Core
import FoundationEssentials
import Lab
import Operations
import Transport

/// What is going on in a drill, for who watches it.
package enum DrillEvent: Sendable {
  /// Something that takes a while.
  case phase(String)
  case moment(Moment)
}

/// Runs drills, one at a time: a healthy start, the acts, the way back, and the judgement.
package struct DrillRunner: Sendable {
  let site: Site
  let report: @Sendable (DrillEvent) async -> Void

  package init(_ site: Site, report: @escaping @Sendable (DrillEvent) async -> Void = { _ in }) {
    self.site = site
    self.report = report
  }

  /// Throws where it could not even begin; whatever happens later is part of the result.
  package func run(_ drill: Drill) async throws -> DrillResult {
    if let refusal = site.refusal(of: drill) { throw DrillFailure(refusal) }
    await report(.phase("looking whether the cluster is healthy"))
    let active = try await healthyStart()
    let passive = try site.other(than: active)
    let injector = Injector(site: site, active: active, passive: passive)
    let observer = Observer(every: site.every) { [report] in await report(.moment($0)) }
    let writes = site.lab == nil ? nil : "\(drill.name)-\(UInt32.random(in: 0 ... .max))"
    let began = Date.now.timeIntervalSince1970
    var record = DrillRecord(drill: drill, active: active, passive: passive, began: began)
    do {
      record = try await Watchers(site: site, observer: observer).looking(writes: writes) { [record] in
        try await perform(drill, injector, observer, record)
      }
    } catch {
      record.trouble = "\(error)"
    }
    if record.trouble != nil || !record.isHealed { try await mendAll() }
    return try await judge(record, observer, writes: writes)
  }

  // MARK: Start

  /// The active node of a healthy cluster whose plan is empty; nothing is broken that is broken already.
  private func healthyStart() async throws -> NodeName {
    if let lab = site.lab { try await lab.mend() }
    guard let status = try await untilHealthy(within: site.lab == nil ? 15 : 90), status.isHealthy else {
      let status = try? await status()
      let findings = status?.findings.map { "\n  \($0.place): \($0.message)" }.joined() ?? ""
      throw DrillFailure("The cluster is not healthy, so nothing was broken: see pmm-ha status.\(findings)")
    }
    let plan = try await makePlan(site.spec, asking: site.door)
    guard plan.isEmpty else {
      throw DrillFailure(
        "The nodes are not as the spec wants them (\(plan.steps[0].node): \(plan.steps[0].what)), so nothing was broken: run pmm-ha apply first."
      )
    }
    guard let active = try status.service.node.map({ try NodeName($0) }) else { throw DrillFailure("The service runs nowhere.") }
    return active
  }

  private func status() async throws -> ClusterStatus {
    // Asked from a node, the virtual IP answers only where its network does: a client outside asks anyway.
    try await clusterStatus(of: site.nodes, through: site.door, url: site.spec.cluster.readinessURL)
  }

  /// nil when it is not healthy in time.
  private func untilHealthy(within seconds: Double) async throws -> ClusterStatus? {
    let end = Date.now.timeIntervalSince1970 + seconds
    while Date.now.timeIntervalSince1970 < end {
      if let status = try? await status(), status.isHealthy { return status }
      try await Task.sleep(for: .milliseconds(400))
    }
    return nil
  }

  // MARK: Acts

  private func perform(_ drill: Drill, _ injector: Injector, _ observer: Observer, _ begun: DrillRecord) async throws -> DrillRecord {
    var record = begun
    await report(.phase("waiting until clients and watchers see both nodes"))
    let seeing: @Sendable () async -> Bool = { [nodes = site.nodes, hasLab = site.lab != nil] in
      // Some seconds of metrics, so that there is something to lose.
      let hasMetrics = hasLab ? await observer.hasMetrics(for: 6) : true
      guard await observer.hasSeen(nodes), hasMetrics else { return false }
      return await observer.isAnswering(for: 1)
    }
    guard try await until(60 * site.patience, seeing) else {
      let metrics = await observer.metrics.unanswered.map { " PMM's metrics store: \($0)." } ?? ""
      throw DrillFailure("The watchers see nothing, or clients get no answer, before anything was broken.\(metrics)")
    }
    record.watchedFrom = Date.now.timeIntervalSince1970
    for act in drill.acts {
      let home = await observer.home
      let start = Date.now.timeIntervalSince1970
      if record.fault == nil { record.fault = start }
      for action in act.actions {
        await observer.note(Moment(Date.now.timeIntervalSince1970, .drill, told(action, injector)))
        if action.fault == .confirm { record.confirmed.append(contentsOf: injector.nodes(action.on)) }
        if action.fault == .confirm { record.confirmedAt = Date.now.timeIntervalSince1970 }
        try await injector.perform(action)
      }
      let kept = try await hold(act.expect, from: start, home: home, injector, observer)
      record.acts.append(.init(start: start, end: Date.now.timeIntervalSince1970, home: home, check: kept))
      // What comes after a failed act would judge something else.
      if !kept.holds { break }
    }
    record.healedFrom = Date.now.timeIntervalSince1970
    await report(.phase("waiting until the cluster is healthy again"))
    for action in drill.heal {
      await observer.note(Moment(Date.now.timeIntervalSince1970, .drill, told(action, injector)))
      try await injector.perform(action)
    }
    try await switchOn(observer)
    record.isHealed = try await untilHealthy(within: Double(drill.healWithin) * site.patience) != nil
    // Watched until clients are served steadily: what breaks off in a time-out would be an outage without an end.
    _ = try await until(20) { await observer.isAnswering(for: 1) }
    let end = Date.now.timeIntervalSince1970
    if record.isHealed { await observer.note(Moment(end, .drill, "the cluster is healthy again")) }
    record.watchedTo = end
    if site.lab != nil, await observer.hasMetricsStore {
      await report(.phase("waiting until the client has sent what it kept of its metrics"))
      // vmagent waits for up to 64 s before it tries again.
      _ = try await until(150 * site.patience) { await observer.metrics.isSettled(until: end * 1000) }
      record.hasMetrics = true
    }
    return record
  }

  /// A BMC gives a fenced node its power back. SBD and reservations cannot: somebody goes there.
  private func switchOn(_ observer: Observer) async throws {
    guard let lab = site.lab, !site.seesFencing else { return }
    let driver = try lab.driver()
    for node in site.nodes {
      let machine = try lab.node("\(node)")
      guard try await driver.power(of: machine) == .off else { continue }
      await observer.note(Moment(Date.now.timeIntervalSince1970, .drill, Fault.powerOn.told("\(node)", .init(.powerOn))))
      try await driver.powerOn(machine)
    }
  }

  private func told(_ action: Drill.Action, _ injector: Injector) -> String {
    if action.fault.isOfCluster { return action.fault.told("", action) }
    let told = injector.nodes(action.on).map { action.fault.told("\($0)", action) }
    return Set(told).count == 1 ? told[0] : told.joined(separator: ", ")
  }

  /// Waits for what an act expects of the service, and says whether it came.
  private func hold(_ expect: Drill.Expectation, from start: Double, home: NodeName?, _ injector: Injector, _ observer: Observer)
    async throws
    -> Check
  {
    let what = words(expect, home)
    await report(.phase("waiting: \(what)"))
    func elapsed() -> Double { Date.now.timeIntervalSince1970 - start }
    // What was watched for long enough gets a moment more: a busy machine lets single questions fail.
    let hold = site.limit(expect.hold)
    let within = Double(max(expect.within, expect.hold + 10)) * site.patience
    if expect.service == .nowhere {
      // What was on its way when the fault came has settled after a second.
      try await Task.sleep(for: .seconds(1))
      while elapsed() < Double(hold) {
        let other = await observer.holders.first { $0 != home }
        if let other { return Check(what, false, "\(other) took it after \(tenths(elapsed())) s") }
        if await observer.isAnswering(for: 0.2) { return Check(what, false, "clients got answers after \(tenths(elapsed())) s") }
        try await Task.sleep(for: .milliseconds(50))
      }
      return Check(what, true, "for \(hold) s")
    }
    try await Task.sleep(for: .seconds(max(0, Double(hold) - elapsed())))
    let isThere: @Sendable () async -> Bool = {
      guard await observer.isAnswering(for: 1) else { return false }
      let now = await observer.home
      return switch expect.service {
      case .moves: now != nil && now != home
      case .stays: now == home
      default: true
      }
    }
    if expect.service != .any {
      guard try await until(within - elapsed(), isThere) else {
        let now = await observer.home.map { "on \($0)" } ?? "nowhere"
        return Check(
          what, false,
          "after \(Int(within)) s the virtual IP is \(now) and clients \(await observer.isAnswering(for: 0.5) ? "get answers" : "get none")"
        )
      }
    }
    if let wanted = expect.status {
      let found = try await until(within - elapsed()) {
        let findings = (try? await status())?.findings ?? []
        return findings.contains { "\($0.place): \($0.message)".contains(wanted) }
      }
      guard found else { return Check(what, false, "status did not say '\(wanted)' within \(Int(within)) s") }
      await observer.note(Moment(Date.now.timeIntervalSince1970, .drill, "status says it: '\(wanted)'"))
    }
    if let wanted = expect.plan {
      let found = try await until(within - elapsed()) {
        let findings = (try? await makePlan(site.spec, asking: site.door))?.findings ?? []
        return findings.contains { "\($0.place): \($0.message)".contains(wanted) }
      }
      guard found else { return Check(what, false, "plan did not say '\(wanted)' within \(Int(within)) s") }
      await observer.note(Moment(Date.now.timeIntervalSince1970, .drill, "plan says it: '\(wanted)'"))
    }
    if expect.healthy, try await untilHealthy(within: within - elapsed()) == nil {
      return Check(what, false, "the cluster was not healthy within \(Int(within)) s")
    }
    return Check(what, true, "after \(tenths(elapsed())) s, \(await observer.home.map { "on \($0)" } ?? "nowhere")")
  }

  private func words(_ expect: Drill.Expectation, _ home: NodeName?) -> String {
    let service =
      switch expect.service {
      case .moves: "the service moves away from \(home?.description ?? "nowhere")"
      case .stays: "the service is on \(home?.description ?? "nowhere") as before"
      case .answers: "the service answers"
      case .nowhere: "the service starts nowhere"
      case .any: "whatever the service does"
      }
    return service + (expect.status.map { ", and status says '\($0)'" } ?? "") + (expect.plan.map { ", and plan says '\($0)'" } ?? "")
  }

  private func until(_ seconds: Double, _ isTrue: @Sendable () async throws -> Bool) async throws -> Bool {
    let end = Date.now.timeIntervalSince1970 + max(0, seconds)
    while true {
      if try await isTrue() { return true }
      if Date.now.timeIntervalSince1970 >= end { return false }
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  // MARK: The way back, whatever happened

  private func mendAll() async throws {
    guard let lab = site.lab else { return }
    await report(.phase("mending what the drill broke"))
    try? await lab.mend()
    for node in site.nodes {
      let mends: [Fault] = [.unfill, .findDevice, .mendDevice, .showShare, .findImage, .mendClock, .findSlots]
      for fault in mends where fault.refusal(site.ground) == nil {
        guard let script = fault.script(site.values) else { continue }
        _ = try? await site.door.perform([Step(node, "Drills", .cluster, fault.rawValue, because: "a drill", .run(script))], on: node) {
          _ in
        }
      }
    }
    let verbs = Verbs(door: site.door)
    if let entry = try? await entryNode(of: site.nodes, through: site.door) {
      for node in site.nodes { _ = try? await verbs.unstandby(node, through: entry, limit: site.limit(20)) }
      _ = try? await verbs.cleanup(nil, fencing: true, through: entry, limit: site.limit(60))
    }
    _ = try? await untilHealthy(within: 120 * site.patience)
  }
}

func tenths(_ seconds: Double) -> String {
  let value = Int((seconds * 10).rounded())
  return "\(value / 10).\(value % 10)"
}

/// What a drill notes of itself while it runs.
struct DrillRecord: Sendable {
  let drill: Drill
  let active: NodeName
  let passive: NodeName
  let began: Double
  var watchedFrom: Double?
  var watchedTo: Double?
  /// When the first action was begun.
  var fault: Double?
  var healedFrom: Double?
  var acts: [ActRecord] = []
  var isHealed = false
  /// A client sent metrics, and the metrics store was asked for them after `watchedTo`.
  var hasMetrics = false
  /// Nodes that an operator said to be off.
  var confirmed: [NodeName] = []
  var confirmedAt: Double?
  var trouble: String?

  struct ActRecord: Sendable {
    let start: Double
    let end: Double
    let home: NodeName?
    let check: Check
  }

  init(drill: Drill, active: NodeName, passive: NodeName, began: Double) {
    self.drill = drill
    self.active = active
    self.passive = passive
    self.began = began
  }
}
