import Core
import Operations
import Pacemaker

/// The status as people read it.
struct StatusText {
  let status: ClusterStatus
  let terminal: Terminal

  var text: String {
    var lines: [String] = []
    let health = status.isHealthy ? terminal.style("healthy", .green) : terminal.style("needs attention", .red)
    lines.append(
      "\(terminal.style(status.cluster ?? "cluster", .bold))  \(health)  "
        + terminal.style("\(status.isSaved ? "as saved in" : "seen from") \(status.seenFrom)", .dim))
    if let state = status.state {
      lines.append("")
      lines += state.nodes.map { row("node", $0.name, nil, nodeText($0)) }
      lines.append(
        row("quorum", state.quorum ? "yes" : "no", state.quorum ? .green : .red, status.thirdVote == true ? "with the third vote" : ""))
      lines += fencing(state)
      lines += service
    }
    if !status.findings.isEmpty {
      lines.append("")
      lines += status.findings.flatMap { FindingText(finding: $0, terminal: terminal).lines }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func row(_ kind: String, _ name: String, _ style: Terminal.Style?, _ text: String) -> String {
    let space = text.isEmpty ? "" : String(repeating: " ", count: max(1, 14 - name.count))
    return "  \(terminal.style(kind.padded(9), .dim))\(style.map { terminal.style(name, $0) } ?? name)\(space)\(text)"
  }

  private func nodeText(_ node: ClusterState.Node) -> String {
    var words: [String] = []
    if node.unclean {
      words.append(terminal.style("UNCLEAN", .alarm))
    } else if node.pending {
      // Before it has joined, crm_mon calls it online and in standby.
      words.append(terminal.style("joining", .yellow))
    } else if !node.online {
      words.append(terminal.style("offline", .yellow))
    } else if node.standby {
      words.append(terminal.style("standby", .yellow))
    } else {
      words.append(terminal.style(node.maintenance ? "maintenance" : "online", node.maintenance ? .yellow : .green))
    }
    if status.service.node == node.name { words.append(terminal.style("active", .bold)) }
    if node.isDC { words.append(terminal.style("DC", .dim)) }
    return words.joined(separator: ", ")
  }

  private func fencing(_ state: ClusterState) -> [String] {
    var lines: [String] = []
    if !state.fencingEnabled { lines.append(row("fencing", "OFF", .alarm, "two nodes may write to one disk at once")) }
    for device in status.fencingDevices {
      var words = [device.monitoredOn.map { "watched by \($0)" } ?? terminal.style("watched by no node", .yellow)]
      if device.failed { words.append(terminal.style("failed", .red)) }
      if let tested = device.tested {
        words.append(tested.passed ? "tested \(Self.age(tested.age)) ago" : terminal.style("test failed \(Self.age(tested.age)) ago", .red))
      } else if let node = device.monitoredOn, status.heardFrom.contains(node) {
        words.append(terminal.style("never tested", .yellow))
      }
      lines.append(row("fencing", device.id, nil, words.joined(separator: ", ")))
    }
    for (node, fenced) in status.reallyFenced.sorted(by: { $0.key < $1.key }) {
      lines.append(row("proven", node, nil, Self.fenced(fenced, terminal)))
    }
    if let last = state.fencing.first {
      let by = last.delegate.map { " by \($0)" } ?? ""
      lines.append(row("fenced", last.target, nil, "\(last.action) \(last.status)\(by)\(last.when.map { ", \($0)" } ?? "")"))
    }
    return lines
  }

  private var service: [String] {
    let service = status.service
    var words: [String] = []
    if let since = service.since { words.append("since \(since)") }
    if let readiness = service.readiness {
      words.append(
        readiness.isReady
          ? terminal.style("ready", .green) + " at \(readiness.url)" + (readiness.seconds.map { " (\(Int($0 * 1000)) ms)" } ?? "")
          : terminal.style(readiness.status.map { "not ready (HTTP \($0))" } ?? "no answer", .red) + " at \(readiness.url)")
    }
    return [row("service", service.node ?? "nowhere", service.node == nil ? .red : .bold, words.joined(separator: ", "))]
      + service.resources.map { resource in
        let role = resource.pending ?? resource.role
        let state = resource.isUp ? role.lowercased() : terminal.style(role.lowercased(), resource.pending == nil ? .red : .yellow)
        return "           \(terminal.style(resource.id.padded(12), .dim))  \(state)  \(terminal.style(resource.agent, .dim))"
      }
  }

  /// `really fenced 3 h ago (off after 2.1 s, online after 14 s)`
  static func fenced(_ fenced: ClusterStatus.Fenced, _ terminal: Terminal) -> String {
    let age = age(fenced.tested.age)
    guard fenced.tested.passed else { return terminal.style("really fencing it failed \(age) ago", .red) }
    let times = [("off", fenced.confirmed), ("online", fenced.online)].compactMap { what, time in time.map { "\(what) after \($0.seconds)" }
    }
    return "really fenced \(age) ago" + (times.isEmpty ? "" : " (\(times.joined(separator: ", ")))")
  }

  static func age(_ seconds: Int) -> String {
    switch seconds {
    case ..<120: "\(seconds) s"
    case ..<7200: "\(seconds / 60) min"
    case ..<172800: "\(seconds / 3600) h"
    default: "\(seconds / 86400) days"
    }
  }
}
