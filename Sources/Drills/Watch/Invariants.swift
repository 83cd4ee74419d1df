import Core
import Lab

/// Whether something held, and what was seen.
package struct Check: Sendable, Equatable, Codable {
  package let what: String
  package let holds: Bool
  /// What was seen; of a failed check, where it broke.
  package let seen: String

  package init(_ what: String, _ holds: Bool, _ seen: String) {
    self.what = what
    self.holds = holds
    self.seen = seen
  }
}

/// A node was made sure to be off: its BMC was pressed, Pacemaker's fencing succeeded, or an operator said so.
package struct Confirmation: Sendable, Equatable, Codable {
  package let node: NodeName
  /// Seconds since 1970.
  package let at: Double
  package let by: String
}

extension PowerEvent {
  /// What it proves of its node; nil: nothing, as where a drill cut the power. A fence agent that finds a BMC's power off
  /// presses nothing but `on`.
  package var confirmation: Confirmation? {
    if what.hasPrefix("bmc ") { return Confirmation(node: node, at: at, by: "its BMC") }
    if what.hasPrefix("ec2 ") { return Confirmation(node: node, at: at, by: "the EC2 API") }
    return nil
  }
}

/// What must hold whatever Pacemaker thinks: pure functions of what was seen.
package enum Invariants {
  /// Never on two nodes. `slack`: seconds by which the nodes' clocks may differ; in a lab they share one.
  package static func neverOnTwo(_ held: Look.Held, _ holdings: [Holding], slack: Double = 0) -> Check {
    let what = "\(held.noun) is never on two nodes"
    let mine = holdings.filter { $0.held == held }.sorted { $0.from < $1.from }
    for (index, one) in mine.enumerated() {
      for other in mine.dropFirst(index + 1) where one.node != other.node {
        let (from, to) = (max(one.from, other.from), min(one.to, other.to))
        if to - from > slack {
          return Check(what, false, "on \(one.node) and \(other.node) for at least \(Int((to - from) * 1000)) ms, from \(clock(from))")
        }
      }
    }
    var nodes: [NodeName] = []
    for holding in mine where nodes.last != holding.node { nodes.append(holding.node) }
    return Check(what, true, nodes.isEmpty ? "on no node" : "on \(nodes.map(\.description).joined(separator: ", then on "))")
  }

  /// A node begins to hold something only when the other one is seen to run and to hold neither that nor any of PMM's data,
  /// or was made sure to be off since it was last seen to hold something. The virtual IP runs beside the group: in a move it
  /// may leave after the filesystem.
  package static func nothingBeforeFencing(_ looks: [Look], _ confirmations: [Confirmation]) -> Check {
    let what = "nothing starts before the other node is fenced or has let go"
    let byNode = Dictionary(grouping: looks, by: \.node).mapValues { $0.sorted { $0.at < $1.at } }
    var starts = 0
    for (node, mine) in byNode.sorted(by: { $0.key < $1.key }) {
      for (before, look) in zip(mine, mine.dropFirst()) where !look.holds.isSubset(of: before.holds) {
        starts += 1
        for (other, theirs) in byNode where other != node {
          let forbidden = look.holds.subtracting(before.holds).union([.mount, .pmm])
          if let violation = violation(of: look.at, forbidden, by: other, theirs, confirmations) {
            return Check(what, false, "\(node) began at \(clock(look.at)): \(violation)")
          }
        }
      }
    }
    return Check(
      what, true, starts == 0 ? "nothing was started" : starts == 1 ? "one start was looked at" : "\(starts) starts were looked at")
  }

  /// `forbidden`: what a running other node may not hold at `start`.
  private static func violation(
    of start: Double, _ forbidden: Set<Look.Held>, by other: NodeName, _ looks: [Look], _ confirmations: [Confirmation]
  ) -> String? {
    let past = looks.filter { $0.at <= start }
    guard let last = past.last else { return "nobody had looked at \(other)" }
    // A look that is older than its watcher's next word would be.
    let isStale = start - last.at > 2.5
    if last.isOn && !isStale {
      if last.holds.isDisjoint(with: forbidden) { return nil }
      // It may have let go between two looks.
      guard let next = looks.first(where: { $0.at > start }) else { return nil }
      let left = next.holds.intersection(forbidden)
      return next.isOn && !left.isEmpty && next.before >= start ? "\(other) still held \(words(left))" : nil
    }
    guard let seen = past.last(where: \.isOn), !seen.holds.isEmpty else { return nil }
    let confirmed = confirmations.contains { $0.node == other && $0.at >= seen.at - 1.5 && $0.at <= start }
    return confirmed ? nil : "\(other), which was last seen with \(words(seen.holds)), was not fenced"
  }

  private static func words(_ held: Set<Look.Held>) -> String {
    Look.Held.allCases.filter(held.contains).map(\.noun).joined(separator: " and ")
  }

  /// Whoever was to be watched was: a watch that saw nothing proves nothing.
  package static func watched(_ nodes: [NodeName], _ looks: [Look], from: Double, to: Double, gap: Double = 3) -> Check {
    let what = "both nodes were watched all the time"
    for node in nodes {
      let times = looks.filter { $0.node == node }.map(\.at).sorted()
      let edges = [from] + times.filter { $0 > from && $0 < to } + [to]
      for (one, next) in zip(edges, edges.dropFirst()) where next - one > gap {
        return Check(what, false, "\(node) was not looked at for \(Int(next - one)) s from \(clock(one))")
      }
    }
    return Check(what, true, "about every 50 ms")
  }

  /// Every acknowledged record is there.
  package static func nothingLost(acknowledged: [String], found: Set<String>) -> Check {
    let lost = acknowledged.filter { !found.contains($0) }
    return Check(
      "no acknowledged write is lost", lost.isEmpty,
      lost.isEmpty ? "all \(acknowledged.count) are there" : "\(lost.count) of \(acknowledged.count) are gone, the first \(lost[0])")
  }
}

extension Invariants {
  /// Seconds of metrics that PMM's metrics store may have acknowledged and not yet written to its disk. Measured with Debian's
  /// VictoriaMetrics, killed: up to 9.7 s with 1.79.5, up to 11.4 s with 1.112 (docs/drills.md).
  package static let unwrittenAtMost = 15.0

  /// Every metrics sample that a client scraped is in PMM's metrics store in the end. Where a drill kills PMM, those may be
  /// missing that PMM had acknowledged and not yet written. `away`: when clients got no answers. `block`: seconds of samples
  /// that the client sends at once, the youngest of which PMM may have had in memory as long as the oldest.
  package static func metricsKept(_ count: MetricsCount, _ mayMiss: Drill.Missing, away: [Outage], block: Double = 1) -> [Check] {
    let settled = Check(
      "the client's buffer of metrics is empty in the end", count.isSettled && count.dropped == 0,
      !count.isSettled
        ? "\(count.missing) of \(count.scraped) samples had not arrived when the drill stopped waiting for them"
        : count.dropped > 0
          ? "the client gave \(count.dropped) blocks up: its buffer was full, or PMM refused them" : "sent again \(count.retries) times")
    let what =
      mayMiss == .none
      ? "no metrics sample is missing in the end" : "only metrics samples that PMM had not yet written to its disk are missing in the end"
    guard count.scraped > 0 else { return [settled, Check(what, false, "the client scraped none")] }
    guard let from = count.from, let to = count.to else {
      return [settled, Check(what, true, "all \(count.scraped) are there, \(count.buffered) of them from the client's buffer")]
    }
    let failed = count.failedScrapes == 0 ? "" : "; \(count.failedScrapes) of the client's own scrapes failed"
    let seen =
      "\(count.missing) of \(count.scraped) are missing (\(tenths(count.missingSeconds)) s), scraped from \(clock(from)) to \(clock(to))\(failed)"
    guard mayMiss == .unwritten else { return [settled, Check(what, false, seen)] }
    let most = unwrittenAtMost + block
    if count.missingSeconds > most {
      return [settled, Check(what, false, "\(seen): more than the \(Int(most)) s that PMM may have in memory")]
    }
    // What was scraped after the last outage was acknowledged by a PMM that ran on.
    let end = away.map { $0.ended ?? .infinity }.max().map { $0 / 1000 }
    guard let end, to <= end else { return [settled, Check(what, false, "\(seen): PMM was not away after that")] }
    return [settled, Check(what, true, seen)]
  }
}

/// Seconds since 1970 as the time of day in UTC, with milliseconds.
package func clock(_ time: Double) -> String {
  let day = Int((time * 1000).rounded()) % 86_400_000
  func digits(_ value: Int, _ count: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }
  return "\(digits(day / 3_600_000, 2)):\(digits(day / 60_000 % 60, 2)):\(digits(day / 1000 % 60, 2)).\(digits(day % 1000, 3))"
}
