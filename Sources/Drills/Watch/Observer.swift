import Core
import FoundationEssentials
import Lab

/// Something that happened in a drill, when and where it is known from.
package struct Moment: Sendable, Equatable, Codable {
  /// Seconds since 1970.
  package let at: Double
  package let source: Source
  package let what: String

  package enum Source: String, Sendable, Codable, CaseIterable {
    /// The drill itself.
    case drill
    /// What clients felt.
    case clients
    /// What the watchers saw on the nodes.
    case nodes
    /// The machines' power, and who pressed.
    case power
    /// Corosync's and Pacemaker's logs.
    case cluster
  }

  package init(_ at: Double, _ source: Source, _ what: String) {
    self.at = at
    self.source = source
    self.what = what
  }
}

/// Collects what clients and watchers see, and tells of changes as they come.
actor Observer {
  private(set) var looks: [Look] = []
  private(set) var answers: [ProbeAnswer] = []
  private(set) var moments: [Moment] = []
  private(set) var metrics = MetricsTally()
  private var latest: [NodeName: Look] = [:]
  private var changes = ProbeChanges()
  private var hasAnswered = false
  private var lastGood = 0.0
  /// Milliseconds between two questions.
  private let every: Int
  private let report: @Sendable (Moment) async -> Void

  init(every: Int, report: @escaping @Sendable (Moment) async -> Void) {
    self.every = every
    self.report = report
  }

  func note(_ moment: Moment) async {
    moments.append(moment)
    await report(moment)
  }

  func take(_ look: Look) async {
    looks.append(look)
    let old = latest[look.node]
    latest[look.node] = look
    guard let old else { return }
    if old.isOn != look.isOn { await note(Moment(look.at, .nodes, "\(look.node) is \(look.isOn ? "on" : "off")")) }
    guard look.isOn else { return }
    for held in Look.Held.allCases where old.holds.contains(held) != look.holds.contains(held) {
      let has = look.holds.contains(held)
      let verb =
        switch held {
        case .mount: has ? "mounts the filesystem" : "unmounts it"
        case .address: has ? "takes the virtual IP" : "gives the virtual IP up"
        case .pmm: has ? "starts PMM" : "has ended PMM"
        }
      await note(Moment(look.at, .nodes, "\(look.node) \(verb)"))
    }
  }

  func take(_ answer: ProbeAnswer) async {
    answers.append(answer)
    guard answer.isQuestion else { return }
    if answer.good { lastGood = max(lastGood, answer.asked / 1000) }
    guard changes.isChange(answer) else { return }
    defer { hasAnswered = true }
    if !hasAnswered && answer.good { return }
    let what = answer.missing.map { "clients get no answer: \($0.lack) (\(answer.why))" } ?? "clients get answers"
    await note(Moment((answer.good ? answer.settled : answer.asked) / 1000, .clients, what))
  }

  /// The node that has the virtual IP, by the latest look; nil while none has it. Through ssh a node that is off is seen no
  /// more, and its last look, which says that it has everything, is older than the other's.
  var home: NodeName? { latest.values.filter { $0.isOn && $0.holds.contains(.address) }.max { $0.at < $1.at }?.node }

  /// The nodes that hold anything of the service and run.
  var holders: Set<NodeName> { Set(latest.values.filter { $0.isOn && !$0.holds.isEmpty }.map(\.node)) }

  /// Each node has been looked at.
  func hasSeen(_ nodes: [NodeName]) -> Bool { nodes.allSatisfy { latest[$0] != nil } }

  func take(_ event: MetricsEvent) { metrics.take(event) }

  /// The metrics store has samples that a client scraped so many seconds ago; or there is none to be asked (HTTP 404).
  func hasMetrics(for seconds: Double) -> Bool {
    if !hasMetricsStore { return true }
    return metrics.first.map { $0 / 1000 <= Date.now.timeIntervalSince1970 - seconds } ?? false
  }

  /// False only by the store's own word: a path that PMM does not know.
  var hasMetricsStore: Bool { metrics.unanswered != "HTTP-404" || metrics.first != nil }

  /// For at least the last `seconds` every question that has been settled got its answer, and answers come.
  func isAnswering(for seconds: Double) -> Bool {
    let now = Date.now.timeIntervalSince1970
    // Three questions at least, so that one under way does not count as silence.
    let pause = Double(3 * every) / 1000
    let recent = answers.suffix(500).filter { $0.isQuestion && $0.asked / 1000 >= now - max(seconds, pause) }
    return recent.count >= max(2, Int(seconds * 100) / every) && recent.allSatisfy(\.good) && lastGood > now - max(0.5, pause)
  }
}
