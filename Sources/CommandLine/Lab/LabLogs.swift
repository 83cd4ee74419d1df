import ArgumentParser
import FoundationEssentials
import Lab

/// `pmm-ha lab logs`
struct LabLogs: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logs", abstract: "What a node logged, also of a node that is off: its journal, or its console and power.",
    discussion: "The journal is read from the node's disk with journalctl(1); options after '--' are handed to it.")
  @OptionGroup var options: LabOptionGroup
  @Flag(help: "When the node got and lost power, and what its console showed.") var console = false
  @Argument(help: "The node: pmm1 or pmm2.") var node: String
  @Argument(parsing: .captureForPassthrough, help: "Options of journalctl.") var journal: [String] = []

  func run() async throws {
    let lab = try options.lab
    let node = try lab.node(node)
    guard console else {
      try await lab.showJournal(of: node, options: journal.first == "--" ? Array(journal.dropFirst()) : journal)
    }
    for file in [lab.powerLog(node), try lab.driver().console(node)] {
      guard let text = try? Data(contentsOf: URL(filePath: file)) else { continue }
      Terminal.output.write("--- \(file)\n\(String(decoding: text, as: UTF8.self))\n")
    }
  }
}
