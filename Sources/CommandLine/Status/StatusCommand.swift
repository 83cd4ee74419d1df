import ArgumentParser
import Cluster
import Core
import FoundationEssentials
import Glibc
import Operations
import Pacemaker
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
      let saved = getenv("CIB_file").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
      if let saved { try Self.check(saved) }
      if saved != nil || onNode {
        let here = try NodeName("localhost")
        (nodes, door, url) = ([here], .local(as: here), nil)
      } else {
        let session = try Session(options)
        (nodes, door, url) = (session.nodes, session.door, session.cluster.readinessURL)
      }
    }

    /// crm_mon shows an empty cluster for a file that it cannot read.
    private static func check(_ file: String) throws {
      let data: Data
      do {
        data = try Data(contentsOf: URL(filePath: file))
      } catch {
        let reason = access(file, F_OK) == 0 ? "it cannot be read" : "there is no such file"
        throw Refusal("CIB_file names \(file): \(reason). Name a file that 'cibadmin --query' wrote, or unset CIB_file.")
      }
      // Pacemaker reads its own compressed inputs, too.
      if file.hasSuffix(".bz2") { return }
      func broken(_ why: String) -> Refusal {
        Refusal("CIB_file names \(file), which is not a whole CIB: \(why). Save it anew: cibadmin --query > \(file)")
      }
      let root: XMLNode
      do { root = try XMLNode(parsing: String(decoding: data, as: UTF8.self)) } catch { throw broken("\(error)") }
      guard root.name == "cib" else { throw broken("it begins with <\(root.name)>") }
    }

    func status() async throws -> ClusterStatus { try await clusterStatus(of: nodes, through: door, url: url) }
  }
}
