import ArgumentParser
import Cluster
import Core

/// `pmm-ha plan`
struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Show what apply would change, and what Pacemaker would do because of it.",
    discussion: "Only reads. Ends with 0 when there is nothing to do, 2 when there are changes, 1 when something is wrong.")

  @OptionGroup var options: SpecOptions
  @Flag(help: "For programs: one JSON object.") var json = false

  func run() async throws {
    let session = try Session(options)
    let plan = try await withProgress("looking at \(session.nodes.map(\.description).joined(separator: " and "))") { _ in
      try await makePlan(session.spec, asking: session.door)
    }
    if json {
      try printJSON(plan)
    } else {
      Terminal.output.write(PlanText(plan: plan, terminal: .output).text)
    }
    if !plan.blocking.isEmpty { throw ExitCode(1) }
    if !plan.isEmpty { throw ExitCode(2) }
  }
}
