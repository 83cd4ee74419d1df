import FoundationEssentials
import Subprocess

/// How the client of PMM's metrics store works (client.py).
package struct MetricsSettings: Sendable {
  /// The port of the service at the virtual IP.
  package var port = 443
  /// Milliseconds between two scrapes of the counter.
  package var scrape = 500
  /// Milliseconds between two blocks that vmagent sends.
  package var flush = 1000
  /// Milliseconds between two looks at what the metrics store has.
  package var look = 1000
  /// The password of PMM's user admin.
  package var password = "admin"

  package init() {}
}

extension Lab {
  /// Has vmagent scrape a counter and send it through the virtual IP, from the lab's network but outside the cluster, until
  /// the task is cancelled, and hands on each thing that happens. Throws when vmagent ends by itself, with its last words.
  package func metricsClient(_ settings: MetricsSettings, _ body: @escaping @Sendable (MetricsEvent) async throws -> Void) async throws {
    let service = "https://\(try record().virtualIP):\(settings.port)"
    let vmagent = try await HostShell(directory: place).run("client-tools.sh", cache)
    let words =
      ["--net=/run/netns/pmm-ha-lab-\(name)", "python3", "-I", place.script("client.py"), vmagent, "\(place.path)/client"]
      + ["\(service)/victoriametrics/api/v1/write", "\(service)/prometheus/api/v1/export"]
      + [settings.scrape, settings.flush, settings.look].map { "\($0)" }
    let result = try await run(
      .name("nsenter"), arguments: Arguments(words), input: .string(settings.password + "\n"), output: .sequence,
      error: .string(limit: 1 << 16)
    ) { execution in
      for try await line in execution.standardOutput.strings() {
        guard let event = MetricsEvent(line: line) else { throw LabFailure("the client of PMM's metrics printed '\(line.prefix(200))'") }
        try await body(event)
      }
    }
    guard case .exited(0) = result.terminationStatus else {
      try Task.checkCancellation()
      let said = result.standardError.split(separator: "\n").last.map(String.init)
      throw LabFailure(
        "the client of PMM's metrics ended: \(said ?? "\(result.terminationStatus)")", hint: "its log: \(place.path)/client/vmagent.log")
    }
  }
}

/// A line of client.py.
package struct MetricsEvent: Sendable, Equatable {
  /// When it happened, or the question was asked: milliseconds since 1970.
  package let at: Double
  package let what: What

  package enum What: Sendable, Equatable {
    /// vmagent was handed this value of the counter.
    case scraped(Int)
    /// The metrics store has these values: a part of its answer.
    case stored([Int])
    /// The end of an answer of the store, which is whole.
    case answered
    /// The store gave no answer, and why: `refused`, `time-out`, `HTTP-404`...
    case unanswered(String)
    /// A figure of vmagent's own metrics page has changed.
    case agent(String, Double)
  }

  package init(at: Double, _ what: What) {
    self.at = at
    self.what = what
  }

  /// nil: it is no line of client.py.
  package init?(line: String) {
    let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: true).map(String.init)
    guard words.count >= 3, let at = Double(words[0]) else { return nil }
    self.at = at
    switch (words[1], words[2]) {
    case ("scraped", let value):
      guard let value = Int(value) else { return nil }
      what = .scraped(value)
    case ("export", "200") where words.count == 3: what = .answered
    case ("export", "200"):
      guard let values = Self.values(words[3]) else { return nil }
      what = .stored(values)
    case ("export", _): what = .unanswered(words.count > 3 ? words[3] : "no reason")
    case ("agent", _):
      // The name has its labels behind it, which may contain blanks.
      let rest = line.split(separator: " ", maxSplits: 2).last ?? ""
      guard let blank = rest.lastIndex(of: " "), let value = Double(rest[rest.index(after: blank)...]) else { return nil }
      what = .agent(String(rest[..<blank]), value)
    default: return nil
    }
  }

  /// The values of a line of VictoriaMetrics' export; a stale marker, which says that a target was not there, is null.
  private static func values(_ json: String) -> [Int]? {
    struct Series: Decodable { let values: [Double?] }
    guard let series = try? JSONDecoder().decode(Series.self, from: Data(json.utf8)) else { return nil }
    return series.values.compactMap { $0.map { Int($0) } }
  }
}
