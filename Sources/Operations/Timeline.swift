import Core

/// What the surviving node logged of a failover, against the moment of the fault.
package struct Timeline: Sendable, Equatable {
  package struct Event: Sendable, Equatable {
    /// Seconds after the fault.
    package let after: Double
    package let what: String
  }
  package let events: [Event]

  /// `fault`: as for `init`.
  package static func question(fault: Double) -> Question<Timeline> {
    Question("probe-timeline", PackageResources.probe_timeline_sh) { Timeline($0, fault: fault) }
  }

  /// `fault`: seconds since 1970. The logs' times are the node's time of day, which must be UTC, as in the lab.
  package init(_ answer: Answer, fault: Double) {
    let origin = fault.truncatingRemainder(dividingBy: 86400)
    events = answer.output.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ", maxSplits: 1)
      guard words.count == 2, let time = Self.timeOfDay(words[0]) else { return nil }
      // Over midnight the day starts anew.
      var after = time - origin
      if after < -43200 { after += 86400 }
      return after >= 0 && after < 600 ? Event(after: after, what: String(words[1])) : nil
    }
  }

  private static func timeOfDay(_ text: Substring) -> Double? {
    let parts = text.split(separator: ":").compactMap { Double($0) }
    return parts.count == 3 ? parts[0] * 3600 + parts[1] * 60 + parts[2] : nil
  }
}
