import Core

/// What a `pmm` section says that can be written and does not do what it seems to: known before any node is asked.
package struct PMMRemark: Sendable, Equatable {
  /// Keys below `pmm`: `tag`, or `environment` and a name.
  package let path: [String]
  /// `.blocking` refuses the spec.
  package let severity: Finding.Severity
  /// What is so.
  package let message: String
  /// What to write in its place: a sentence.
  package let hint: String

  init(_ severity: Finding.Severity, at path: String..., message: String, hint: String) {
    self.path = path
    self.severity = severity
    self.message = message
    self.hint = hint
  }
}

extension PMMSpec {
  /// Versions and tags to avoid, then the environment, name by name.
  package var remarks: [PMMRemark] {
    versionRemarks + environment.sorted { $0.key < $1.key }.flatMap { environmentRemarks($0.key, $0.value) }
  }

  /// The version that the tag names; nil for `latest` and the like, and for a digest alone.
  var version: Version? { tag.flatMap(Version.init) }

  private var versionRemarks: [PMMRemark] {
    var result: [PMMRemark] = []
    if let tag, !isByDigest, version?.isFixed != true {
      result.append(
        PMMRemark(
          .warning, at: "tag",
          message:
            "the tag \(tag) floats: it can be a newer image on the node that pulls it later, and a failover would then change PMM's version",
          hint: "Write a release in full, such as 3.9.1, or the image's digest."))
    }
    if major == .two {
      result.append(
        PMMRemark(
          .warning, at: "tag", message: "PMM 2 is at its end of life since 2025-07-31: no more security fixes",
          hint: "Plan the update to PMM 3.")
      )
    } else if let version, version.parts[0] == 3, isPerconas {
      let open = Self.faults.filter { version.isOlder(than: $0.mendedIn) }
      if let last = open.map(\.mendedIn).max() {
        result.append(
          PMMRemark(
            .warning, at: "tag",
            message: "PMM \(version) has known holes: " + open.map { "\($0.what), mended in \($0.mendedIn)" }.joined(separator: "; "),
            hint: "Write \(last) or later."))
      }
    }
    return result
  }

  /// Percona's own image or a copy of it, so that its tags are Percona's versions, and what it needs is known.
  package var isPerconas: Bool { ImageReference(image)?.repository.split(separator: "/").last == "pmm-server" }

  /// Holes of PMM 3 that the newest releases do not have, in the order of their mending (Percona's release notes).
  private static let faults: [(what: String, mendedIn: Version)] = [
    ("code execution (CVE-2026-25212)", Version(3, 7, 0)),
    ("access through the ClickHouse data source", Version(3, 9, 1)),
  ]
}
