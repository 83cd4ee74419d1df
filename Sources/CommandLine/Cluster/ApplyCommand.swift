import Apply
import ArgumentParser
import Cluster
import Core
import Transport

/// `pmm-ha apply`
struct ApplyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Make the nodes what the spec says.",
    discussion: """
      Shows the plan and asks, does it with the nodes side by side, and checks at the end that nothing is left to do and \
      that PMM answers at the virtual IP. Interrupted anywhere, run it again: it does what is left.
      """)

  @OptionGroup var options: SpecOptions
  @Flag(name: .shortAndLong, help: "Do not ask.") var yes = false
  @Option(help: ArgumentHelp("What is on this device may be destroyed; as the spec names it.", valueName: "device")) var allowDestroy:
    [String] = []
  @Flag(help: "The service may stop or move.") var allowDisruption = false
  @Flag(help: "For programs: one JSON object at the end.") var json = false

  func run() async throws {
    let session = try Session(options, prompting: true)
    let nodes = session.nodes.map(\.description).joined(separator: " and ")
    let consent = Consent(destroy: Set(allowDestroy), disruption: allowDisruption)
    let (locks, plan) = try await withProgress("looking at \(nodes)") { _ in
      let door = LockReading(session.door)
      let plan = try await makePlan(session.spec, consent: consent, asking: door)
      return (door.locks, plan)
    }
    if !json { Terminal.output.write(PlanText(plan: plan, terminal: .output).text) }
    try refuse(plan, without: consent)
    let outcome = try await finish(session, plan, consent, locks)
    if json { try printJSON(outcome) } else { Terminal.output.write(outcome.text(.output)) }
    if !outcome.service.isReady { throw ExitCode(1) }
  }

  private func finish(_ session: Session, _ plan: Plan, _ consent: Consent, _ locks: LockCount) async throws -> Outcome {
    if plan.isEmpty {
      return Outcome(steps: 0, seconds: 0, journal: nil, service: try await serviceAnswer(session.cluster, asking: session.door))
    }
    guard yes || confirmed("Apply \(counted(plan.steps.count, "step"))?") else {
      throw Refusal("Nothing was changed. To go on without a question: --yes")
    }
    let start = ContinuousClock.now
    let (steps, journal) = try await carryOut(plan, consent, session, seenAt: locks)
    let service = try await serviceAnswer(session.cluster, asking: session.door)
    return Outcome(steps: steps, seconds: (ContinuousClock.now - start) / .seconds(1), journal: journal, service: service)
  }

  private func refuse(_ plan: Plan, without consent: Consent) throws {
    if !plan.blocking.isEmpty {
      throw Refusal("Nothing was changed: mend what is marked 'blocking' above first." + (json ? " See: pmm-ha plan" : ""))
    }
    let lacking = plan.lacking(consent)
    guard lacking.isEmpty else {
      let reasons = lacking.map { "  \($0.flag)\n      \($0.reason)" }.joined(separator: "\n")
      throw Refusal("Nothing was changed: this plan needs your consent.\n\(reasons)")
    }
  }
}

/// How an apply ended.
struct Outcome: Encodable {
  let steps: Int
  let seconds: Double
  let journal: String?
  let service: ServiceAnswer

  func text(_ terminal: Terminal) -> String {
    var lines: [String] = []
    if steps > 0 {
      lines.append("\(counted(steps, "step")) in \(seconds.seconds); nothing is left to do.  \(terminal.style(journal ?? "", .dim))")
    }
    lines.append(
      service.isReady
        ? "\(terminal.style("PMM answers", .green)) at \(service.url)"
        : "\(terminal.style("PMM does not answer", .red)) at \(service.url)\(service.status.map { " (HTTP \($0))" } ?? ""); see: pmm-ha status"
    )
    return lines.joined(separator: "\n") + "\n"
  }
}

/// Runs a plan that was agreed to, under the nodes' locks, with live progress and a journal. Returns the number of
/// steps and the journal's path. `seenAt`: the locks before the plan's facts were taken.
func carryOut(_ plan: Plan, _ consent: Consent, _ session: Session, seenAt locks: LockCount) async throws -> (steps: Int, journal: String) {
  let journal = try Journal(in: Workspace.journals(of: session.cluster.name))
  do {
    let steps = try await withProgress(nil) { progress in
      try await withLocks(of: session.nodes, through: session.door) {
        try await runRounds(
          plan, consent, executor: Executor(door: session.door, journal: journal),
          isStillTrue: { try await locks.isStillTrue(asking: session.door) },
          look: { try await makePlan(session.spec, consent: consent, asking: session.door) }, announce: { await progress.announce($0) },
          report: { await progress.show($0) })
      }
    }
    return (steps, journal.path)
  } catch let failure as StepFailure {
    throw Refusal("\(failure)\nThe steps before it stay done: mend this, and the same apply goes on from there.  \(journal.path)")
  } catch let failures as SeveralFailures {
    throw Refusal("\(failures)\nThe steps before them stay done: mend this, and the same apply goes on from there.  \(journal.path)")
  }
}
