/// One question to the service, or one record that it was to take.
package struct ProbeAnswer: Codable, Sendable, Equatable {
  /// When it was asked: milliseconds since 1970.
  package let asked: Double
  /// HTTP's, 0 where there was no answer.
  package let status: Int
  /// Milliseconds until it was settled.
  package let took: Double
  /// Milliseconds until TCP was connected; nil where it did not come to that.
  package let connected: Double?
  /// Milliseconds until the TLS handshake was done; nil where it did not come to that.
  package let secured: Double?
  /// The stage that it did not reach; nil: the answer is good.
  package let missing: ProbeStage?
  /// Why there was no answer: `refused`, `time-out`, `no-host`, `closed`...
  package let reason: String?
  /// The record's name, of one.
  package let row: String?

  package init(
    asked: Double, status: Int, took: Double, connected: Double? = nil, secured: Double? = nil, reason: String? = nil, row: String? = nil
  ) {
    self.asked = asked
    self.status = status
    self.took = took
    self.connected = connected
    self.secured = secured
    missing = status == 200 ? nil : status != 0 || secured != nil ? .ready : connected != nil ? .tls : .tcp
    self.reason = reason
    self.row = row
  }

  /// A line of probe.py.
  init?(line: String) {
    let words = line.split(whereSeparator: \.isWhitespace)
    guard words.count >= 3, let asked = Double(words[0]), let status = Int(words[1]), let took = Double(words[2]) else { return nil }
    var reason: String?
    var marks: [Substring: Substring] = [:]
    for word in words.dropFirst(3) {
      if let equals = word.firstIndex(of: "=") {
        marks[word[..<equals]] = word[word.index(after: equals)...]
      } else {
        reason = String(word)
      }
    }
    self.init(
      asked: asked, status: status, took: took, connected: marks["tcp"].flatMap { Double($0) },
      secured: marks["tls"].flatMap { Double($0) },
      reason: reason, row: marks["row"].map(String.init))
  }

  /// It asks for readiness.
  package var isQuestion: Bool { row == nil }
  /// The service is ready; of a record: it is committed.
  package var good: Bool { missing == nil }
  /// When it was settled.
  package var settled: Double { asked + took }
  /// Why it is not good, in a word or two.
  package var why: String { reason ?? "HTTP \(status)" }
}
