import Glibc

extension Lab {
  /// Becomes journalctl(1) on the node's journal; its files outlive the node's power.
  package func showJournal(of node: LabNode, options: [String]) throws -> Never {
    let words = ["journalctl", "--directory=\(place.node(node))/disk/var/log/journal"] + options
    var arguments = words.map { strdup($0) } + [nil]
    execvp("journalctl", &arguments)
    throw LabFailure("journalctl cannot be started: \(String(cString: strerror(errno)))", hint: "apt-get install systemd")
  }
}
