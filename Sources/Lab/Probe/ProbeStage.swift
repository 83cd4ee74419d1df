/// What a client comes through, one after the other, to a good answer.
package enum ProbeStage: String, Codable, Sendable, CaseIterable {
  /// A TCP connection to the service's port.
  case tcp
  /// The TLS handshake.
  case tls
  /// PMM's word that it is ready.
  case ready

  /// What is said of a question that did not reach it.
  package var lack: String {
    switch self {
    case .tcp: "no TCP connection"
    case .tls: "TCP, but no TLS"
    case .ready: "TLS, but PMM is not ready"
    }
  }
}

/// How long good questions took for a stage of their own, milliseconds.
package struct StageTime: Codable, Sendable, Equatable {
  package let stage: ProbeStage
  package let median: Double
  /// 99 of 100 took no longer.
  package let most: Double

  package init(stage: ProbeStage, median: Double, most: Double) {
    self.stage = stage
    self.median = median
    self.most = most
  }

  /// Of each stage, over the good answers among `answers`; none where there is none.
  package static func all(in answers: [ProbeAnswer]) -> [StageTime] {
    let good = answers.filter(\.good)
    func times(_ stage: ProbeStage) -> [Double] {
      good.compactMap { answer -> Double? in
        guard let connected = answer.connected, let secured = answer.secured else { return nil }
        return switch stage {
        case .tcp: connected
        case .tls: secured - connected
        case .ready: answer.took - secured
        }
      }
      .sorted()
    }
    return ProbeStage.allCases.compactMap { stage in
      let times = times(stage)
      guard !times.isEmpty else { return nil }
      return StageTime(stage: stage, median: times[times.count / 2], most: times[times.count * 99 / 100])
    }
  }
}

/// Tells which of the answers that come are a change. A time-out is settled a second late: what was asked before the
/// newest question that is settled already is none. Of an outage whose stages come and go, the first few are told.
package struct ProbeChanges: Sendable {
  private var latest: ProbeAnswer?
  private var told = 0
  private static let most = 5

  package init() {}

  /// `answer` lacks another stage than the one before it, or has all where that did not, or is the first.
  package mutating func isChange(_ answer: ProbeAnswer) -> Bool {
    if let latest, answer.asked < latest.asked { return false }
    defer { latest = answer }
    if let latest, latest.missing == answer.missing { return false }
    told = answer.good ? 0 : told + 1
    return told <= Self.most
  }
}
