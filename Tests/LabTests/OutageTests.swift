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
    #expect(outages == [Outage(began: 25, ended: 115, questions: 2)])
    #expect(outages[0].lasted == 90)
  }

  @Test("Time-outs are settled late and still belong to the time of their question")
  func order() {
    let outages = Outage.all(in: answers((0, 200, 5), (75, 200, 4), (25, 0, 1000), (50, 0, 1000), (100, 200, 4)))
    #expect(outages == [Outage(began: 25, ended: 79, questions: 2)])
  }

  @Test("An outage that goes on has no end")
  func open() {
    let outages = Outage.all(in: answers((0, 200, 5), (25, 0, 1000)))
    #expect(outages == [Outage(began: 25, ended: nil, questions: 1)])
    #expect(outages[0].lasted == nil)
  }

  @Test("A probe's line says when, what and how long, and why not")
  func line() {
    #expect(ProbeAnswer(line: "1795415793483.1 200 15.4") == ProbeAnswer(asked: 1795415793483.1, status: 200, took: 15.4))
    #expect(ProbeAnswer(line: "10.0 0 1000.7 time-out")?.reason == "time-out")
    #expect(ProbeAnswer(line: "Traceback (most recent call last):") == nil)
  }
}
