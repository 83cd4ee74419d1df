/// A time in which the service did not answer.
package struct Outage: Codable, Sendable, Equatable {
  /// When the first question was asked that got no good answer: milliseconds since 1970.
  package let began: Double
  /// When the first good answer after it had arrived; nil while there is none.
  package let ended: Double?
  /// How many questions got no good answer.
  package let questions: Int
  /// What was missing when, in the order of time.
  package let missing: [Lack]

  /// A part of an outage in which the questions failed at one stage.
  package struct Lack: Codable, Sendable, Equatable {
    package let stage: ProbeStage
    /// When the first question was asked that did not reach it: milliseconds since 1970.
    package let from: Double
    /// When the first one was asked that failed at another, or the outage ended; nil while it lasts.
    package let to: Double?
    /// How often they failed for which reason.
    package let reasons: [String: Int]

    package init(_ stage: ProbeStage, from: Double, to: Double?, _ reasons: [String: Int]) {
      self.stage = stage
      self.from = from
      self.to = to
      self.reasons = reasons
    }

    /// Milliseconds; nil while it lasts.
    package var lasted: Double? { to.map { $0 - from } }
    /// `time-out 212, no-host 14`.
    package var why: String {
      reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
  }

  package init(began: Double, ended: Double?, questions: Int, missing: [Lack]) {
    self.began = began
    self.ended = ended
    self.questions = questions
    self.missing = missing
  }

  /// Of failed questions, at least one, in the order of time.
  private init(_ failed: [ProbeAnswer], ended: Double?) {
    self.init(began: failed[0].asked, ended: ended, questions: failed.count, missing: Self.lacks(failed, ended: ended))
  }

  /// Milliseconds without service; nil while it lasts.
  package var lasted: Double? { ended.map { $0 - began } }

  /// The outages in `answers`, in the order of time. A good answer ends an outage when it was asked after the failed ones:
  /// one on its way when the service broke off proves nothing.
  package static func all(in answers: [ProbeAnswer]) -> [Outage] {
    var outages: [Outage] = []
    var failed: [ProbeAnswer] = []
    for answer in answers.sorted(by: { $0.asked < $1.asked }) {
      if !answer.good {
        failed.append(answer)
      } else if !failed.isEmpty {
        outages.append(Outage(failed, ended: answer.settled))
        failed = []
      }
    }
    if !failed.isEmpty { outages.append(Outage(failed, ended: nil)) }
    return outages
  }

  private static func lacks(_ failed: [ProbeAnswer], ended: Double?) -> [Lack] {
    var lacks: [Lack] = []
    var end = ended
    // From the last one backwards: each part ends where the next one begins.
    for answer in failed.reversed() {
      guard let stage = answer.missing else { continue }
      if let next = lacks.last, next.stage == stage {
        let reasons = next.reasons.merging([answer.why: 1], uniquingKeysWith: +)
        lacks[lacks.count - 1] = Lack(stage, from: answer.asked, to: next.to, reasons)
      } else {
        lacks.append(Lack(stage, from: answer.asked, to: end, [answer.why: 1]))
      }
      end = answer.asked
    }
    return lacks.reversed()
  }
}
