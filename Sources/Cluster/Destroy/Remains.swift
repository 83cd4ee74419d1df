import Core
import Corosync
import Pacemaker
import Quorum
import SharedStorage

/// What of a cluster is left on a node: the facts of `destroy`.
package struct Remains: Sendable, Equatable {
  /// Pacemaker or Corosync runs, or it is not known that they do not.
  package let running: Bool
  /// One of them starts at boot.
  package let enabled: Bool
  /// Pacemaker has a CIB on disk.
  package let hasCIB: Bool
  /// Paths of ours that exist: some of `ownPaths`.
  package let files: [String]
  /// The cluster that is configured or runs here; `.no` where there is none but the package's example.
  package var cluster: Fact<String> = .unknown(Unknown("corosync", "it was not asked"))
  /// What is mounted at or below one of `files`.
  package let mounted: [String]
  /// Processes of PMM's are there.
  package let pmmRuns: Bool

  /// Reads what probe-remains.sh printed. The cluster's name is Corosync's to tell. Throws where the answer is not whole.
  init(_ answer: Answer) throws {
    let sections = answer.sections
    guard let daemons = sections["daemons"], let units = sections["enabled"], let cib = sections["cib"], let list = sections["files"],
      let places = sections["mounts"], let pmm = sections["pmm"], sections["end"] != nil
    else {
      throw UnreadableAnswer("probe-remains", "a section is missing: \(answer.said)")
    }
    let states = daemons.split { $0 == " " || $0 == "\n" }
    running = states.count != 2 || !states.allSatisfy { $0 == "inactive" || $0 == "failed" }
    enabled = units.split(separator: " ").contains("enabled")
    hasCIB = cib == "yes"
    // What is removed is decided here: a path that the node adds to the list is none of ours.
    let found = Set(list.split(separator: "\n").map(String.init))
    let here = Self.ownPaths.filter(found.contains)
    files = here
    let all = places.split(separator: "\n").map(String.init)
    guard !all.isEmpty, !all.contains("unknown") else { throw UnreadableAnswer("probe-remains", "it cannot say what is mounted") }
    mounted = all.filter { place in
      !place.isAt(or: "/var/lib/pmm-ha/labs") && here.contains { place.isAt(or: $0) }
    }
    pmmRuns = pmm.contains("yes")
  }

  static var question: Question<Remains> {
    Question("probe-remains", PackageResources.probe_remains_sh, ["FILES": Text(ownPaths.joined(separator: "\n"))]) { try Remains($0) }
  }

  /// What apply writes outside the config share and what is its own as a whole, as the components list it. Directories are
  /// removed with what is in them.
  static let ownPaths =
    CorosyncSpec.ownPaths + Quorum.ownPaths + PacemakerSpec.ownPaths + SharedStorageSpec.ownPaths + [
      "/etc/pmm-ha", "/usr/lib/pmm-ha", "/usr/lib/ocf/resource.d/pmm-ha", "/etc/systemd/system/pmm-server.service", "/var/lib/pmm-ha",
    ]

  /// Directories of ours that go as a whole: nothing of the user's may lie in them.
  package static let ownDirectories = ownPaths.filter { $0.hasSuffix("/pmm-ha") }
}

extension String {
  /// It is that directory, or lies in it.
  package func isAt(or directory: String) -> Bool { self == directory || hasPrefix(directory + "/") }
}
