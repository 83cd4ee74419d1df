import Foundation
import Testing

@testable import Lab

@Suite("The client of PMM's metrics, from what it prints")
struct MetricsTests {
  /// A client of vmagent 1.79.5 whose metrics store was killed and started again 4 s later: a sample every 0.5 s, a look
  /// every 3 s.
  private func recorded(_ store: String) throws -> [MetricsEvent] {
    let file = "client-vmagent-1.79.5-victoria-metrics-\(store)-killed.txt"
    let text = try String(contentsOf: #require(Bundle.module.url(forResource: "Fixtures/\(file)", withExtension: nil)), encoding: .utf8)
    return try text.split(separator: "\n").map { try #require(MetricsEvent(line: String($0)), "\($0)") }
  }

  private func tally(_ events: some Sequence<MetricsEvent>) -> MetricsTally {
    var tally = MetricsTally()
    for event in events { tally.take(event) }
    return tally
  }

  @Test("What a killed metrics store had acknowledged and not written is counted; what came while it was away is there")
  func killed() throws {
    for (store, missing, gone) in [("1.79.5", 14, 10), ("1.112.0", 18, 12)] {
      let events = try recorded(store)
      let away = events.filter { $0.what == .unanswered("refused") }.map(\.at)
      #expect(away.count == 2, "\(store)")
      // Killed within the 3 s before the first look that was refused, and back before the first one that was answered.
      let outage = Outage(began: away[0] - 500, ended: away[1] + 500, questions: 2, missing: [])
      let end = events[events.count - 1].at - 18_000
      let count = tally(events).count(until: end, away: [outage])
      #expect(count.missing == missing && count.gone == gone && count.isSettled, "\(store): \(count)")
      #expect((count.missingSeconds - Double(missing) / 2).magnitude < 0.1, "\(store): \(count)")
      #expect(count.buffered >= 6 && count.dropped == 0 && count.retries > 0 && count.failedScrapes == 0, "\(store): \(count)")
      // All of them were scraped before it was killed, within its last seconds.
      let from = try #require(count.from)
      let to = try #require(count.to)
      #expect(to * 1000 < outage.began + 1000 && to - from < 12, "\(store): \(count)")
    }
  }

  @Test("Nothing is settled while samples may still come: until all are there, or one that is well newer")
  func settled() {
    func events(_ there: [Int], at: Double) -> [MetricsEvent] {
      (0...20).map { MetricsEvent(at: Double($0) * 1000, .scraped($0)) } + [.init(at: at, .stored(there)), .init(at: at, .answered)]
    }
    #expect(tally(events(Array(0...10), at: 10_500)).isSettled(until: 10_000))
    // A look before the end says nothing of the end.
    #expect(!tally(events(Array(0...10), at: 9_500)).isSettled(until: 10_000))
    // The last block is on its way, or waits in the buffer.
    #expect(!tally(events(Array(0...7), at: 12_000)).isSettled(until: 10_000))
    // 8 to 10 are missing and 19 is there: too near, what was sent last is not shown in order.
    #expect(!tally(events(Array(0...7) + [19], at: 20_500)).isSettled(until: 10_000))
    #expect(tally(events(Array(0...7) + [20], at: 21_500)).isSettled(until: 10_000))
    let count = tally(events(Array(0...7) + [20], at: 21_500)).count(until: 10_000, away: [])
    #expect(count.missing == 3 && count.missingSeconds == 2 && count.scraped == 11 && count.gone == 0)
  }

  @Test("An answer that breaks off is no answer, and one that does not come leaves what was known")
  func halves() {
    var tally = tally([
      .init(at: 0, .scraped(1)), .init(at: 1000, .scraped(2)), .init(at: 1500, .stored([1])), .init(at: 1500, .stored([2])),
      .init(at: 1500, .answered),
    ])
    #expect(tally.isSettled(until: 1000) && tally.first == 0)
    for event in [MetricsEvent(at: 2000, .stored([1])), .init(at: 3000, .unanswered("cut-off")), .init(at: 4000, .unanswered("refused"))] {
      tally.take(event)
    }
    #expect(tally.count(until: 1000, away: []).missing == 0 && tally.unanswered == "refused")
    // A whole answer without samples is a word: they are gone.
    tally.take(.init(at: 5000, .answered))
    let count = tally.count(until: 1000, away: [])
    #expect(count.missing == 2 && count.gone == 2 && tally.unanswered == nil)
  }

  @Test("Figures of vmagent's page add up over its queues, by name")
  func page() {
    let page = [
      ("vm_persistentqueue_blocks_dropped_total{path=\"/a b\"}", 1.0),
      ("vmagent_remotewrite_packets_dropped_total{url=\"1:secret-url\"}", 2),
      ("vmagent_remotewrite_pending_data_bytes{url=\"1:secret-url\"}", 334), ("vm_promscrape_scrapes_failed_total", 3),
    ]
    let count = tally(page.map { MetricsEvent(at: 0, .agent($0.0, $0.1)) }).count(until: 0, away: [])
    #expect(count.dropped == 3 && count.failedScrapes == 3 && count.retries == 0)
  }

  @Test("A line of the client is read, and what is none is not")
  func line() {
    func what(_ line: String) -> MetricsEvent.What? { MetricsEvent(line: line)?.what }
    #expect(MetricsEvent(line: "1795414426090.4 scraped 1795414420017") == .init(at: 1795414426090.4, .scraped(1_795_414_420_017)))
    #expect(what("1.0 export 200") == .answered)
    // A stale marker is null, and large numbers may come with an exponent.
    #expect(
      what(#"1.0 export 200 {"metric":{"a":"b c"},"values":[7,null,1.795e12],"timestamps":[1,2,3]}"#) == .stored([7, 1_795_000_000_000]))
    #expect(what("1.0 export 0 time-out") == .unanswered("time-out") && what("1.0 export 404 HTTP-404") == .unanswered("HTTP-404"))
    #expect(what(#"1.0 agent a_total{path="/x y", url="1:secret-url"} 1722"#) == .agent(#"a_total{path="/x y", url="1:secret-url"}"#, 1722))
    for line in [
      "", "Traceback (most recent call last):", "1.0 export 200 {\"values\":[1", "1.0 scraped x", "1.0 agent a_total", "x scraped 1",
    ] {
      #expect(MetricsEvent(line: line) == nil, "\(line)")
    }
  }
}
