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
  /// Metrics, which are acknowledged before they are durable, and which clients keep while they are not acknowledged.
  package let samples: MetricsCount?
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

extension MetricsCount {
  /// `9 of 80 metrics samples missing (4.5 s)`, and what came from the client's buffer.
  package var told: String {
    let lost = missing == 0 ? "" : " (\(tenths(missingSeconds)) s)"
    let kept = buffered == 0 ? "" : ", \(buffered) sent from the client's buffer"
    return "\(missing) of \(scraped) metrics samples missing\(lost)\(kept)"
  }
}
