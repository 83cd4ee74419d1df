import Core
import Transport

/// Runs a plan: stage after stage, the nodes of a stage side by side, to the first failure. It understands no step.
package struct Executor: Sendable {
  private let door: any Acting
  private let journal: Journal

  package init(door: any Acting, journal: Journal) {
    self.door = door
    self.journal = journal
  }

  /// Reports every step as it begins and ends. Throws what failed on each node; what ran beside it has ended then, too, and
  /// the next apply does what is left. The journal has each step on disk before it is sent: where that cannot be written,
  /// nothing is sent.
  package func run(_ plan: Plan, report: @escaping @Sendable (StepEvent) async -> Void) async throws {
    for (stage, byNode) in plan.stages {
      try await journal.announce(stage, byNode.flatMap(\.steps))
      do {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for (node, steps) in byNode {
            group.addTask {
              try await door.perform(steps, on: node) { event in
                await journal.record(event)
                await report(event)
              }
            }
          }
          // Not cancelled at the first failure: a half-run step on the other node helps nobody.
          var failures: [any Error] = []
          while let result = await group.nextResult() {
            if case .failure(let error) = result { failures.append(error) }
          }
          if failures.count > 1 { throw SeveralFailures(failures: failures) }
          if let only = failures.first { throw only }
        }
      } catch {
        do { try await journal.note("failed", "\(error)") } catch let unwritten {
          throw SeveralFailures(failures: [error, unwritten])
        }
        throw error
      }
      try await journal.check()
    }
    try await journal.note("done", "\(plan.steps.count) steps")
  }
}
