import ArgumentParser
import Lab

/// `pmm-ha lab status`
struct LabStatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "What of a lab is there, and how to reach it.")
  @OptionGroup var options: LabOptionGroup
  @Flag(help: "For programs: one JSON object.") var json = false

  func run() async throws {
    let status = try await options.lab.status()
    if json { return try printJSON(status) }
    Terminal.output.write(LabText(status: status).render())
  }
}
