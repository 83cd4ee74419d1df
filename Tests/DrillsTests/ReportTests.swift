import Core
import FoundationEssentials
import Operations
import Testing

@testable import Drills
@testable import Lab

private let one = try! NodeName("pmm1")
private let two = try! NodeName("pmm2")

func sample(_ drill: String = "power-cut-active", passed: Bool = true, outage: Double? = 6740) -> DrillResult {
  DrillResult(
    drill: drill, title: "The active node loses its <power>", proves: "That & this.", cluster: "docs", lab: "docs", began: 1_795_592_884,
    seconds: 20, fault: 1_795_592_885, active: one, passive: two, passed: passed,
    expectations: [Check("the service moves away from pmm1", passed, passed ? "after 7 s" : "after 60 s it is nowhere")],
    invariants: [Check("no acknowledged write is lost", true, "all 21 are there")],
    outages: [
      Outage(
        began: 1_795_592_885_000, ended: outage.map { 1_795_592_885_000 + $0 }, questions: 300,
        missing: [
          .init(.tcp, from: 1_795_592_885_000, to: 1_795_592_889_500, ["time-out": 220]),
          .init(.ready, from: 1_795_592_889_500, to: outage.map { 1_795_592_885_000 + $0 }, ["HTTP 502": 80]),
        ])
    ], questions: 800, every: 20, stages: [StageTime(stage: .tls, median: 2.81, most: 19.44)],
    records: .init(acknowledged: 21, lost: 0, unanswered: 40, unansweredKept: 1),
    samples: MetricsCount(
      scraped: 22, missing: 13, missingSeconds: 1.34, from: 1_795_592_883, to: 1_795_592_884.5, gone: 9, buffered: 14, dropped: 0,
      retries: 3,
      failedScrapes: 0, isSettled: true),
    phases: [Phase(name: "detection", from: 0, to: 0.97), Phase(name: "membership", from: 0.97, to: 2.17)],
    moments: [Moment(1_795_592_885, .drill, "the power of pmm1 is cut"), Moment(1_795_592_890, .nodes, "pmm2 mounts the filesystem")],
    holdings: [Holding(node: one, held: .mount, from: 1_795_592_884, to: 1_795_592_885)], versions: ["pacemaker": "2.1.5"],
    specHash: "ab12", evidence: ["pmm2 07:48:05.587 corosync: A processor <failed>"], trouble: nil)
}

@Suite("Reports") struct ReportTests {
  private func inDirectory(_ body: (String) throws -> Void) throws {
    let path = "/tmp/pmm-ha-drills-\(UInt32.random(in: 0 ... .max))"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  @Test("HTML stands alone: no address to fetch, no script, and text that is text")
  func html() {
    let text = HTMLReport(sample()).text
    for word in ["http://", "https://", "<script", "src=", "@import", "url("] {
      #expect(!text.replacing("http://www.w3.org/2000/svg", with: "").contains(word), "\(word)")
    }
    #expect(text.contains("loses its &lt;power&gt;") && !text.contains("<power>") && !text.contains("<failed>"))
    for part in [
      "<svg", "6.74 s", "0 of 21", "2.1.5", "ab12", "A processor", "the power of pmm1 is cut",
      "no TCP connection for +4.50 s: time-out 220", "TLS, but PMM is not ready", "HTTP 502 80", "tls 2.8 ms (99 of 100 within 19.4 ms)",
      "13 of 22", "missing in the end, 1.3 s of them", "<b>14</b>", "kept by the client during the outage",
    ] {
      #expect(text.contains(part), "\(part)")
    }
    #expect(HTMLReport(sample(passed: false)).text.contains("after 60 s it is nowhere"))
  }

  @Test("JUnit names each drill, and of a failed one what failed")
  func junit() {
    let text = JUnit.text([sample(), sample("move", passed: false)])
    #expect(text.contains("tests=\"2\" failures=\"1\""))
    #expect(text.contains("<failure message=\"the service moves away from pmm1: after 60 s it is nowhere\">"))
  }

  @Test("The history keeps a line a drill, and a line that was cut off costs no other")
  func history() throws {
    try inDirectory { path in
      let store = DrillStore(directory: path)
      #expect(try store.history() == [])
      let html = try store.keep(sample())
      _ = try store.keep(sample(passed: false, outage: nil))
      #expect(html.hasSuffix("-power-cut-active.html") && FileManager.default.fileExists(atPath: html))
      let file = "\(path)/history.jsonl"
      let whole = try Data(contentsOf: URL(filePath: file))
      try (whole + Data("{\"when\":\"2026-".utf8)).write(to: URL(filePath: file))
      let entries = try store.history()
      #expect(entries.map(\.samplesMissing) == [13, 13] && entries[0].samplesScraped == 22 && entries[0].samplesMissingSeconds == 1.34)
      // A line of before there were samples.
      let old = #"{"drill":"move","failures":[],"lost":0,"passed":true,"report":"r.html","when":"2026-11-25T07:48:40Z"}"#
      try (whole + Data(old.utf8)).write(to: URL(filePath: file))
      #expect(try store.history().last?.drill == "move")
      #expect(entries.map(\.outage) == [6740, nil] && entries.map(\.passed) == [true, false])
      #expect(
        DrillTrend.all(in: entries) == [
          DrillTrend(drill: "power-cut-active", runs: 2, failed: 1, median: 6740, least: 6740, most: 6740, last: 6740)
        ])
      try store.keepJUnit([sample()])
      #expect(FileManager.default.fileExists(atPath: "\(path)/junit.xml"))
    }
  }

  @Test("The time of a crash is told phase by phase, from the survivor's log")
  func phases() {
    // What pmm2 said after pmm1 had lost its power at 07:48:04.621.
    let said = """
      07:48:05.587 corosync: no word from the other node
      07:48:06.787 corosync: this node goes on alone
      07:48:06.915 pacemaker: pmm1 must be fenced first
      07:48:09.851 fencing: the device confirms that pmm1 is off
      07:48:10.003 pacemaker: pmm_fs is started on pmm2
      07:48:10.103 pacemaker: pmm_ip is started on pmm2
      07:48:13.105 pacemaker: pmm_server is started on pmm2
      """
    let fault = 1_795_592_884.621
    let events = Timeline(Answer(said), fault: fault).events.map { (node: two, event: $0) }
    let phases = Phases.of(events, fault: fault, answer: fault + 8.44)
    #expect(phases.map(\.name) == ["detection", "membership", "decision", "fencing", "storage", "address", "PMM's start", "first answer"])
    #expect(phases.map { tenths($0.seconds) } == ["1.0", "1.2", "0.1", "2.9", "0.2", "0.1", "3.0", "0.0"])
    #expect(Phases.of(events, fault: fault, answer: nil).isEmpty)
  }
}
