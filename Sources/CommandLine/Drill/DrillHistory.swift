import ArgumentParser
import Cluster
import Drills

/// `pmm-ha drill history`
struct DrillHistory: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Show earlier drills of a cluster, a line each, and how outages have changed.")
  @OptionGroup var spec: SpecOptions
  @Option(help: ArgumentHelp("The cluster's name; without it, the spec's.", valueName: "name")) var cluster: String?
  @Option(help: ArgumentHelp("Where reports are; default: where drills put them.", valueName: "directory")) var reports: String?
  @Option(help: ArgumentHelp("This drill only.", valueName: "name")) var drill: String?
  @Flag(help: "For programs: one JSON array.") var json = false

  func run() throws {
    let name = try cluster ?? (reports == nil ? try spec.load().cluster.name : "")
    let entries = try DrillStore(directory: reports ?? Workspace.drills(of: name)).history().filter { drill == nil || $0.drill == drill }
    if json { return try printJSON(entries) }
    if entries.isEmpty { return Terminal.output.write("No drill was run yet: pmm-ha drill run --all\n") }
    for entry in entries {
      let verdict = entry.passed ? Terminal.output.style("passed", .green) : Terminal.output.style("FAILED", .alarm)
      let outage = entry.outage.map { $0 == 0 ? "none" : milliseconds($0) } ?? "not over"
      let samples = entry.samplesMissing.map { ", samples \($0)" } ?? ""
      Terminal.output.write(
        "\(entry.when)  \(entry.drill.padded(24))\(verdict)  outage \(outage.padded(9)) lost \(entry.lost.map(String.init) ?? "-")\(samples)\n"
      )
    }
    for trend in DrillTrend.all(in: entries) where trend.runs > 1 {
      Terminal.output.write(
        "\(trend.drill.padded(24))\(trend.runs) runs, \(trend.failed) failed; outage median \(milliseconds(trend.median)), from \(milliseconds(trend.least)) to \(milliseconds(trend.most)), last \(milliseconds(trend.last))\n"
      )
    }
  }
}
