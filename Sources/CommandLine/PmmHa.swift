import ArgumentParser
import Transport

/// The command: verbs only; each is a file of its own.
@main
struct PmmHa: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pmm-ha", abstract: "A highly available PMM Server: two nodes, Pacemaker and Corosync, from one spec.",
    subcommands: [
      PlanCommand.self, CheckCommand.self, ApplyCommand.self, StatusCommand.self, MoveCommand.self, StandbyCommand.self,
      UnstandbyCommand.self, CleanupCommand.self, FenceCommand.self, NodeCommand.self, StopCommand.self, StartCommand.self,
      DestroyCommand.self, Init.self, AdoptCommand.self,
      Validate.self, SchemaCommand.self, DrillCommand.self, EC2Command.self, LabCommand.self,
    ])

  static func main() async {
    outliveChildren()
    await main(nil)
  }
}
