import Drills
import Lab

/// A drill's time line while it runs.
actor LiveDrill {
  private let quiet: Bool
  private let progress = LiveProgress()
  private var fault: Double?

  init(quiet: Bool) { self.quiet = quiet }

  func begin(_ drill: Drill, _ number: Int, of count: Int) async {
    guard !quiet else { return }
    let which = count > 1 ? Terminal.output.style("\(number)/\(count) ", .dim) : ""
    Terminal.output.write("\(which)\(Terminal.output.style(drill.name, .bold))  \(drill.title)\n")
  }

  func show(_ event: DrillEvent) async {
    guard !quiet else { return }
    switch event {
    case .phase(let text): await progress.phase(text)
    case .moment(let moment):
      if fault == nil && moment.source == .drill { fault = moment.at }
      await progress.phase(nil)
      Terminal.output.write(line(moment, from: fault ?? moment.at) + "\n")
    }
  }

  func stop() async { await progress.end() }

  func end(_ result: DrillResult, report: String) async {
    await progress.end()
    guard !quiet else { return }
    Terminal.output.write(DrillVerdict(result: result, terminal: .output).text)
    Terminal.output.write(Terminal.output.style("  \(report)\n\n", .dim))
  }

  private func line(_ moment: Moment, from fault: Double) -> String {
    let style: Terminal.Style =
      switch moment.source {
      case .drill: .yellow
      case .clients: .cyan
      default: .dim
      }
    return
      "  \(hundredths(moment.at - fault).padded(10))\(Terminal.output.style(moment.source.rawValue.padded(9), .dim))\(Terminal.output.style(moment.what, style))"
  }
}

/// Seconds with two digits: `+1.27 s`.
func hundredths(_ seconds: Double) -> String {
  let value = Int((seconds * 100).rounded())
  let rest = abs(value) % 100
  return "\(value < 0 ? "-" : "+")\(abs(value) / 100).\(rest < 10 ? "0" : "")\(rest) s"
}

/// What a drill came to, in a few lines.
struct DrillVerdict {
  let result: DrillResult
  let terminal: Terminal

  var text: String {
    var lines: [String] = []
    let verdict = result.passed ? terminal.style("passed", .green) : terminal.style("FAILED", .alarm)
    var words = [verdict]
    words.append(result.rto.map { $0 == 0 ? "no outage" : "outage \(milliseconds($0))" } ?? "an outage that did not end")
    if let records = result.records { words.append("\(records.lost) of \(records.acknowledged) acknowledged writes lost") }
    if let samples = result.samples { words.append(samples.told) }
    lines.append("  " + words.joined(separator: ", "))
    if let missing = result.longestOutage?.missing, !missing.isEmpty { lines.append("  " + terminal.style(lacks(missing), .dim)) }
    if !result.phases.isEmpty {
      lines.append(
        "  " + terminal.style(result.phases.map { "\($0.name) \(milliseconds($0.seconds * 1000))" }.joined(separator: ", "), .dim))
    }
    lines += result.failures.map { "  \(terminal.style("✗", .red)) \($0)" }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// One after the other, or where they came and went, in sum.
private func lacks(_ missing: [Outage.Lack]) -> String {
  if missing.count <= 5 {
    return "clients had "
      + missing.map { "\($0.stage.lack) \($0.lasted.map(milliseconds) ?? "until the end")" }.joined(separator: "; then ")
  }
  let sums = ProbeStage.allCases.compactMap { stage in
    let times = missing.filter { $0.stage == stage }.map { $0.lasted ?? 0 }
    return times.isEmpty ? nil : "\(stage.lack) \(milliseconds(times.reduce(0, +))) in \(times.count) parts"
  }
  return "clients had by turns " + sums.joined(separator: "; ")
}

func milliseconds(_ value: Double) -> String {
  value >= 1000 ? "\(Int(value / 10) / 100).\(two(Int(value / 10) % 100)) s" : "\(Int(value)) ms"
}

private func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

/// All drills of a run, a line each.
struct DrillSummary {
  let results: [DrillResult]
  let terminal: Terminal

  var text: String {
    guard results.count > 1 else { return "" }
    let width = (results.map(\.drill.count).max() ?? 0) + 2
    var lines = results.map { result in
      let verdict = result.passed ? terminal.style("passed", .green) : terminal.style("FAILED", .alarm)
      let outage = result.rto.map { $0 == 0 ? "none" : milliseconds($0) } ?? "not over"
      let records = result.records.map { "\($0.lost)/\($0.acknowledged)" } ?? "-"
      let samples = result.samples.map { ", samples \($0.missing)/\($0.scraped)" } ?? ""
      return "\(result.drill.padded(width))\(verdict)  outage \(outage.padded(9)) lost \(records)\(samples)"
    }
    let failed = results.count { !$0.passed }
    lines.append("\(counted(results.count, "drill")), \(failed == 0 ? "all passed" : "\(failed) failed")")
    return lines.joined(separator: "\n") + "\n"
  }
}
