import ArgumentParser
import Core
import Operations
import Pacemaker

/// `pmm-ha fence history`
struct FenceHistory: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Show whom Pacemaker has fenced since its start, newest first.")
  @OptionGroup var options: SpecOptions
  @Flag(help: "For programs: one JSON object.") var json = false

  func run() async throws {
    let session = try Session(options)
    let status = try await withProgress("looking at the nodes") { _ in
      try await clusterStatus(of: session.nodes, through: session.door, url: nil)
    }
    guard let state = status.state else { throw Refusal("Pacemaker runs nowhere, so it remembers nothing: see pmm-ha status.") }
    if json {
      try printJSON(["events": state.fencing])
    } else {
      Terminal.output.write(Self.text(state.fencing, .output))
    }
  }

  static func text(_ events: [ClusterState.FenceEvent], _ terminal: Terminal) -> String {
    if events.isEmpty { return "Nobody was fenced since Pacemaker was started.\n" }
    return events.map { event in
      let good = event.status == "success"
      let by = event.delegate.map { " by \($0)" } ?? ""
      let client = event.client.split(separator: ".").first.map { " for \($0)" } ?? ""
      let reason = event.reason.isEmpty ? "" : ": \(event.reason)"
      return "\(event.when ?? "now")  \(terminal.style(event.target, .bold))  \(event.action) "
        + terminal.style(event.status, good ? .green : event.status == "pending" ? .yellow : .red) + "\(by)\(client)\(reason)\n"
    }.joined()
  }
}
