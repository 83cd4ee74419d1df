import ArgumentParser
import Lab

/// `pmm-ha lab probe`
struct LabProbe: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "probe", abstract: "Ask the service through the virtual IP again and again, and say when it did not answer.")
  @OptionGroup var options: LabOptionGroup
  @Option(help: ArgumentHelp("Milliseconds between two questions.", valueName: "ms")) var every = 25
  @Option(help: ArgumentHelp("Stop after this many seconds; without it at Ctrl-C.", valueName: "seconds")) var seconds: Double?
  @Option(help: "What to ask for.") var path = "/v1/server/readyz"
  @Flag(help: "For programs: each answer as a line of JSON.") var json = false

  func validate() throws {
    guard every >= 5 else { throw ValidationError("--every: at least 5 ms, a question costs the nodes a TLS handshake.") }
  }

  func run() async throws {
    let lab = try options.lab
    let watch = OutageWatch(json: json)
    try await lab.probe(every: every, path: path, seconds: seconds) { try await watch.take($0) }
    await watch.finish()
  }
}

/// Says what changes: the service answers, the service does not.
private actor OutageWatch {
  private let json: Bool
  private var answers: [ProbeAnswer] = []
  private var changes = ProbeChanges()

  init(json: Bool) { self.json = json }

  func take(_ answer: ProbeAnswer) throws {
    answers.append(answer)
    if json { return Terminal.output.write(try jsonText(answer, pretty: false)) }
    guard changes.isChange(answer) else { return }
    let state = answer.good ? Terminal.output.style("answers", .green) : Terminal.output.style("no answer", .red)
    let reason = answer.missing.map { "  \($0.lack) (\(answer.why))" } ?? ""
    Terminal.output.write("\((answer.asked / 1000).clock)  \(state)\(reason)\n")
  }

  func finish() {
    guard !json else { return }
    let outages = Outage.all(in: answers)
    Terminal.output.write("\(counted(answers.count, "question")), \(counted(outages.count, "outage"))\n")
    for outage in outages {
      let lasted = outage.lasted.map { ($0 / 1000).seconds } ?? "still lasts"
      Terminal.output.write("  \((outage.began / 1000).clock)  \(lasted)  (\(counted(outage.questions, "question")))\n")
      for lack in outage.missing {
        let lasted = lack.lasted.map { ($0 / 1000).seconds } ?? "still"
        Terminal.output.write("    \((lack.from / 1000).clock)  \(lasted)  \(lack.stage.lack): \(lack.why)\n")
      }
    }
    let times = StageTime.all(in: answers).map { "\($0.stage.rawValue) \(tenths($0.median)) (\(tenths($0.most)))" }
    if !times.isEmpty { Terminal.output.write("milliseconds of good answers, median (99 of 100): \(times.joined(separator: ", "))\n") }
  }
}

private func tenths(_ value: Double) -> Double { (value * 10).rounded() / 10 }

extension Double {
  /// Seconds since 1970 as the time of day in UTC: `14:03:07.25`.
  fileprivate var clock: String {
    let day = truncatingRemainder(dividingBy: 86400)
    let two = { (value: Int) in value < 10 ? "0\(value)" : "\(value)" }
    return "\(two(Int(day) / 3600)):\(two(Int(day) / 60 % 60)):\(two(Int(day) % 60)).\(two(Int(day * 100) % 100))"
  }
}
