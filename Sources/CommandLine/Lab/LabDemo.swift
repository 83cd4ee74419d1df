import Apply
import ArgumentParser
import Cluster
import Core
import FoundationEssentials
import Lab
import Operations

/// `pmm-ha lab demo`
struct LabDemo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Watch it: a cluster is built, its active node loses power, the service answers from the other.",
    discussion: "Leaves the lab running and its spec in the current directory, to look at and to break further.")
  @OptionGroup var options: LabOptionGroup
  @Option(help: ArgumentHelp("Where the lab's spec is written.", valueName: "file")) var spec = "pmm-ha-demo.yml"

  func run() async throws {
    let lab = try options.lab
    let status = try await boot(lab)
    let session = try await build(lab)
    try await crash(lab, session)
    try await comeBack(session)
    let name = "\(lab.name)" == "demo" ? "" : " --name \(lab.name)"
    say("\nThe lab is still running. Look at it:")
    let commands = aligned([
      ("\(status.url ?? "")lab/rows", "the service, in a browser of this machine"),
      ("\(programName) status -f \(spec)", "what was just shown"),
      ("\(programName) lab ssh\(name) pmm1", "a shell on a node; crm_mon, pcs status and the rest work there"),
      ("\(programName) lab power off pmm2\(name)", "do it again"),
    ])
    for command in commands { say("  " + command) }
    say("and stop it, leaving nothing behind:\n  \(programName) lab down\(name)")
  }

  private func boot(_ lab: Lab) async throws -> LabStatus {
    say("1  Two nodes boot: real systemd, Corosync and Pacemaker; a shared disk; a BMC each that cuts the power.", .bold)
    try await lab.down()
    let status = try await withProgress(nil) { live in try await lab.up(LabOptions()) { await live.show($0) } }
    try Data(try lab.specYAML().utf8).write(to: URL(filePath: spec))
    say("   Their spec is in \(spec).")
    return status
  }

  private func build(_ lab: Lab) async throws -> Session {
    say("\n2  One spec becomes a fenced cluster:  pmm-ha apply -f \(spec) --allow-destroy /dev/sdb", .bold)
    let session = try Session(SpecOptions.parse(["--file", spec]), prompting: true)
    let consent = session.cluster.consentOfLab
    let start = ContinuousClock.now
    let door = LockReading(session.door)
    let plan = try await makePlan(session.spec, consent: consent, asking: door)
    guard plan.blocking.isEmpty else { throw Refusal(PlanText(plan: plan, terminal: .output).text) }
    let (steps, _) = try await carryOut(plan, consent, session, seenAt: door.locks)
    let answer = try await serviceAnswer(session.cluster, asking: session.door)
    guard answer.isReady else { throw Refusal("PMM does not answer at \(answer.url); see: pmm-ha status -f \(spec)") }
    say("   \(steps) steps in \(((ContinuousClock.now - start) / .seconds(1)).seconds); PMM answers at \(answer.url).")
    return session
  }

  private func crash(_ lab: Lab, _ session: Session) async throws {
    let before = try await statusNow(session)
    guard let active = before.service.node, let survivor = session.nodes.first(where: { $0.description != active }) else {
      throw Refusal("the service runs nowhere; see: pmm-ha status -f \(spec)")
    }
    let row = "row-\(Int(Date.now.timeIntervalSince1970))"
    say("\n3  A client commits a row through the virtual IP, and \(active) loses its power.", .bold)
    try await lab.commit(row: row)
    let watch = OutageRecorder()
    let probing = Task { try await lab.probe(every: 25, path: "/v1/server/readyz", seconds: 60) { await watch.add($0) } }
    try await Task.sleep(for: .milliseconds(500))
    let cut = Date.now.timeIntervalSince1970
    try await lab.driver().powerOff(try lab.node(active))
    let outage = try await withProgress("waiting for the first good answer from \(survivor)") { _ in
      await watch.firstOutage(after: cut, limit: 55)
    }
    probing.cancel()
    _ = try? await probing.value
    let events = try await session.door.ask(Timeline.question(fault: cut), of: survivor).events
    var story = [(after: 0, what: "the power of \(active) is cut")] + events.map { (after: $0.after, what: $0.what) }
    // A client may have its answer before Pacemaker has noted the start that brought it.
    if let ended = outage?.ended { story.append((ended - cut, Terminal.output.style("the virtual IP answers again", .green))) }
    for event in story.sorted(by: { $0.after < $1.after }) { say("   \(event.after.seconds.padded(8)) \(event.what)") }
    guard let outage, let lasted = outage.lasted else {
      throw Refusal("no good answer came within 55 s; see: pmm-ha status -f \(spec)")
    }
    let kept = try await lab.rows().contains(row)
    say("   Clients were without an answer for \(Terminal.output.style(lasted.seconds, .bold)); the row is \(kept ? "there" : "LOST").")
    if !kept { throw Refusal("an acknowledged row is gone") }
  }

  private func comeBack(_ session: Session) async throws {
    say("\n4  The fenced node boots, rejoins, and takes nothing away.  pmm-ha status", .bold)
    let limit = ContinuousClock.now + .seconds(90)
    let status = try await withProgress("waiting until both nodes are members again") { _ in
      var status = try await statusNow(session)
      while !status.isHealthy && ContinuousClock.now < limit {
        try await Task.sleep(for: .milliseconds(500))
        status = try await statusNow(session)
      }
      return status
    }
    say("")
    Terminal.output.write(StatusText(status: status, terminal: .output).text)
    if !status.isHealthy { throw ExitCode(1) }
  }

  private func statusNow(_ session: Session) async throws -> ClusterStatus {
    try await clusterStatus(of: session.nodes, through: session.door, url: session.cluster.readinessURL)
  }

  private func say(_ text: String, _ style: Terminal.Style? = nil) {
    Terminal.output.write((style.map { Terminal.output.style(text, $0) } ?? text) + "\n")
  }
}

/// Collects a probe's answers until there was an outage that ended.
private actor OutageRecorder {
  private var answers: [ProbeAnswer] = []

  func add(_ answer: ProbeAnswer) { answers.append(answer) }

  /// The first outage that began after `fault` (seconds since 1970) and ended, at the latest `limit` seconds later.
  func firstOutage(after fault: Double, limit: Double) async -> (lasted: Double?, ended: Double?)? {
    let end = ContinuousClock.now + .seconds(limit)
    while ContinuousClock.now < end {
      let outages = Outage.all(in: answers).filter { $0.ended.map { $0 / 1000 > fault } ?? false }
      if let outage = outages.max(by: { ($0.lasted ?? 0) < ($1.lasted ?? 0) }), let ended = outage.ended {
        return (outage.lasted.map { $0 / 1000 }, ended / 1000)
      }
      try? await Task.sleep(for: .milliseconds(100))
    }
    return nil
  }
}
