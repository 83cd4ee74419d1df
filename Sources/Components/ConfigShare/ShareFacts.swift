import Core

/// What one node sees where the config share is to be.
package struct ShareFacts: Sendable, Equatable, Codable {
  package var place: Place

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

  /// Reads what share-probe.sh printed. Throws where it was cut off.
  package init(_ answer: Answer) throws {
    var values: [String: String] = [:]
    for line in (answer.sections["share"] ?? "").split(separator: "\n") {
      guard let equals = line.firstIndex(of: "=") else { continue }
      values[String(line[..<equals])] = String(line[line.index(after: equals)...])
    }
    guard let kind = values["kind"], answer.sections["end"] != nil else {
      throw UnreadableAnswer("share-probe", "it ended early (exit status \(answer.status)): \(answer.output.suffix(200))")
    }
    place =
      switch kind {
      case "directory": .directory(filesystem: values["filesystem"] ?? "", mark: values["token"].flatMap { $0.isEmpty ? nil : $0 })
      case "absent": .absent(parent: values["parent"] == "directory")
      case "hanging": .hanging
      case _ where kind.hasPrefix("failing: "): .failing(String(kind.dropFirst(9)))
      default: .other(kind)
      }
  }
}
