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

  /// The file, nil where there is none or it cannot be read.
  package var conf: CorosyncConf? { file.content.flatMap { try? CorosyncConf(parsing: $0) } }

  /// The cluster that the file or the daemon belongs to; nil where there is none but the package's example.
  package var cluster: String? {
    if active, let name = running["totem.cluster_name"], !hasDefaultName(name) { return name }
    guard let conf, !conf.isExample else { return nil }
    return conf.clusterName ?? conf.nodeNames.first
  }

  /// The daemon runs what the package's example says: a cluster of this node alone.
  package var runsExample: Bool { active && (running["totem.cluster_name"].map(hasDefaultName) ?? (conf?.isExample ?? true)) }
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
  /// The file of the package, untouched: a cluster `debian` (or of no name) of one node on the loopback.
  package var isExample: Bool {
    clusterName.map(hasDefaultName) ?? nodes.allSatisfy { $0["ring0_addr"] == "127.0.0.1" }
  }
}

private func hasDefaultName(_ name: String) -> Bool { name == "debian" }
