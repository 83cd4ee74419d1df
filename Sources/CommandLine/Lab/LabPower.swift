import ArgumentParser
import Lab

/// `pmm-ha lab power`
struct LabPower: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "power", abstract: "A node's power button: off is a power cut, on boots it.")
  @Argument(help: "on, off, reset or status.") var action: Action
  @OptionGroup var target: LabNodeOptions

  enum Action: String, ExpressibleByArgument, CaseIterable { case on, off, reset, status }

  func run() async throws {
    switch action {
    case .on: try await target.perform("has power and boots") { try await $0.powerOn($1) }
    case .off: try await target.perform("is off") { try await $0.powerOff($1) }
    case .reset: try await target.perform("was off and boots") { try await $0.reset($1) }
    case .status:
      let lab = try target.options.lab
      Terminal.output.write("\(try await lab.driver().power(of: lab.node(target.node)).rawValue)\n")
    }
  }
}
