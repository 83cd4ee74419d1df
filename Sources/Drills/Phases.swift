import Core
import Operations

/// Where the time of an outage went, by Corosync's and Pacemaker's own logs.
enum Phases {
  /// What ends a phase: its name, how its line in the time line begins (and ends), and which of several such lines counts.
  private struct Mark {
    let name: String
    let begins: String
    var ends = ""
    var last = false
  }

  /// What comes before the storage is started.
  private static let before = [
    Mark(name: "detection", begins: "corosync: no word from"),
    Mark(name: "membership", begins: "corosync: this node goes on alone"),
    Mark(name: "return of the nodes", begins: "corosync: the nodes hear each other", last: true),
    Mark(name: "check fails", begins: "pacemaker: the check of"),
    Mark(name: "decision", begins: "pacemaker: ", ends: "must be fenced first"),
    Mark(name: "fencing", begins: "fencing: the device confirms"),
    Mark(name: "an operator's word", begins: "fencing: an operator confirms"),
    Mark(name: "stop of PMM", begins: "pacemaker: pmm_server is stopped"),
    Mark(name: "release of the address", begins: "pacemaker: pmm_ip is stopped"),
    Mark(name: "release of the storage", begins: "pacemaker: pmm_fs is stopped"),
  ]

  /// Of a start that had to be tried again, the last one brought the answer.
  private static let starts = [
    Mark(name: "storage", begins: "pacemaker: pmm_fs is started", last: true),
    Mark(name: "address", begins: "pacemaker: pmm_ip is started", last: true),
    Mark(name: "PMM's start", begins: "pacemaker: pmm_server is started", last: true),
  ]

  /// `fault` and `answer` (the first good one after the outage): seconds since 1970.
  static func of(_ events: [(node: NodeName, event: Timeline.Event)], fault: Double, answer: Double?) -> [Phase] {
    guard let answer, answer > fault else { return [] }
    let limit = answer - fault
    // A client may have its answer before Pacemaker has noted the start that brought it.
    let mine = events.map(\.event).filter { $0.after <= limit + 1 }
    func end(_ mark: Mark, until: Double) -> (name: String, at: Double)? {
      let found = mine.filter { $0.after <= until && $0.what.hasPrefix(mark.begins) && $0.what.hasSuffix(mark.ends) }
      return (mark.last ? found.last : found.first).map { (mark.name, min($0.after, limit)) }
    }
    let started = starts.compactMap { end($0, until: limit + 1) }
    // A node that has let go in order may leave the membership later: that is no part of the outage.
    let ends = before.compactMap { end($0, until: started.first?.at ?? limit) } + started + [("first answer", limit)]
    var phases: [Phase] = []
    var from = 0.0
    for (name, at) in ends.sorted(by: { $0.at < $1.at }) {
      phases.append(Phase(name: name, from: from, to: at))
      from = at
    }
    return phases
  }
}
