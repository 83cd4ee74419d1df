import ArgumentParser
import Lab

/// The cables of a node.
struct LabRings: ParsableArguments {
  @Option(name: .customLong("ring"), help: ArgumentHelp("Only this ring's cable: 0 or 1.", valueName: "number")) var rings: [Int] = []

  func validate() throws {
    guard rings.allSatisfy({ $0 == 0 || $0 == 1 }) else { throw ValidationError("A node has rings 0 and 1.") }
  }

  var chosen: [Int] { rings.isEmpty ? [0, 1] : rings }
}

/// `pmm-ha lab cut`
struct LabCut: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "cut", abstract: "Take a node's network cables out of the switch.")
  @OptionGroup var target: LabNodeOptions
  @OptionGroup var cables: LabRings

  func run() async throws {
    try await target.perform("is cut off; 'pmm-ha lab join' connects it again") { try await $0.cut($1, rings: cables.chosen) }
  }
}

/// `pmm-ha lab join`
struct LabJoin: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "join", abstract: "Put a node's network cables back.")
  @OptionGroup var target: LabNodeOptions
  @OptionGroup var cables: LabRings

  func run() async throws { try await target.perform("is connected") { try await $0.join($1, rings: cables.chosen) } }
}
