import Core

/// What the machine beside the nodes says of its part of the share.
package struct ServerFacts: Sendable, Equatable, Codable {
  /// `MODE USER:GROUP` of the exported directory or the brick; nil where there is none.
  package var directory: String?
  /// systemd's words for its daemon.
  package var active: String
  package var atBoot: Bool
  package var exports: FileFact
  /// What its NFS server gives out now: directory and client, a line each.
  package var exported: [String]

  /// Reads what server-probe.sh printed. Throws where it was cut off.
  package init(_ answer: Answer) throws {
    let sections = answer.sections
    guard let server = sections["server"].map(keyValues), sections["end"] != nil else {
      throw UnreadableAnswer("server-probe", "it ended early (exit status \(answer.status)): \(answer.said)")
    }
    directory = server["directory"]
    active = server["active"] ?? ""
    atBoot = server["boot"] == "enabled"
    exports = FileFact(.absent)
    for (name, content) in sections where name.hasPrefix("exports ") {
      exports = FileFact(.shown, content: content, mode: UInt16(name.dropFirst(8), radix: 8))
    }
    exported = (sections["exported"] ?? "").split(separator: "\n").map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
  }
}
