/// What a client of PMM's metrics store scraped, and what of it the store has: from the lines of client.py, as they come.
package struct MetricsTally: Sendable, Equatable {
  /// The values that vmagent was handed, and when: milliseconds since 1970.
  private var scraped: [Int: Double] = [:]
  /// What the store had by its latest whole answer.
  private var there: Set<Int> = []
  /// When that was asked: milliseconds since 1970; nil: there was none.
  private var lookedAt: Double?
  /// What it ever had.
  private var seen: Set<Int> = []
  /// The parts of an answer that is not whole yet.
  private var coming: Set<Int> = []
  /// vmagent's own figures, by their names with labels.
  private var page: [String: Double] = [:]
  /// Why the latest question got no answer; nil: it got one.
  package private(set) var unanswered: String?

  /// Seconds by which a sample must be newer than another one to prove that the other one will not come any more: vmagent
  /// sends one block after the other, but what came last is shown by parts, each flushed by itself: up to 5 s late (1.112).
  private static let order = 10.0

  package init() {}

  package mutating func take(_ event: MetricsEvent) {
    switch event.what {
    case .scraped(let value): scraped[value] = event.at
    case .stored(let values): coming.formUnion(values)
    case .answered:
      (there, coming) = (coming, [])
      seen.formUnion(there)
      (lookedAt, unanswered) = (event.at, nil)
    case .unanswered(let why): (coming, unanswered) = ([], why)
    case .agent(let name, let value): page[name] = value
    }
  }

  /// When the first sample was scraped that the store has: milliseconds since 1970; nil while it has none.
  package var first: Double? { there.compactMap { scraped[$0] }.min() }

  /// Of what was scraped until `end` (milliseconds since 1970) nothing is to come any more: the store has all of it, or it
  /// has what was scraped well after `end`. Known only by a look after `end`.
  package func isSettled(until end: Double) -> Bool {
    guard let lookedAt, lookedAt >= end else { return false }
    if scraped.allSatisfy({ $0.value > end || there.contains($0.key) }) { return true }
    return there.contains { (scraped[$0] ?? 0) >= end + Self.order * 1000 }
  }

  /// What became of the samples that were scraped until `end`; `away`: when the service gave no answers.
  package func count(until end: Double, away: [Outage]) -> MetricsCount {
    let mine = scraped.filter { $0.value <= end }.sorted { $0.value < $1.value }
    let missing = mine.filter { !there.contains($0.key) }
    var milliseconds = 0.0
    for (index, sample) in mine.enumerated() where !there.contains(sample.key) && index + 1 < mine.count {
      milliseconds += mine[index + 1].value - sample.value
    }
    let buffered = mine.count { sample in
      there.contains(sample.key) && away.contains { $0.began <= sample.value && sample.value <= $0.ended ?? .infinity }
    }
    func sum(_ names: String...) -> Int {
      Int(page.filter { entry in names.contains { entry.key.hasPrefix($0) } }.map(\.value).reduce(0, +))
    }
    return MetricsCount(
      scraped: mine.count, missing: missing.count, missingSeconds: milliseconds / 1000, from: missing.first.map { $0.value / 1000 },
      to: missing.last.map { $0.value / 1000 }, gone: missing.count { seen.contains($0.key) }, buffered: buffered,
      dropped: sum("vmagent_remotewrite_packets_dropped_total", "vm_persistentqueue_blocks_dropped_total"),
      retries: sum("vmagent_remotewrite_retries_count_total"), failedScrapes: sum("vm_promscrape_scrapes_failed_total"),
      isSettled: isSettled(until: end))
  }
}

/// What became of the metrics samples of a client.
package struct MetricsCount: Codable, Sendable, Equatable {
  /// Scraped by the client.
  package let scraped: Int
  /// Of these, not in PMM's metrics store in the end. The client sends again until it has an acknowledgement, so these were
  /// acknowledged, unless it dropped any.
  package let missing: Int
  /// The time for which they stood: of each until the next one was scraped.
  package let missingSeconds: Double
  /// When the first and the last of them were scraped: seconds since 1970.
  package let from: Double?
  package let to: Double?
  /// Of the missing ones, those that the store had shown before: that many a user would have seen vanish.
  package let gone: Int
  /// Scraped while clients got no answer, and there in the end: from the client's buffer.
  package let buffered: Int
  /// Blocks that the client gave up: a full buffer, or a store that refused their content.
  package let dropped: Int
  /// How often the client had to send a block again.
  package let retries: Int
  /// Scrapes that failed, by vmagent's own count: what it was handed then it never sent.
  package let failedScrapes: Int
  /// Nothing is to come any more.
  package let isSettled: Bool

  package init(
    scraped: Int, missing: Int, missingSeconds: Double, from: Double?, to: Double?, gone: Int, buffered: Int, dropped: Int,
    retries: Int, failedScrapes: Int, isSettled: Bool
  ) {
    self.scraped = scraped
    self.missing = missing
    self.missingSeconds = missingSeconds
    self.from = from
    self.to = to
    self.gone = gone
    self.buffered = buffered
    self.dropped = dropped
    self.retries = retries
    self.failedScrapes = failedScrapes
    self.isSettled = isSettled
  }
}
