import Core

/// What of a cluster is left on a node: the facts of `destroy`.
package struct Remains: Sendable, Equatable {
  /// Pacemaker or Corosync runs.
  package let running: Bool
  /// One of them starts at boot.
  package let enabled: Bool
  /// Pacemaker has a CIB on disk.
  package let hasCIB: Bool
  /// Files of ours that exist.
  package let files: [String]
  /// The name of the cluster that is configured or runs here; nil where there is none but the package's example.
  package var cluster: String?

  /// Reads what probe-remains.sh printed. The cluster's name is Corosync's to tell.
  init(_ answer: Answer) throws {
    let sections = answer.sections
    guard let daemons = sections["daemons"], let units = sections["enabled"], let cib = sections["cib"], let list = sections["files"] else {
      throw UnreadableAnswer("probe-remains", "a section is missing: \(answer.said)")
    }
    running = daemons.split(separator: " ").contains { $0 == "active" || $0 == "deactivating" || $0 == "activating" }
    enabled = units.split(separator: " ").contains("enabled")
    hasCIB = cib == "yes"
    files = list.split(separator: "\n").map(String.init)
  }

  static var question: Question<Remains> {
    Question("probe-remains", PackageResources.probe_remains_sh, ["FILES": Text(ownFiles.joined(separator: "\n"))]) { try Remains($0) }
  }

  /// What apply writes outside the config share. Directories are removed with what is in them.
  static let ownFiles = [
    "/etc/corosync/corosync.conf", "/etc/corosync/authkey", "/etc/corosync/qdevice/net/nssdb", "/etc/pacemaker/authkey", "/etc/pmm-ha",
    "/usr/lib/pmm-ha", "/usr/lib/ocf/resource.d/pmm-ha", "/etc/systemd/system/pmm-server.service", "/var/lib/pmm-ha",
  ]
}
