import ArgumentParser
import Cluster
import Core

/// `pmm-ha check`
struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Look for what is wrong or risky, on the nodes and on EC2 in the account; changes nothing.",
    discussion: """
      The same findings as in plan, with the evidence: on EC2 what the nodes themselves were told by AWS, rights by dry runs. \
      Ends with 0 where nothing blocks an apply, with 1 where something does.
      """)

  @OptionGroup var options: SpecOptions
  @Flag(help: "For programs: one JSON object.") var json = false

  func run() async throws {
    let session = try Session(options)
    let check = try await withProgress("asking \(session.nodes.map(\.description).joined(separator: " and "))") { _ in
      try await checkCluster(session.spec, asking: session.door)
    }
    if json {
      try printJSON(check)
    } else {
      var lines = check.evidence
      if !lines.isEmpty { lines.append("") }
      lines += check.findings.sorted { $0.severity > $1.severity }.flatMap { FindingText(finding: $0, terminal: .output).lines }
      if check.findings.isEmpty { lines.append("Nothing is wrong.") }
      Terminal.output.write(lines.joined(separator: "\n") + "\n")
    }
    if check.findings.contains(where: { $0.severity == .blocking }) { throw ExitCode(1) }
  }
}
