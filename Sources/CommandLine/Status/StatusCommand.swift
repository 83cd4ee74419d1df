import ArgumentParser
import Cluster
import Core
import Glibc
import Operations
import Transport

/// `pmm-ha status`
struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show nodes, fencing, where the service runs, and what is wrong.",
    discussion: """
      With a spec, from anywhere: the first node that answers is asked. Without one, on a node itself. With CIB_file set, \
      what a saved CIB says, as Pacemaker's own tools do. Ends with 0 when all is well, 3 when something needs attention.
      """)

  @OptionGroup var options: SpecOptions
  @Flag(help: "For programs: one JSON object.") var json = false
  @Option(name: .shortAndLong, help: ArgumentHelp("Show it again every so many seconds.", valueName: "seconds")) var watch: Int?

  func run() async throws {
    let view = try View(options)
    while true {
      let status = try await view.status()
      if let watch {
        Terminal.output.write((Terminal.output.isTTY ? "\u{1b}[H\u{1b}[2J" : "") + (try text(status)))
        try await Task.sleep(for: .seconds(max(1, watch)))
      } else {
        Terminal.output.write(try text(status))
        if !status.isHealthy { throw ExitCode(3) }
        return
      }
    }
  }

  private func text(_ status: ClusterStatus) throws -> String {
    try json ? jsonText(status) : StatusText(status: status, terminal: .output).text
  }

  /// Whom to ask.
  private struct View {
    let nodes: [NodeName]
    let door: Connection
    let url: String?

    init(_ options: SpecOptions) throws {
      // Without a spec at hand: on a node itself; elsewhere loading it says that there is none.
      let isNode = access("/etc/corosync/corosync.conf", F_OK) == 0 && access("/run/systemd/system", F_OK) == 0
      let onNode = isNode && access(options.file, F_OK) != 0
      if getenv("CIB_file") != nil || onNode {
        let here = try NodeName("localhost")
        (nodes, door, url) = ([here], .local(as: here), nil)
      } else {
        let session = try Session(options)
        (nodes, door, url) = (session.nodes, session.door, session.cluster.readinessURL)
      }
    }

    func status() async throws -> ClusterStatus { try await clusterStatus(of: nodes, through: door, url: url) }
  }
}
