import Core
import FoundationEssentials
import Glibc

/// Where results lie: for each drill an HTML and a JSON file, for each run a JUnit file, and a line in the history.
///
/// The history is JSON, a line a drill, and not a database: it is only ever appended to and read whole (300 bytes a drill),
/// an interrupted write costs the last line at most, and what a library for it costs was measured (docs/drills.md).
package struct DrillStore: Sendable {
  package let directory: String
  package init(directory: String) { self.directory = directory }

  private var historyFile: String { "\(directory)/history.jsonl" }

  /// One line of the history.
  package struct Entry: Codable, Sendable, Equatable {
    /// ISO 8601, UTC.
    package let when: String
    package let drill: String
    package let passed: Bool
    /// Milliseconds; nil: an outage that did not end.
    package let outage: Double?
    package let acknowledged: Int?
    package let lost: Int?
    /// Metrics samples that a client scraped, of these those that were missing in the end, and the seconds they stood for.
    package let samplesScraped: Int?
    package let samplesMissing: Int?
    package let samplesMissingSeconds: Double?
    package let failures: [String]
    package let report: String
  }

  /// Writes the drill's reports and its line; returns the HTML file's path.
  package func keep(_ result: DrillResult) throws -> String {
    try make()
    let when = Date(timeIntervalSince1970: result.began)
    let stamp = when.formatted(.iso8601.timeSeparator(.omitted).dateSeparator(.omitted))
    let base = "\(directory)/\(stamp)-\(result.drill)"
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    try put(try encoder.encode(result), "\(base).json")
    try put(Data(HTMLReport(result).text.utf8), "\(base).html")
    let entry = Entry(
      when: when.formatted(.iso8601), drill: result.drill, passed: result.passed, outage: result.rto,
      acknowledged: result.records?.acknowledged, lost: result.records?.lost, samplesScraped: result.samples?.scraped,
      samplesMissing: result.samples?.missing, samplesMissingSeconds: result.samples?.missingSeconds, failures: result.failures,
      report: "\(base).html")
    try append(entry)
    return "\(base).html"
  }

  /// One JUnit file for a run, for CI systems.
  package func keepJUnit(_ results: [DrillResult]) throws {
    guard !results.isEmpty else { return }
    try make()
    try put(Data(JUnit.text(results).utf8), "\(directory)/junit.xml")
  }

  /// Oldest first. A last line that was cut off is left out.
  package func history() throws -> [Entry] {
    guard FileManager.default.fileExists(atPath: historyFile) else { return [] }
    let text = String(decoding: try Data(contentsOf: URL(filePath: historyFile)), as: UTF8.self)
    let decoder = JSONDecoder()
    return text.split(separator: "\n").compactMap { try? decoder.decode(Entry.self, from: Data($0.utf8)) }
  }

  private func append(_ entry: Entry) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let line = Array(try encoder.encode(entry)) + [0x0a]
    let file = open(historyFile, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw DrillFailure("\(historyFile) cannot be written: \(String(cString: strerror(errno)))") }
    defer { close(file) }
    guard Glibc.write(file, line, line.count) == line.count else {
      throw DrillFailure("\(historyFile) cannot be written: is its disk full?")
    }
  }

  private func make() throws {
    do {
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw DrillFailure("\(directory) cannot be made: \(error). Name another with --reports.")
    }
  }

  private func put(_ data: Data, _ file: String) throws {
    do { try data.write(to: URL(filePath: file), options: .atomic) } catch {
      throw DrillFailure("\(file) cannot be written: \(error). Is there space left?")
    }
  }
}

/// How a drill's outages changed over its runs.
package struct DrillTrend: Sendable, Equatable {
  package let drill: String
  package let runs: Int
  package let failed: Int
  /// Milliseconds, of the runs whose outage ended.
  package let median: Double
  package let least: Double
  package let most: Double
  package let last: Double

  package static func all(in entries: [DrillStore.Entry]) -> [DrillTrend] {
    Dictionary(grouping: entries, by: \.drill).sorted { $0.key < $1.key }.compactMap { drill, entries in
      let outages = entries.compactMap(\.outage)
      let sorted = outages.sorted()
      guard let least = sorted.first, let most = sorted.last, let last = outages.last else { return nil }
      return DrillTrend(
        drill: drill, runs: entries.count, failed: entries.count { !$0.passed }, median: sorted[sorted.count / 2], least: least, most: most,
        last: last)
    }
  }
}
