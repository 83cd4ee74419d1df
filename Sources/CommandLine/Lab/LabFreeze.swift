import ArgumentParser
import Lab

/// `pmm-ha lab freeze`
struct LabFreeze: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "freeze", abstract: "Stop a node in its tracks: it has power and is not heard of.")
  @OptionGroup var target: LabNodeOptions

  func run() async throws { try await target.perform("stands still; 'pmm-ha lab thaw' lets it go on") { try await $0.freeze($1) } }
}

/// `pmm-ha lab thaw`
struct LabThaw: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "thaw", abstract: "Let a frozen node go on.")
  @OptionGroup var target: LabNodeOptions

  func run() async throws { try await target.perform("goes on") { try await $0.thaw($1) } }
}
