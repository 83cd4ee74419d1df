import Core
import Lab
import Testing

@testable import Drills

private let one = try! NodeName("pmm1")
private let two = try! NodeName("pmm2")

/// Looks every 50 ms from `from` to `to`.
private func looks(_ node: NodeName, _ from: Double, _ to: Double, on: Bool = true, _ holds: Set<Look.Held> = []) -> [Look] {
  stride(from: from, through: to, by: 0.05).map { Look(at: $0, before: $0 - 0.05, node: node, isOn: on, holds: holds) }
}

private let all: Set<Look.Held> = [.mount, .address, .pmm]

@Suite("Invariants, each with a violation planted") struct InvariantTests {
  @Test("What moves from one node to the other was never on two", arguments: Look.Held.allCases)
  func moved(held: Look.Held) {
    let seen = looks(one, 0, 5, [held]) + looks(one, 5.05, 10) + looks(two, 0, 5.1) + looks(two, 5.15, 10, [held])
    let check = Invariants.neverOnTwo(held, Holding.all(in: seen))
    #expect(check.holds, "\(check)")
    #expect(check.seen.contains("pmm1") && check.seen.contains("pmm2"))
  }

  @Test("On two nodes for a tenth of a second is caught", arguments: Look.Held.allCases)
  func onTwo(held: Look.Held) {
    let seen = looks(one, 0, 5.1, [held]) + looks(one, 5.15, 10) + looks(two, 0, 4.95) + looks(two, 5, 10, [held])
    let check = Invariants.neverOnTwo(held, Holding.all(in: seen))
    #expect(!check.holds)
    #expect(check.seen.hasPrefix("on pmm1 and pmm2 for at least 10"), "\(check)")
    for other in Look.Held.allCases where other != held { #expect(Invariants.neverOnTwo(other, Holding.all(in: seen)).holds) }
  }

  @Test("Of a node that was gone for its watcher, nothing is known until a new one looks; what the old one saw counts")
  func gone() {
    let back = [Look(at: 30, before: 30, node: one)] + looks(one, 30.05, 40)
    let crash = looks(one, 0, 3, [.mount]) + back + looks(two, 0, 6) + looks(two, 6.05, 40, [.mount])
    #expect(Invariants.neverOnTwo(.mount, Holding.all(in: crash)).holds)
    let beside = looks(one, 0, 7, [.mount]) + back + looks(two, 0, 6) + looks(two, 6.05, 40, [.mount])
    #expect(!Invariants.neverOnTwo(.mount, Holding.all(in: beside)).holds)
  }

  @Test("A frozen node holds what it held, so a start beside it is caught")
  func frozen() {
    // Its looks come from outside: a line a second, the same as before.
    let still = stride(from: 0.0, through: 10, by: 1).map { Look(at: $0, before: $0 - 0.05, node: one, holds: all) }
    let seen = still + looks(two, 0, 5) + looks(two, 5.05, 10, [.mount])
    #expect(!Invariants.neverOnTwo(.mount, Holding.all(in: seen)).holds)
    #expect(!Invariants.nothingBeforeFencing(seen, []).holds)
  }

  private var crash: [Look] { looks(one, 0, 3, all) + looks(one, 3.05, 10, on: false) + looks(two, 0, 6) + looks(two, 6.05, 10, [.mount]) }

  @Test("A start after the fencing of a node that died with the service is right")
  func fenced() {
    let check = Invariants.nothingBeforeFencing(crash, [Confirmation(node: one, at: 5.5, by: "its BMC")])
    #expect(check.holds, "\(check)")
    #expect(check.seen == "one start was looked at")
  }

  @Test("A start without it, before it, or after another node's is caught")
  func unfenced() {
    #expect(!Invariants.nothingBeforeFencing(crash, []).holds)
    // What a machine's or an instance's own power says; the drill's hand on the switch proves nothing.
    for (what, proves) in [("bmc power 0", true), ("ec2 off", true), ("off", false), ("dead", false)] {
      let power = [PowerEvent(at: 5.5, node: one, what: what)]
      #expect(Invariants.nothingBeforeFencing(crash, power.compactMap(\.confirmation)).holds == proves, "\(what)")
    }
    #expect(!Invariants.nothingBeforeFencing(crash, [Confirmation(node: one, at: 6.5, by: "its BMC")]).holds)
    #expect(!Invariants.nothingBeforeFencing(crash, [Confirmation(node: two, at: 5.5, by: "its BMC")]).holds)
    // One of long ago, too.
    #expect(!Invariants.nothingBeforeFencing(crash, [Confirmation(node: one, at: 0.5, by: "its BMC")]).holds)
  }

  @Test("A node that runs and has let go needs no fencing; nor does one that has booted since")
  func letGo() {
    let planned = looks(one, 0, 5, all) + looks(one, 5.05, 10) + looks(two, 0, 5.5) + looks(two, 5.55, 10, [.mount])
    #expect(Invariants.nothingBeforeFencing(planned, []).holds)
    let both =
      looks(one, 0, 3, all) + looks(one, 3.05, 5, on: false) + looks(one, 5.05, 10) + looks(two, 0, 3) + looks(two, 3.05, 5, on: false)
      + looks(two, 5.05, 7) + looks(two, 7.05, 10, [.mount])
    #expect(Invariants.nothingBeforeFencing(both, []).holds)
  }

  @Test("The virtual IP may leave after the filesystem; the filesystem and PMM may not stay, and the address is not taken twice")
  func addressLast() {
    func moved(keeping kept: Set<Look.Held>, starting: Set<Look.Held>) -> Check {
      let old = looks(one, 0, 5, all) + looks(one, 5.05, 7, kept) + looks(one, 7.05, 10)
      return Invariants.nothingBeforeFencing(old + looks(two, 0, 6) + looks(two, 6.05, 10, starting), [])
    }
    #expect(moved(keeping: [.address], starting: [.mount]).holds)
    for kept in [Set<Look.Held>([.mount]), [.pmm]] {
      #expect(!moved(keeping: kept, starting: [.address]).holds && !moved(keeping: kept, starting: [.mount]).holds)
    }
    #expect(!moved(keeping: [.address], starting: [.address]).holds)
    // One that is off was last seen with the address alone: not known to be off, it may come back with it.
    let off = looks(one, 0, 5, [.address]) + looks(one, 5.05, 10, on: false)
    #expect(!Invariants.nothingBeforeFencing(off + looks(two, 0, 6) + looks(two, 6.05, 10, [.mount]), []).holds)
  }

  @Test("A node that nobody looks at any more and that had the service counts as not fenced")
  func unseen() {
    let seen = looks(one, 0, 3, all) + looks(two, 0, 6) + looks(two, 6.05, 10, [.mount])
    #expect(!Invariants.nothingBeforeFencing(seen, []).holds)
    #expect(!Invariants.watched([one, two], seen, from: 0, to: 10).holds)
  }

  @Test("A node that is seen no more, as one without power through ssh, does not keep the service in its last look")
  func stale() async {
    let observer = Observer(every: 20) { _ in }
    for look in looks(one, 0, 3, all) + looks(two, 0, 6) { await observer.take(look) }
    #expect(await observer.home == one)
    for look in looks(two, 6.05, 10, [.mount, .address]) { await observer.take(look) }
    #expect(await observer.home == two)
  }

  @Test("A watch with a gap is no watch")
  func watched() {
    let whole = looks(one, 0, 10) + looks(two, 0, 10)
    #expect(Invariants.watched([one, two], whole, from: 0, to: 10).holds)
    let gap = whole.filter { $0.node == one || $0.at < 4 || $0.at > 8 }
    #expect(!Invariants.watched([one, two], gap, from: 0, to: 10).holds)
    #expect(!Invariants.watched([one, two], [], from: 0, to: 10).holds)
  }

  @Test("One acknowledged record that is gone is caught; one that was never acknowledged is not missed")
  func records() {
    #expect(Invariants.nothingLost(acknowledged: ["a-1", "a-2"], found: ["a-1", "a-2", "a-3"]).holds)
    let check = Invariants.nothingLost(acknowledged: ["a-1", "a-2", "a-3"], found: ["a-1", "a-3"])
    #expect(!check.holds && check.seen == "1 of 3 are gone, the first a-2")
  }

  private func count(
    missing: Int = 0, seconds: Double = 0, to: Double? = nil, dropped: Int = 0, isSettled: Bool = true
  ) -> MetricsCount {
    MetricsCount(
      scraped: 100, missing: missing, missingSeconds: seconds, from: to.map { $0 - seconds }, to: to, gone: 0, buffered: 7,
      dropped: dropped,
      retries: 3, failedScrapes: 0, isSettled: isSettled)
  }

  @Test("A metrics sample that is missing is caught; where PMM was killed, those may be that it had not yet written")
  func metrics() {
    let outage = Outage(began: 20_000, ended: 25_000, questions: 9, missing: [])
    func holds(_ count: MetricsCount, _ mayMiss: Drill.Missing, away: [Outage]? = nil) -> Bool {
      Invariants.metricsKept(count, mayMiss, away: away ?? [outage]).allSatisfy { $0.holds }
    }
    #expect(holds(count(), .none) && holds(count(), .unwritten))
    #expect(!holds(count(missing: 1, seconds: 0.5, to: 19), .none))
    #expect(holds(count(missing: 20, seconds: 10, to: 19), .unwritten))
    // More than PMM has in memory; and one that was scraped when PMM was back, which it had no reason to lose.
    #expect(!holds(count(missing: 40, seconds: 20, to: 19), .unwritten))
    #expect(!holds(count(missing: 1, seconds: 0.5, to: 26), .unwritten))
    #expect(!holds(count(missing: 1, seconds: 0.5, to: 19), .unwritten, away: []))
    // The client gave blocks up, or still waited: then nothing is known of what was acknowledged.
    for broken in [count(dropped: 1), count(isSettled: false)] {
      #expect(!holds(broken, .none) && !holds(broken, .unwritten))
    }
    // A client that scraped nothing proves nothing.
    #expect(!holds(MetricsTally().count(until: 0, away: []), .none))
    #expect(count(missing: 9, seconds: 4.5, to: 19).told == "9 of 100 metrics samples missing (4.5 s), 7 sent from the client's buffer")
  }

  @Test("A watcher's line is read, and what is none is not")
  func line() {
    #expect(
      Look(line: "1795592884621 1795592884571 pmm1 on mount pmm")
        == Look(at: 1_795_592_884.621, before: 1_795_592_884.571, node: one, isOn: true, holds: [.mount, .pmm]))
    #expect(Look(line: "1795592884621 1795592884571 pmm1 off")?.isOn == false)
    #expect(Look(line: "awk: cannot open /proc") == nil)
  }
}
