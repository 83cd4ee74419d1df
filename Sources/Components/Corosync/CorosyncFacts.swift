import Core

/// What a node says about Corosync.
package struct CorosyncFacts: Sendable, Equatable, Codable {
  package var installed: Bool
  /// `3.1.7`
  package var version: String?
  /// /etc/corosync/corosync.conf
  package var file: FileFact
  /// /etc/corosync/authkey, nil where there is none.
  package var key: Key?
  package var active: Bool
  /// Of the daemon's map, what may differ from the file: `totem.cluster_name`, `totem.token`, `nodelist.node.0.name`, ...
  package var running: [String: String]

  package struct Key: Sendable, Equatable, Codable {
    /// SHA-256, hexadecimal.
    package var digest: String
    /// Octal permissions.
    package var mode: UInt16
    /// Bytes; Corosync wants 128 at least.
    package var size: Int
  }

  package static var question: Question<CorosyncFacts> {
    Question("probe-corosync", PackageResources.probe_corosync_sh) { try CorosyncFacts($0) }
  }

  package init(_ answer: Answer) throws {
    let sections = answer.sections
    installed = sections["absent"] == nil
    (file, active, running) = (FileFact(.absent), false, [:])
    guard installed else { return }
    guard let conf = sections["conf"], let mode = sections["mode"], let state = sections["active"], let map = sections["running"] else {
      throw UnreadableAnswer("probe-corosync", "a section is missing in: \(answer.said)")
    }
    // "Corosync Cluster Engine, version '3.1.7'"
    version = sections["version"]?.split(separator: "'").dropFirst().first.map(String.init)
    if !mode.isEmpty { file = FileFact(.shown, content: conf + "\n", mode: UInt16(mode, radix: 8)) }
    active = state == "active"
    key = try sections["authkey"].flatMap { try $0.isEmpty ? nil : Key($0) }
    for line in map.split(separator: "\n") {
      // "totem.token (u32) = 1000"
      let words = line.split(separator: " ", maxSplits: 3)
      if words.count == 4, words[2] == "=" { running[String(words[0])] = String(words[3]) }
    }
  }

  /// The file, nil where there is none or it cannot be read; `unreadable` tells them apart.
  package var conf: CorosyncConf? { file.content.flatMap { try? CorosyncConf(parsing: $0) } }

  /// Why the file that is there cannot be read; nil where it can, or where there is none.
  package var unreadable: Unknown? {
    guard let content = file.content else { return nil }
    do {
      _ = try CorosyncConf(parsing: content)
      return nil
    } catch {
      return Unknown("/etc/corosync/corosync.conf", "\(error)")
    }
  }

  /// The cluster that the daemon belongs to, or else the file: `.no` where there is none but the package's example, by proof.
  package var identity: Fact<String> {
    if active {
      if running.isEmpty { return .unknown(Unknown("corosync-cmapctl", "Corosync runs, and it gave no answer")) }
      if runsExample { return .no }
      let nodes = conf?.nodeNames ?? []
      if let name = running["totem.cluster_name"] ?? conf?.clusterName ?? nodes.first { return .yes(name) }
      return .unknown(
        Unknown("corosync-cmapctl", "Corosync runs a cluster without a name, and no list of nodes says which (an old one, by multicast?)"))
    }
    if let unreadable { return .unknown(unreadable) }
    guard let conf, !conf.isExample else { return .no }
    if let name = conf.clusterName ?? conf.nodeNames.first { return .yes(name) }
    return .unknown(Unknown("/etc/corosync/corosync.conf", "it names neither a cluster nor nodes"))
  }

  /// The name of the cluster that `identity` has found; nil also where nothing is known of one.
  package var cluster: String? { identity.value }

  /// The daemon runs what the package's example says, by its own map: a cluster `debian`, or of no name, of one node, on the
  /// loopback. False where the map says anything else, or nothing.
  package var runsExample: Bool {
    let addresses = running.filter { $0.key.hasPrefix("nodelist.node.") && $0.key.hasSuffix(".ring0_addr") }.map(\.value)
    return active && running["totem.cluster_name"].map(hasDefaultName) ?? true && addresses.count == 1 && addresses.allSatisfy(isLoopback)
  }
}

extension CorosyncFacts.Key {
  /// "DIGEST  PATH\nMODE SIZE"
  fileprivate init(_ section: String) throws {
    let words = section.split { $0 == " " || $0 == "\n" }.map(String.init)
    guard words.count >= 4, let mode = UInt16(words[2], radix: 8), let size = Int(words[3]) else {
      throw UnreadableAnswer("probe-corosync", "the key: '\(section)'")
    }
    self.init(digest: words[0], mode: mode, size: size)
  }
}

extension CorosyncConf {
  /// The file of the package, untouched: a cluster `debian` (or of no name) of exactly one node, on the loopback.
  package var isExample: Bool {
    clusterName.map(hasDefaultName) ?? true && nodes.count == 1 && nodes.allSatisfy { isLoopback($0["ring0_addr"] ?? "") }
  }
}

private func isLoopback(_ address: String) -> Bool { address.hasPrefix("127.") || address == "::1" }

private func hasDefaultName(_ name: String) -> Bool { name == "debian" }
