import Testing

@testable import Lab

@Suite("Outages, from the answers of a probe")
struct OutageTests {
  private func answers(_ statuses: (asked: Double, status: Int, took: Double)...) -> [ProbeAnswer] {
    statuses.map { ProbeAnswer(asked: $0.asked, status: $0.status, took: $0.took) }
  }

  @Test("Good answers alone are no outage")
  func none() {
    #expect(Outage.all(in: answers((0, 200, 5), (25, 200, 5))).isEmpty)
  }

  @Test("An outage lasts from the first failed question to the arrival of the next good answer")
  func one() {
    let outages = Outage.all(in: answers((0, 200, 5), (25, 0, 1000), (50, 503, 3), (75, 200, 40)))
    #expect(outages.map(\.began) == [25] && outages.map(\.ended) == [115] && outages.map(\.questions) == [2])
    #expect(outages[0].lasted == 90)
  }

  @Test("Time-outs are settled late and still belong to the time of their question")
  func order() {
    let outages = Outage.all(in: answers((0, 200, 5), (75, 200, 4), (25, 0, 1000), (50, 0, 1000), (100, 200, 4)))
    #expect(outages.map(\.began) == [25] && outages.map(\.ended) == [79] && outages.map(\.questions) == [2])
  }

  @Test("An outage that goes on has no end")
  func open() {
    let outages = Outage.all(in: answers((0, 200, 5), (25, 0, 1000)))
    #expect(outages.map(\.began) == [25] && outages.map(\.ended) == [nil] && outages.map(\.questions) == [1])
    #expect(outages[0].lasted == nil && outages[0].missing.map(\.to) == [nil])
  }

  @Test("Of an outage it is known which stage was missing from when to when, and why")
  func stages() {
    func asked(_ at: Double, _ line: String) -> ProbeAnswer? { ProbeAnswer(line: "\(at) \(line)") }
    let outages = Outage.all(
      in: [
        asked(0, "200 5.0 tcp=0.2 tls=3.0"), asked(20, "0 80.0 closed tcp=0.3 tls=3.0"), asked(40, "0 1000.2 time-out"),
        asked(60, "0 0.2 refused"), asked(80, "0 1000.1 time-out"), asked(100, "0 4.0 reset tcp=0.2"),
        asked(120, "503 9.0 tcp=0.2 tls=4.0"),
        asked(140, "502 9.0 tcp=0.2 tls=4.0"), asked(160, "200 7.0 tcp=0.2 tls=4.0"),
      ].compactMap(\.self))
    #expect(
      outages.first?.missing == [
        .init(.ready, from: 20, to: 40, ["closed": 1]), .init(.tcp, from: 40, to: 100, ["time-out": 2, "refused": 1]),
        .init(.tls, from: 100, to: 120, ["reset": 1]), .init(.ready, from: 120, to: 167, ["HTTP 503": 1, "HTTP 502": 1]),
      ], "\(outages)")
    #expect(outages.first?.missing[1].why == "time-out 2, refused 1")
    #expect(outages.first?.missing.map(\.lasted) == [20, 60, 20, 47])
  }

  @Test("Each stage's own time is counted, of good answers only")
  func times() {
    let answers = [(1.0, 4.0, 6.0), (2.0, 5.0, 20.0), (0.5, 3.0, 4.0)].map {
      ProbeAnswer(asked: 0, status: 200, took: $0.2, connected: $0.0, secured: $0.1)
    }
    let late = ProbeAnswer(asked: 0, status: 503, took: 900, connected: 800, secured: 850)
    #expect(
      StageTime.all(in: answers + [late]) == [
        StageTime(stage: .tcp, median: 1, most: 2), StageTime(stage: .tls, median: 3, most: 3),
        StageTime(stage: .ready, median: 2, most: 15),
      ])
    #expect(StageTime.all(in: [late]).isEmpty)
  }

  @Test("A change is told once, and a time-out that is settled late is none")
  func changes() {
    var changes = ProbeChanges()
    let told = [(0, 200), (20, 200), (60, 503), (40, 200), (80, 0), (100, 0), (1100, 200), (120, 0)].map {
      changes.isChange(ProbeAnswer(asked: $0.0, status: $0.1, took: 5))
    }
    #expect(told == [true, false, true, false, true, false, true, false])
    // Stages that come and go: five are told, and then the good answer.
    let turns = (0..<20).map { changes.isChange(ProbeAnswer(asked: 2000 + Double($0), status: $0 % 2 == 0 ? 0 : 503, took: 5)) }
    #expect(turns == [Bool](repeating: true, count: 5) + [Bool](repeating: false, count: 15))
    let end = changes.isChange(ProbeAnswer(asked: 3000, status: 200, took: 5))
    #expect(end)
  }

  @Test("A probe's line says when, what and how long, and why not")
  func line() {
    #expect(ProbeAnswer(line: "1795415793483.1 200 15.4") == ProbeAnswer(asked: 1795415793483.1, status: 200, took: 15.4))
    #expect(
      ProbeAnswer(line: "1795415793483.1 200 15.4 tcp=0.2 tls=9.1 row=move-7")
        == ProbeAnswer(asked: 1795415793483.1, status: 200, took: 15.4, connected: 0.2, secured: 9.1, row: "move-7"))
    #expect(ProbeAnswer(line: "10.0 0 1000.7 time-out")?.reason == "time-out")
    #expect(ProbeAnswer(line: "10.0 0 1000.7 time-out")?.missing == .tcp)
    #expect(ProbeAnswer(line: "10.0 0 1000.7 time-out tcp=0.1")?.missing == .tls)
    #expect(ProbeAnswer(line: "10.0 0 1000.7 time-out tcp=0.1 tls=4.0")?.missing == .ready)
    #expect(ProbeAnswer(line: "Traceback (most recent call last):") == nil)
  }
}
