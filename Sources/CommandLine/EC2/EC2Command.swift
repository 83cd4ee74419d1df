import ArgumentParser

/// `pmm-ha ec2`
struct EC2Command: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ec2", abstract: "What a cluster on Amazon EC2 needs from its account.",
    subcommands: [EC2PolicyCommand.self, EC2TemplateCommand.self, EC2UpCommand.self, EC2DownCommand.self])
}
