import ArgumentParser
import FoundationEssentials
import Lab

/// `pmm-ha lab cloud`
struct LabCloudCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cloud", abstract: "Change how a lab's cloud behaves: its API, its instances' times, their role's rights.")
  @OptionGroup var options: LabOptionGroup
  @Option(help: "heard, or silent: packets reach the API and none comes back.") var api: Hearing?
  @Option(help: "Seconds from a stop to stopped; the power goes at their end.") var stopTime: Int?
  @Option(help: "Seconds from a start to running; the power comes at their end.") var startTime: Int?
  @Option(help: ArgumentHelp("What the instances' role may do, a policy as IAM takes it.", valueName: "file")) var policy: String?

  enum Hearing: String, ExpressibleByArgument, CaseIterable { case heard, silent }

  func validate() throws {
    guard [stopTime, startTime].allSatisfy({ $0.map { 0...3600 ~= $0 } ?? true }) else {
      throw ValidationError("A stop or a start takes 0 to 3600 seconds.")
    }
    guard api != nil || stopTime != nil || startTime != nil || policy != nil else { throw ValidationError("Say what to change.") }
  }

  func run() async throws {
    let lab = try options.lab
    if let policy { try lab.setPolicy(String(contentsOfFile: policy, encoding: .utf8)) }
    if stopTime != nil || startTime != nil { try lab.setCloudTimes(stop: stopTime, start: startTime) }
    if let api { try await lab.setCloudSilent(api == .silent) }
    Terminal.output.write("Done.\n")
  }
}
