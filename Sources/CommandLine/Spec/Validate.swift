import ArgumentParser
import Cluster
import Core
import FoundationEssentials
import Secrets
import SpecFile

/// `pmm-ha validate`
struct Validate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check a spec: every mistake at once, with its line and what would be right.",
    discussion: "Asks no node. Exit status 0: it is right (there may be warnings). 1: it is not.")

  @Argument(help: ArgumentHelp("The spec; default pmm-ha.yml.", valueName: "file"), completion: .file(extensions: ["yml", "yaml"]))
  var path: String?

  @OptionGroup var spec: SpecOptions

  @Flag(help: "Print the findings as JSON.")
  var json = false

  func run() throws {
    let file = path ?? spec.file
    var problems: [Problem]
    do {
      let loaded = try LoadedSpec(file: file)
      problems = try loaded.problems + secretProblems(loaded)
    } catch let error as UnusableSpec {
      problems = error.problems
    }
    if json {
      try printJSON(file, problems)
    } else {
      printLines(file, problems)
    }
    if problems.contains(where: \.isError) { throw ExitCode(1) }
  }

  /// A secret file that others can read is a mistake; one that is merely not at hand here is not.
  private func secretProblems(_ loaded: LoadedSpec) throws -> [Problem] {
    do {
      let asked = Set(loaded.secrets.entries.filter { $0.source == .prompt }.map(\.place))
      return try loaded.secrets.resolve(prompting: false).unavailable.filter { !asked.contains($0.place) }.map {
        Problem(Finding(.note, at: $0.place, $0.message, hint: $0.hint), at: loaded.position(of: $0.place))
      }
    } catch let error as SecretsUnavailable {
      return error.findings.map { Problem($0, at: loaded.position(of: $0.place)) }
    }
  }

  private func printLines(_ file: String, _ problems: [Problem]) {
    let errors = problems.count(where: \.isError)
    for problem in problems.inOrder { Terminal.output.write(problem.description(file: file) + "\n") }
    Terminal.output.write(errors == 0 ? "\(file) is right\n" : "\(counted(errors, "mistake")) in \(file)\n")
  }

  private struct Report: Encodable {
    let file: String
    let valid: Bool
    let problems: [Entry]

    struct Entry: Encodable {
      let severity: Finding.Severity
      let path: String
      let line: Int
      let column: Int
      let message: String
      let hint: String
    }
  }

  private func printJSON(_ file: String, _ problems: [Problem]) throws {
    let report = Report(
      file: file, valid: !problems.contains(where: \.isError),
      problems: problems.inOrder.map {
        Report.Entry(
          severity: $0.finding.severity, path: $0.finding.place, line: $0.position.line, column: $0.position.column,
          message: $0.finding.message, hint: $0.finding.hint)
      })
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    Terminal.output.write(String(decoding: try encoder.encode(report), as: UTF8.self) + "\n")
  }
}
