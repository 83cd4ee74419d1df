import ArgumentParser

/// `pmm-ha fence`: verbs about what powers nodes off.
struct FenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fence", abstract: "Show, test and answer for the fencing devices.",
    subcommands: [FenceList.self, FenceTest.self, FenceHistory.self, FenceConfirm.self], defaultSubcommand: FenceList.self)
}
