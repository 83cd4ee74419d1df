import Core

/// What one node sees where the config share is to be.
package struct ShareFacts: Sendable, Equatable, Codable {
  package var place: Place
  /// What this node has noted as the share's mark: it has seen this very share, so that a share that is down is no
  /// reason to doubt which one it is.
  package var record: String?
  /// What is mounted there, by the kernel's table; nil where nothing is, or only an automount point.
  package var mount: Mount?
  /// The units' files by path.
  package var files: [String: FileFact]
  /// The units' states by name; those that systemd does not know are left out.
  package var units: [String: Unit]
  /// nil where the share is no volume of GlusterFS.
  package var gluster: GlusterFacts?

  package enum Place: Sendable, Equatable, Codable {
    /// `filesystem` is stat(1)'s name of the type (`nfs`, `ext2/ext3`); `mark` what the file holds that proves a share
    /// to be the same on both nodes, nil where there is none yet.
    case directory(filesystem: String, mark: String?)
    /// `parent`: whether the directory that it would lie in exists.
    case absent(parent: Bool)
    /// stat(1)'s word: `regular file`.
    case other(String)
    /// No answer within 5 s: the share's server is gone.
    case hanging
    /// stat(1)'s error message.
    case failing(String)
  }

  package struct Mount: Sendable, Equatable, Codable {
    /// `nfs4`, `fuse.glusterfs`
    package var type: String
    package var source: String
  }

  package struct Unit: Sendable, Equatable, Codable {
    package var active: String
    package var file: String
    /// False for an automount where there is no device for it, as in some containers.
    package var canStart: Bool
    /// Its file was changed since systemd has read it.
    package var needsReload: Bool
  }

  /// Reads what share-probe.sh printed. Throws where it was cut off.
  package init(_ answer: Answer) throws {
    let sections = answer.sections
    let values = keyValues(sections["share"] ?? "")
    guard let kind = values["kind"], sections["end"] != nil else {
      throw UnreadableAnswer("share-probe", "it ended early (exit status \(answer.status)): \(answer.said)")
    }
    place =
      switch kind {
      case "directory": .directory(filesystem: values["filesystem"] ?? "", mark: values["token"].flatMap { $0.isEmpty ? nil : $0 })
      case "absent": .absent(parent: values["parent"] == "directory")
      case "hanging": .hanging
      case _ where kind.hasPrefix("failing: "): .failing(String(kind.dropFirst(9)))
      default: .other(kind)
      }
    record = values["record"].flatMap { $0.isEmpty ? nil : $0 }
    let mounted = (values["mounted"] ?? "").split(separator: " ").map(String.init)
    mount = mounted.count >= 2 ? Mount(type: mounted[0], source: mounted[1]) : nil
    files = [:]
    for (name, content) in sections where name.hasPrefix("file ") {
      let words = name.split(separator: " ", maxSplits: 2).map(String.init)
      if words.count == 3 { files[words[2]] = FileFact(.shown, content: content, mode: UInt16(words[1], radix: 8)) }
    }
    units = [:]
    for block in (sections["units"] ?? "").split(separator: "\n\n") {
      let properties = keyValues(String(block))
      guard let id = properties["Id"], properties["LoadState"] != "not-found" else { continue }
      units[id] = Unit(
        active: properties["ActiveState"] ?? "", file: properties["UnitFileState"] ?? "",
        canStart: properties["CanStart"] != "no", needsReload: properties["NeedDaemonReload"] == "yes")
    }
    gluster = sections["gluster"].map { GlusterFacts($0, peers: sections["peers"] ?? "", volume: sections["volume"] ?? "") }
  }
}
