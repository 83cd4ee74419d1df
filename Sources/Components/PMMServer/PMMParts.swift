import Core

/// One of the programs that PMM's supervisord runs: PostgreSQL, ClickHouse, VictoriaMetrics, nginx, QAN and so on.
///
/// PMM's readiness asks some of them only (not PostgreSQL, not ClickHouse, not QAN), so a PMM that is ready need not be whole.
/// A part that is down is told and is no reason for a failover: supervisord restarts it, and the other node has the same data.
package struct PMMPart: Sendable, Equatable, Codable {
  /// supervisord's name of it: `postgresql`, `qan-api2`.
  package var name: String
  package var state: State
  /// How often it ended unexpectedly since PMM was started.
  package var ended: Int
  /// When it last did, in the container's own time; nil where it never did.
  package var lastEnd: String?
  /// The last line of its own log, where it is down.
  package var lastWords: String?

  package enum State: String, Sendable, Codable {
    case running
    /// Started less than a second ago, or about to be started again.
    case starting
    /// It ended, and supervisord is about to start it again.
    case exited
    /// supervisord has given it up.
    case fatal
    /// Somebody stopped it.
    case stopped
    /// It was to run once, and has.
    case done
  }

  /// The part of a script that defines `pmm_parts`, which prints what `read` reads.
  package static var script: [UInt8] { PackageResources.parts_sh }

  /// What `pmm_parts` printed: `.no` where no container of PMM's runs on the node.
  package static func read(_ text: String) -> Fact<[PMMPart]> {
    var parts: [PMMPart] = []
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 4, omittingEmptySubsequences: false).map(String.init)
      switch words.first {
      case "part" where words.count == 5:
        guard let state = State(rawValue: words[2]), let ended = Int(words[3]) else {
          return .unknown(Unknown("supervisord.log", "\(line)"))
        }
        let last = words[4] == "-" ? nil : words[4].replacing(",", with: " ")
        parts.append(PMMPart(name: words[1], state: state, ended: ended, lastEnd: last, lastWords: nil))
      case "said":
        let words = line.split(separator: " ", maxSplits: 2).map(String.init)
        if words.count == 3, let index = parts.firstIndex(where: { $0.name == words[1] }) { parts[index].lastWords = words[2] }
      case "unknown": return .unknown(Unknown("supervisord.log", String(line.dropFirst(8))))
      default: return .unknown(Unknown("supervisord.log", "\(line.prefix(200))"))
      }
    }
    return parts.isEmpty ? .no : .yes(parts)
  }
}

extension Fact<[PMMPart]> {
  /// What is wrong with PMM's parts on the node where it runs: `danger` for one that supervisord has given up, `warning` for one
  /// that is down otherwise, and for parts that nothing is known of.
  package func findings(at node: String) -> [Finding] {
    switch self {
    case .no: []
    case .unknown(let why):
      [
        Finding(
          .warning, at: node, "whether all of PMM's parts run is not known: \(why)",
          hint: "look there: podman exec pmm-server supervisorctl status")
      ]
    case .yes(let parts): parts.compactMap { $0.finding(at: node) }
    }
  }
}

extension PMMPart {
  fileprivate func finding(at node: String) -> Finding? {
    let times =
      ended > 0 ? "; it ended \(ended) time\(ended == 1 ? "" : "s") since PMM was started" + (lastEnd.map { ", last at \($0)" } ?? "") : ""
    let words = lastWords.map { "; its last words: \($0)" } ?? ""
    let look =
      "see /srv/logs/\(name)*.log in the container, on \(node); when the cause is mended: podman exec pmm-server supervisorctl restart \(name)"
    switch state {
    case .fatal: return Finding(.danger, at: node, "PMM's \(name) is down, and is not started again\(times)\(words)", hint: look)
    case .exited: return Finding(.warning, at: node, "PMM's \(name) is down\(times)\(words)", hint: look)
    case .stopped:
      return Finding(
        .warning, at: node, "PMM's \(name) was stopped by hand", hint: "start it again: podman exec pmm-server supervisorctl start \(name)")
    case .starting where ended > 1: return Finding(.warning, at: node, "PMM's \(name) does not stay up\(times)", hint: look)
    case .running where ended > 0:
      return Finding(.note, at: node, "PMM's \(name) runs\(times)", hint: "see /srv/logs/\(name)*.log in the container")
    case .running, .starting, .done: return nil
    }
  }
}
