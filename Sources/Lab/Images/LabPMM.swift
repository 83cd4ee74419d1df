/// The PMM that a lab's cluster runs.
package struct LabPMM: Codable, Sendable, Equatable {
  /// Without its tag.
  package let image: String
  /// The tag that the lab's spec names.
  package let tag: String
  /// Its archive as the nodes see it; `{tag}` stands for the tag.
  package let archive: String
  /// Further tags whose archives the nodes find; nil: none.
  package private(set) var more: [String]?

  /// The lab's own PMM, made of PMM's parts in two versions, so that an update can be tried.
  package static let standIn = LabPMM(image: "localhost/pmm-lab", tag: "3.0.0", archive: "/mnt/share/images/pmm-lab-{tag}.tar")
  static let standInTags = ["3.0.0", "3.0.1"]
  /// What may follow the version in a tag of the lab's own PMM: how it misbehaves, or what it has besides (docs/lab.md).
  package static let variants = ["slow-start", "never-ready", "dies", "refuses-data", "refuses-env", "clickhouse"]

  init(image: String, tag: String, archive: String) {
    self.image = image
    self.tag = tag
    self.archive = archive
  }

  /// An image by its whole name, such as `docker.io/percona/pmm-server:3.4.1`, or the lab's own with one of its tags:
  /// `localhost/pmm-lab:3.0.1-slow-start`. Throws what is wrong with the name.
  package init(reference: String) throws(LabFailure) {
    let slash = reference.lastIndex(of: "/")
    guard let colon = reference.lastIndex(of: ":"), slash.map({ $0 < colon }) ?? true,
      !reference[..<colon].isEmpty, colon < reference.index(before: reference.endIndex),
      reference.utf8.allSatisfy({ $0 > 32 && $0 < 127 })
    else {
      throw LabFailure("'\(reference)' names no image", hint: "write it with its registry and tag: docker.io/percona/pmm-server:3.4.1")
    }
    let (image, tag) = (String(reference[..<colon]), String(reference[reference.index(after: colon)...]))
    if image == Self.standIn.image {
      self.init(image: image, tag: try Self.ownTag(tag), archive: Self.standIn.archive)
      return
    }
    let name = image.split(separator: "/").last.map(String.init) ?? "pmm-server"
    self.init(image: image, tag: tag, archive: "/mnt/share/images/\(name)-{tag}.tar")
  }

  /// `tag`, where the lab's own PMM can be made with it: `X.Y.Z`, and maybe a variant. Throws what is wrong with it.
  package static func ownTag(_ tag: String) throws(LabFailure) -> String {
    let parts = tag.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    let numbers = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    guard (2...3).contains(numbers.count), ["2", "3"].contains(numbers[0]),
      numbers.allSatisfy({ !$0.isEmpty && $0.utf8.count < 5 && $0.utf8.allSatisfy { (48...57).contains($0) } }),
      parts.count == 1 || variants.contains(String(parts[1]))
    else {
      throw LabFailure(
        "the lab's own PMM has no tag '\(tag)'",
        hint: "write a version of PMM 2 or 3, such as 3.0.1, and maybe one of -\(variants.joined(separator: ", -")) after it")
    }
    return tag
  }

  /// It is the lab's own.
  var isStandIn: Bool { image == Self.standIn.image }

  /// The same with further tags. Throws where it is not the lab's own, of which alone further ones can be made.
  func with(_ tags: [String]) throws(LabFailure) -> LabPMM {
    guard !tags.isEmpty else { return self }
    guard isStandIn else {
      throw LabFailure("\(image) is not the lab's own PMM, of which further tags can be made", hint: "leave --pmm-tag out")
    }
    var result = self
    result.more = (more ?? []) + tags.filter { more?.contains($0) != true }
    return result
  }

  /// The tags whose archives a lab of this PMM has: the two of an update, its own, and further ones.
  var tags: [String] {
    var tags = isStandIn ? Self.standInTags : []
    for tag in [tag] + (more ?? []) where !tags.contains(tag) { tags.append(tag) }
    return tags
  }
}
