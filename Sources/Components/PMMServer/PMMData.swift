import Core

// PMM 3's processes run as uid 1000, gid 0 (percona/pmm, build/docker/server/Dockerfile.el9), and its entry point ends at
// once where it cannot write to /srv; a directory of the host that is bound there keeps the owner that it has.

/// A user and a group by number.
package struct Owner: Sendable, Equatable, Codable, CustomStringConvertible {
  package let user: Int
  package let group: Int

  package init(user: Int, group: Int) {
    self.user = user
    self.group = group
  }

  /// Reads `1000:0`; nil for anything else.
  init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ":").compactMap { Int($0) }
    guard parts.count == 2 else { return nil }
    self.init(user: parts[0], group: parts[1])
  }

  /// `1000:0`, as chown takes it.
  package var description: String { "\(user):\(group)" }
}

extension PMMSpec.Major {
  /// As whom the version's own image runs. PMM 2 starts as root, and gives its parts to users of their own.
  package var owner: Owner { self == .two ? Owner(user: 0, group: 0) : Owner(user: 1000, group: 0) }
}

/// Whose the data in the mounted shared filesystem is.
package struct PMMData: Sendable, Equatable, Codable {
  /// The owner of the filesystem's root directory.
  package var root: Owner
  /// The permission bits of the filesystem's root directory.
  package var mode: Int
  /// The first part of PMM's data that the user of PMM's major version cannot work with.
  package var refused: Part?

  /// A file or directory of PMM's data.
  package struct Part: Sendable, Equatable, Codable {
    package var owner: Owner
    package var path: String
  }

  package init(root: Owner, mode: Int, refused: Part? = nil) {
    self.root = root
    self.mode = mode
    self.refused = refused
  }

  /// Reads the section `data` of pmm-probe.sh; nil where the filesystem did not answer, which is no statement about it.
  init?(_ values: [String: String]) {
    let words = (values["root"] ?? "").split(separator: " ")
    guard words.count == 2, let root = Owner(words[0]), let mode = Int(words[1], radix: 8), let refused = values["refused"] else {
      return nil
    }
    self.init(root: root, mode: mode)
    let part = refused.split(separator: " ", maxSplits: 2)
    if part.count == 3, let owner = Owner(part[0]) { self.refused = Part(owner: owner, path: String(part[2])) }
  }

  /// Whether the user, with the group 0, may make files in the root directory.
  func takesFiles(of owner: Owner) -> Bool {
    if root.user == owner.user { return mode & 0o200 != 0 }
    if root.group == owner.group { return mode & 0o020 != 0 }
    return mode & 0o002 != 0
  }
}

extension PMMServer {
  /// To whom a new filesystem's root must belong: the user that the image on a node runs as, where it says a number or
  /// root; else the one of PMM's major version.
  package func dataOwner(_ facts: [NodeName: PMMFacts]) -> Owner {
    let users = nodes.compactMap { facts[$0] }.compactMap { fact in fact.images[spec.reference].flatMap { fact.imageUsers[$0] } }
    guard let user = users.first?.prefix(while: { $0 != ":" }) else { return spec.major.owner }
    if user.isEmpty || user == "root" { return Owner(user: 0, group: 0) }
    return Int(user).map { Owner(user: $0, group: 0) } ?? spec.major.owner
  }

  /// Data in the shared filesystem that PMM cannot work with. An empty filesystem is no finding: the start gives its root
  /// to PMM's user. The probe has asked for the user of the major version.
  func ownerFindings(_ facts: [NodeName: PMMFacts]) -> [Finding] {
    let owner = dataOwner(facts)
    guard owner.user != 0, owner == spec.major.owner else { return [] }
    return nodes.compactMap { node in
      guard let fact = facts[node], let data = fact.data, let entries = fact.sharedEntries, entries > 0 else { return nil }
      // What runs works in spite of it; its next start would fail.
      let severity: Finding.Severity = fact.alive ? .danger : .blocking
      if let part = data.refused {
        return Finding(
          severity, at: "\(node)",
          "PMM \(spec.major.rawValue) runs as \(owner) and cannot work with data of another owner: \(part.path) belongs to \(part.owner)",
          hint: "if this is the data that PMM shall use, stop PMM and run on \(node): chown -R \(owner) \(mountPoint)")
      }
      guard !data.takesFiles(of: owner) else { return nil }
      return Finding(
        severity, at: "\(node)",
        "PMM \(spec.major.rawValue) runs as \(owner) and cannot write to \(mountPoint), which belongs to \(data.root) with mode \(String(data.mode, radix: 8))",
        hint: "if the data there is what PMM shall use, run on \(node): chown \(owner) \(mountPoint) && chmod 755 \(mountPoint)")
    }
  }
}
