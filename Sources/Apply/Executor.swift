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

  /// Reports every step as it begins and ends. Throws the first failure; what ran beside it has ended then, too, and
  /// the next apply does what is left.
  package func run(_ plan: Plan, report: @escaping @Sendable (StepEvent) async -> Void) async throws {
    for (stage, byNode) in plan.stages {
      await journal.note("stage", stage.rawValue)
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
          var first: (any Error)?
          while let result = await group.nextResult() {
            if case .failure(let error) = result, first == nil { first = error }
          }
          if let first { throw first }
        }
      } catch {
        await journal.note("failed", "\(error)")
        throw error
      }
    }
    await journal.note("done", "\(plan.steps.count) steps")
  }

  /// Runs `body` with the locks of all `nodes`, taken in one order by everybody so that two operators can't each hold one.
  package static func locked<Result: Sendable>(
    _ nodes: [NodeName], through door: any Acting, _ body: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    guard let first = nodes.sorted().first else { return try await body() }
    let rest = nodes.sorted().dropFirst()
    return try await door.locked(first) { try await locked(Array(rest), through: door, body) }
  }
}
