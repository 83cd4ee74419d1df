import Core
import FoundationEssentials
import Lab

/// What a drill showed: all that its report is made of.
package struct DrillResult: Sendable, Codable {
  package let drill: String
  package let title: String
  package let proves: String
  package let cluster: String
  /// The lab's name; nil: a cluster of the user's own.
  package let lab: String?
  /// Seconds since 1970.
  package let began: Double
  package let seconds: Double
  /// When the first action was begun, or the machine's power was really cut: what times count from.
  package let fault: Double
  package let active: NodeName
  package let passive: NodeName
  /// As a whole: every expectation and every invariant held.
  package let passed: Bool
  /// What the drill's file expected.
  package let expectations: [Check]
  /// What must always hold.
  package let invariants: [Check]
  /// Outages that clients felt.
  package let outages: [Outage]
  /// Questions that clients asked, and the pause between two, milliseconds.
  package let questions: Int
  package let every: Int
  /// How long those that were answered took for each stage.
  package let stages: [StageTime]
  /// Writes that are durable before they are acknowledged.
  package let records: Records?
  /// Writes that are acknowledged before they are durable.
  package let samples: Samples?
  /// Where the time of the longest outage went.
  package let phases: [Phase]
  package let moments: [Moment]
  package let holdings: [Holding]
  package let versions: [String: String]
  /// SHA-256 of the spec's file.
  package let specHash: String
  /// Lines of the nodes' own logs.
  package let evidence: [String]
  /// Why it did not come to its end.
  package let trouble: String?

  /// The longest outage; one that did not end is the longest.
  package var longestOutage: Outage? { outages.max { ($0.lasted ?? .infinity) < ($1.lasted ?? .infinity) } }

  /// Milliseconds of the longest outage; nil while one lasts, 0 where there was none.
  package var rto: Double? {
    if outages.contains(where: { $0.ended == nil }) { return nil }
    return outages.compactMap(\.lasted).max() ?? 0
  }

  package struct Records: Sendable, Codable, Equatable {
    /// Committed by the word of the service.
    package let acknowledged: Int
    /// Of these, gone.
    package let lost: Int
    /// Sent, and never acknowledged.
    package let unanswered: Int
    /// Of these, there.
    package let unansweredKept: Int
  }

  /// Metrics samples. A crash may lose what PMM had in memory only; a move in order may not.
  package struct Samples: Sendable, Codable, Equatable {
    /// Taken by the word of the service.
    package let acknowledged: Int
    /// Of these, gone.
    package let lost: Int
    /// The time for which they stood: of each until the next one was written.
    package let lostSeconds: Double
    /// Sent, and never acknowledged: in PMM the client sends those again.
    package let unanswered: Int

    package init(acknowledged: Int, lost: Int, lostSeconds: Double, unanswered: Int) {
      self.acknowledged = acknowledged
      self.lost = lost
      self.lostSeconds = lostSeconds
      self.unanswered = unanswered
    }

    /// Of the samples among `answers`; `found` are there.
    package init(_ answers: [ProbeAnswer], found: Set<String>) {
      let written = answers.filter { $0.sample != nil }.sorted { $0.asked < $1.asked }
      let acknowledged = written.filter(\.good)
      var (lost, milliseconds) = (0, 0.0)
      for (index, answer) in written.enumerated() {
        guard answer.good, let name = answer.sample, !found.contains(name) else { continue }
        lost += 1
        if index + 1 < written.count { milliseconds += written[index + 1].asked - answer.asked }
      }
      self.init(
        acknowledged: acknowledged.count, lost: lost, lostSeconds: milliseconds / 1000, unanswered: written.count - acknowledged.count)
    }

    /// `31 of 80 (3.1 s)`.
    package var told: String { "\(lost) of \(acknowledged)" + (lost == 0 ? "" : " (\(tenths(lostSeconds)) s)") }
  }

  /// All failed checks, as one line each.
  package var failures: [String] {
    (trouble.map { ["it did not come to its end: \($0)"] } ?? [])
      + (expectations + invariants).filter { !$0.holds }.map { "\($0.what): \($0.seen)" }
  }
}

/// A part of an outage.
package struct Phase: Sendable, Equatable, Codable {
  package let name: String
  /// Seconds after the fault.
  package let from: Double
  package let to: Double
  package var seconds: Double { to - from }
}
