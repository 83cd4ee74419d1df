import ArgumentParser
import Lab

/// `pmm-ha lab snapshot`
struct LabSnapshot: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot", abstract: "Keep a whole running lab of virtual machines, and come back to it in seconds.",
    subcommands: [Save.self, Restore.self, List.self])

  struct Save: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Keep the nodes' memory and disks as they are now.")
    @Argument(help: "Its name.") var tag: String
    @OptionGroup var options: LabOptionGroup

    func run() async throws {
      let lab = try options.lab
      try await withProgress("saving lab \(lab.name)") { _ in try await lab.saveSnapshot(tag) }
      Terminal.output.write("Lab \(lab.name) is kept as '\(tag)'.\n")
    }
  }

  struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Bring the nodes back to what they were.")
    @Argument(help: "The snapshot's name.") var tag: String
    @OptionGroup var options: LabOptionGroup

    func run() async throws {
      let lab = try options.lab
      try await withProgress("bringing lab \(lab.name) back to '\(tag)'") { _ in try await lab.restoreSnapshot(tag) }
      Terminal.output.write("Lab \(lab.name) is as it was at '\(tag)'.\n")
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "What is kept.")
    @OptionGroup var options: LabOptionGroup
    @Flag(help: "For programs: a JSON array.") var json = false

    func run() async throws {
      let tags = try options.lab.snapshots()
      if json { return try printJSON(tags) }
      Terminal.output.write(tags.map { $0 + "\n" }.joined())
    }
  }
}
