import ArgumentParser
import Lab

/// `pmm-ha lab spec`
struct LabSpec: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "spec", abstract: "Print a spec that fits a lab.")
  @OptionGroup var options: LabOptionGroup
  @Option(help: ArgumentHelp("PMM's tag in it; the lab's own PMM has 3.0.0 and 3.0.1, and what up --pmm-tag made.", valueName: "tag"))
  var tag: String?

  func run() async throws { Terminal.output.write(try options.lab.specYAML(tag: tag)) }
}
