import ArgumentParser
import Lab

/// `pmm-ha lab`: a cluster's machines on this one.
struct LabCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lab", abstract: "Two real nodes, a shared disk and BMCs on this machine, to build and break clusters on.",
    subcommands: [
      LabUp.self, LabDown.self, LabStatusCommand.self, LabSSH.self, LabPower.self, LabFreeze.self, LabThaw.self, LabCut.self, LabJoin.self,
      LabCloudCommand.self, LabLogs.self, LabSnapshot.self, LabSpec.self, LabProbe.self, LabDemo.self,
    ])
}

/// Which lab.
struct LabOptionGroup: ParsableArguments {
  @Option(help: "The lab's name; each is a network of its own.") var name = "demo"
  @Option(help: ArgumentHelp("Where labs are kept.", valueName: "path")) var directory = Lab.parent

  var lab: Lab { get throws { Lab(try LabName(name), parent: directory) } }
}

/// A node of it, by its name.
struct LabNodeOptions: ParsableArguments {
  @Argument(help: "The node: pmm1 or pmm2.") var node: String
  @OptionGroup var options: LabOptionGroup

  /// Does `act` to the node and says `what` was done.
  func perform(_ what: String, _ act: (any Driver, LabNode) async throws -> Void) async throws {
    let lab = try options.lab
    let node = try lab.node(node)
    try await act(lab.driver(), node)
    Terminal.output.write("\(node.name) \(what).\n")
  }
}
