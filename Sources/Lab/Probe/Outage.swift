/// A time in which the service did not answer.
package struct Outage: Codable, Sendable, Equatable {
  /// When the first question was asked that got no good answer: milliseconds since 1970.
  package let began: Double
  /// When the first good answer after it had arrived; nil while there is none.
  package let ended: Double?
  /// How many questions got no good answer.
  package let questions: Int

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
      } else if let first = failed.first {
        outages.append(Outage(began: first.asked, ended: answer.settled, questions: failed.count))
        failed = []
      }
    }
    if let first = failed.first { outages.append(Outage(began: first.asked, ended: nil, questions: failed.count)) }
    return outages
  }
}
