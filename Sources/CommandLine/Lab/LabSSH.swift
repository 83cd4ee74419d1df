import ArgumentParser
import Glibc
import Lab

/// `pmm-ha lab ssh`
struct LabSSH: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "ssh", abstract: "A shell on a node, or one command there.")
  @OptionGroup var options: LabOptionGroup
  @Option(help: ArgumentHelp("Log in as root, as ops (who may sudo) or as nosudo (who may not).", valueName: "user")) var user = "root"
  @Argument(help: "The node: pmm1 or pmm2.") var node: String
  @Argument(parsing: .captureForPassthrough, help: "What to run there.") var command: [String] = []

  func run() async throws {
    let lab = try options.lab
    let node = try lab.node(node)
    // This process becomes ssh: the terminal, signals and the exit status are its own.
    let words =
      ["ssh", "-F", lab.sshConfig, "-l", user, node.name.description] + (command.first == "--" ? Array(command.dropFirst()) : command)
    var arguments = words.map { strdup($0) } + [nil]
    execvp("ssh", &arguments)
    throw LabFailure("ssh cannot be started: \(String(cString: strerror(errno)))", hint: "apt-get install openssh-client")
  }
}
