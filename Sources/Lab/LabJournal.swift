import Glibc

extension Lab {
  /// Becomes journalctl(1) on the node's journal; its files outlive the node's power.
  package func showJournal(of node: LabNode, options: [String]) async throws -> Never {
    let directory =
      switch try record().driver {
      case .container: "\(place.node(node))/disk/var/log/journal"
      case .vm: try await HostShell(directory: place).run("vm-journal.sh", place.path, "\(node.name)")
      }
    let words = ["journalctl", "--directory=\(directory)"] + options
    var arguments = words.map { strdup($0) } + [nil]
    execvp("journalctl", &arguments)
    throw LabFailure("journalctl cannot be started: \(String(cString: strerror(errno)))", hint: "apt-get install systemd")
  }
}
