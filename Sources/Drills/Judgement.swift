import Cluster
import Core
import FoundationEssentials
import Lab
import Operations
import Transport

extension DrillRunner {
  /// What all that was seen says of a drill.
  func judge(_ record: DrillRecord, _ observer: Observer, writes: String?) async throws -> DrillResult {
    let drill = record.drill
    await report(.phase("counting records and reading the nodes' logs"))
    let looks = await observer.looks
    let answers = await observer.answers
    let power = try site.lab?.powerEvents(since: record.began) ?? []
    let begun = record.fault ?? record.began
    // A power cut begins when the switch is thrown, not when somebody walks to it.
    let fault = power.first { $0.what == "off" && $0.at >= begun && $0.at < begun + 2 }?.at ?? begun
    let logs = await readLogs(since: fault)
    let confirmations =
      power.compactMap(\.confirmation)
      + (record.confirmedAt.map { at in record.confirmed.map { Confirmation(node: $0, at: at, by: "an operator") } } ?? [])
      + (site.seesFencing ? [] : logs.fencings)
    let holdings = Holding.all(in: looks)
    let questions = answers.filter(\.isQuestion)
    let outages = Outage.all(in: questions).filter { $0.questions > 1 }

    var invariants = Look.Held.allCases.map { Invariants.neverOnTwo($0, holdings, slack: site.seesInside ? 0 : 0.5) }
    invariants.append(Invariants.nothingBeforeFencing(looks, confirmations))
    if let from = record.watchedFrom, let to = record.watchedTo {
      // Through ssh a node that is off cannot be looked at.
      if site.seesInside { invariants.append(Invariants.watched(site.nodes, looks, from: from, to: to)) }
    } else {
      invariants.append(Check("both nodes were watched all the time", false, "the drill did not come to its end"))
    }
    let records = await count(writes, answers, into: &invariants)
    let samples =
      record.hasMetrics ? await observer.metrics.count(until: (record.watchedTo ?? 0) * 1000, away: outages) : nil
    if let samples {
      invariants += Invariants.metricsKept(samples, drill.missing, away: outages, block: Double(site.metrics.flush) / 1000)
    }
    invariants.append(contentsOf: await afterwards(record))

    var expectations = record.acts.map(\.check)
    expectations += zip(drill.acts, record.acts).compactMap { expected, act in outage(expected.expect, act, outages) }
    expectations.append(fencing(drill, record, confirmations.filter { $0.by != "an operator" }))
    if record.acts.count < drill.acts.count {
      expectations.append(Check("every act is played", false, "\(record.acts.count) of \(drill.acts.count)"))
    }

    let (versions, hash) = await versions()
    let longest = outages.max { ($0.lasted ?? .infinity) < ($1.lasted ?? .infinity) }
    let moments = (await observer.moments + power.map { Moment($0.at, .power, told($0)) } + logs.moments).sorted { $0.at < $1.at }
    let passed = record.trouble == nil && (expectations + invariants).allSatisfy(\.holds)
    return DrillResult(
      drill: drill.name, title: drill.title, proves: drill.proves, cluster: site.spec.cluster.name, lab: site.lab.map { "\($0.name)" },
      began: record.began, seconds: Date.now.timeIntervalSince1970 - record.began, fault: fault, active: record.active,
      passive: record.passive, passed: passed, expectations: expectations, invariants: invariants, outages: outages,
      questions: questions.count, every: site.every, stages: StageTime.all(in: questions), records: records, samples: samples,
      phases: Phases.of(logs.events, fault: fault, answer: longest?.ended.map { $0 / 1000 }), moments: moments, holdings: holdings,
      versions: versions, specHash: hash, evidence: logs.evidence, trouble: record.trouble)
  }

  private func told(_ event: PowerEvent) -> String {
    switch event.what {
    case "on": "\(event.node) gets power"
    case "off": "\(event.node) loses its power"
    case "dead": "\(event.node)'s last process is gone"
    case let press where press.hasPrefix("bmc power 0"): "the BMC of \(event.node) is told to cut the power"
    case let press where press.hasPrefix("bmc power 1"): "the BMC of \(event.node) is told to give power"
    case "ec2 off": "the API cuts the power of \(event.node)"
    case "ec2 on": "the API gives \(event.node) its power back"
    default: "\(event.node): \(event.what)"
    }
  }

  private func outage(_ expect: Drill.Expectation, _ act: DrillRecord.ActRecord, _ outages: [Outage]) -> Check? {
    guard let most = expect.outage else { return nil }
    let mine = outages.filter { $0.began / 1000 <= act.end && ($0.ended ?? .infinity) / 1000 >= act.start }
    let worst = mine.map { $0.lasted ?? .infinity }.max() ?? 0
    let what = most == 0 ? "clients feel nothing" : "clients wait \(most) ms at most"
    return Check(
      what, worst <= Double(most),
      worst == 0 ? "no outage" : worst == .infinity ? "an outage that did not end" : "an outage of \(Int(worst)) ms")
  }

  private func fencing(_ drill: Drill, _ record: DrillRecord, _ fencings: [Confirmation]) -> Check {
    let fenced = Set(fencings.map(\.node))
    let seen = fenced.isEmpty ? "nobody was" : fenced.sorted().map(\.description).joined(separator: " and ")
    let wanted = Set(drill.acts.map(\.expect.fenced))
    if wanted.contains(.any) { return Check("fencing is free to strike whom it must", true, seen) }
    if wanted.contains(.notActive) { return Check("\(record.active) is not fenced", !fenced.contains(record.active), seen) }
    if wanted.contains(.one) { return Check("one node is fenced, and not both", fenced.count == 1, seen) }
    if wanted.contains(.active) { return Check("\(record.active) is fenced, and only it", fenced == [record.active], seen) }
    if wanted.contains(.passive) { return Check("\(record.passive) is fenced, and only it", fenced == [record.passive], seen) }
    return Check("nobody is fenced", fenced.isEmpty, seen)
  }

  private func count(_ writes: String?, _ answers: [ProbeAnswer], into invariants: inout [Check]) async -> DrillResult.Records? {
    guard let lab = site.lab, let writes else { return nil }
    let mine = answers.filter { $0.row != nil }
    let acknowledged = mine.filter(\.good).compactMap(\.row)
    let others = mine.filter { !$0.good }.compactMap(\.row)
    do {
      // The service may be at its last restart still.
      var all = try? await lab.rowIDs()
      for _ in 0..<10 where all == nil {
        try await Task.sleep(for: .seconds(2))
        all = try? await lab.rowIDs()
      }
      if all == nil { all = try await lab.rowIDs() }
      let found = Set(all ?? []).filter { $0.hasPrefix("\(writes)-") }
      invariants.append(Invariants.nothingLost(acknowledged: acknowledged, found: found))
      return .init(
        acknowledged: acknowledged.count, lost: acknowledged.count { !found.contains($0) }, unanswered: others.count,
        unansweredKept: others.count { found.contains($0) })
    } catch {
      invariants.append(Check("no acknowledged write is lost", false, "the records could not be read: \(error)"))
      return nil
    }
  }

  /// After the way back nothing may be left.
  private func afterwards(_ record: DrillRecord) async -> [Check] {
    let healthy = Check(
      "the cluster becomes healthy again", record.isHealed,
      record.isHealed
        ? "\(tenths((record.watchedTo ?? 0) - (record.healedFrom ?? 0))) s after the way back was begun"
        : "not within \(Int(Double(record.drill.healWithin) * site.patience)) s")
    do {
      var plan = try await makePlan(site.spec, asking: site.door)
      // What boots is in the cluster before its last service has started; emulated, pcsd takes 22 s.
      let end = ContinuousClock.now + .seconds(10 * site.patience)
      while !plan.isEmpty && ContinuousClock.now < end {
        try await Task.sleep(for: .seconds(1))
        plan = try await makePlan(site.spec, asking: site.door)
      }
      let left = plan.steps.first.map { "\($0.node): \($0.what), because \($0.why)" }
      return [healthy, Check("the plan is empty afterwards", plan.isEmpty, left ?? "nothing is left to do")]
    } catch {
      return [healthy, Check("the plan is empty afterwards", false, "\(error)")]
    }
  }

  private func versions() async -> ([String: String], String) {
    guard let text = try? String(contentsOfFile: site.spec.file, encoding: .utf8) else { return ([:], "") }
    let question = Question("probe-versions", PackageResources.probe_versions_sh, ["SPEC": Text(text)])
    for node in site.nodes {
      guard let answer = try? await site.door.ask(question, of: node) else { continue }
      var values = keyValues(answer.output)
      let hash = values.removeValue(forKey: "spec") ?? ""
      values["pmm"] = site.values.image
      return (values, hash)
    }
    return ([:], "")
  }

  // MARK: Logs

  struct Logs {
    var events: [(node: NodeName, event: Timeline.Event)] = []
    var evidence: [String] = []
    var moments: [Moment] = []
    var fencings: [Confirmation] = []
  }

  private func readLogs(since fault: Double) async -> Logs {
    var logs = Logs()
    for node in site.nodes {
      let evidence = Question("probe-evidence", PackageResources.probe_evidence_sh) { Timeline($0, fault: fault) }
      guard let said = try? await site.door.ask(Timeline.question(fault: fault), evidence, of: node) else { continue }
      logs.events += said.0.events.map { (node, $0) }
      logs.evidence += said.1.events.map { "\(node) \(clock(fault + $0.after)) \($0.what)" }
    }
    logs.events.sort { $0.event.after < $1.event.after }
    // The coordinator logs what happens on the other node, too.
    var said: [String: Double] = [:]
    for (node, event) in logs.events {
      let isOwn = event.what.hasPrefix("corosync")
      let text = isOwn ? event.what.replacing("corosync: ", with: "corosync on \(node): ") : event.what
      if let before = said[text], event.after - before < 2 { continue }
      said[text] = event.after
      logs.moments.append(Moment(fault + event.after, .cluster, text))
      if event.what.hasPrefix("fencing: the device confirms that "), let name = event.what.split(separator: " ").dropFirst(5).first,
        let target = try? NodeName(String(name))
      {
        logs.fencings.append(Confirmation(node: target, at: fault + event.after, by: "Pacemaker"))
      }
    }
    return logs
  }
}
