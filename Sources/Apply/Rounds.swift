import Core
import Transport

/// Runs a plan, looks again, and runs what is left, until nothing is: what a node says may change when its software
/// has just been installed. Returns the number of steps that were run.
///
/// `look` makes a fresh plan. Unless `isStillTrue` says that nobody worked there since, the first look happens under the
/// lock and replaces `shown`, the plan that the operator agreed to: when another operator was faster, there may be less
/// to do, and never more or other work. A plan that needs more consent is not run.
///
/// Later rounds do what follows from the first: their steps that were not shown are handed to `announce` before they run. Such a
/// step must not disrupt or destroy anything that no shown step does and that consent does not name.
package func runRounds(
  _ shown: Plan, _ consent: Consent, executor: Executor, isStillTrue: @Sendable () async throws -> Bool = { false },
  look: @Sendable () async throws -> Plan, announce: @Sendable ([Step]) async -> Void = { _ in },
  report: @escaping @Sendable (StepEvent) async -> Void
) async throws -> Int {
  var plan = try await isStillTrue() ? shown : look()
  // Less to do is fine: something on a node has come up by itself, or the other operator was faster.
  guard plan.unshown(by: shown.steps).isEmpty, plan.blocking.isEmpty, plan.lacking(consent).isEmpty else { throw ChangedMeanwhile() }
  var seen = shown.steps
  var done = 0
  for _ in 0..<4 {
    if plan.isEmpty { return done }
    try await executor.run(plan, report: report)
    done += plan.steps.count
    plan = try await look()
    if let lacking = plan.lacking(consent).first ?? plan.blocking.first.map({ ("", "\($0.place): \($0.message)") }) {
      throw NotDone(steps: plan.steps.map(\.what), reason: "going on needs \(lacking.0) (\(lacking.1)); look at it with: pmm-ha plan")
    }
    let new = plan.unshown(by: seen)
    if let step = new.first(where: { $0.hasEffect(beyond: shown, consent) }) {
      throw NotDone(
        steps: plan.steps.map(\.what),
        reason: "'\(step.what)' on \(step.node) disrupts or destroys what the plan that you agreed to did not; look at it with: pmm-ha plan"
      )
    }
    if !new.isEmpty { await announce(new) }
    seen += new
  }
  if plan.isEmpty { return done }
  throw NotDone(
    steps: plan.steps.map(\.what), reason: "these steps leave the nodes as they were; this is a defect of pmm-ha: please report it")
}

extension Plan {
  /// The steps that do other work than any of `steps`.
  fileprivate func unshown(by steps: [Step]) -> [Step] { self.steps.filter { step in !steps.contains { $0.isSameWork(as: step) } } }
}

extension Step {
  /// It disrupts where the shown plan did not, or destroys what neither that plan nor the operator's consent named.
  fileprivate func hasEffect(beyond shown: Plan, _ consent: Consent) -> Bool {
    let known = shown.steps.flatMap(\.effects)
    return effects.contains { effect in
      switch effect {
      case .destroys(let device): !known.contains(effect) && !consent.destroy.contains(device)
      case .disrupts: !shown.transitionsDisrupt && !known.contains { if case .disrupts = $0 { true } else { false } }
      }
    }
  }
}

/// The plan that was agreed to is no longer what would be done.
package struct ChangedMeanwhile: Error, CustomStringConvertible {
  package var description: String { "The nodes changed after the plan was made, so nothing was done. Run it again: it will look anew." }
}

/// Steps are left after all that could be done.
package struct NotDone: Error, CustomStringConvertible {
  let steps: [String]
  let reason: String
  package var description: String { "Not done yet: \(steps.joined(separator: "; ")): \(reason)" }
}
