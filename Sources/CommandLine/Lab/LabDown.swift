import ArgumentParser
import Lab

/// `pmm-ha lab down`
struct LabDown: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "down", abstract: "Remove a lab and all it is: processes, network, disks. The images stay, for the next one.")
  @OptionGroup var options: LabOptionGroup

  func run() async throws {
    let lab = try options.lab
    try await withProgress("taking lab \(lab.name) down") { _ in try await lab.down() }
    Terminal.output.write("Lab \(lab.name) is gone.\n")
  }
}
