/// A container image's name as podman, docker and skopeo read it: `[REGISTRY[:PORT]/]REPOSITORY[:TAG][@DIGEST]`.
///
/// The one reader of such names: the spec, podman's own files and units written by hand are all read by it. The grammar is
/// that of the distribution project (github.com/distribution/reference): a colon belongs to a tag only after the last
/// slash, and what stands before the first slash is a registry only when it has a dot or a port, or is `localhost`.
package struct ImageReference: Sendable, Hashable, CustomStringConvertible {
  /// `docker.io`, `registry.example:5000`; nil for a short name, whose registry each node's own settings decide.
  package let registry: String?
  /// The path below the registry: `percona/pmm-server`.
  package let repository: String
  /// `3.9.1`; nil where none is written.
  package let tag: String?
  /// `sha256:` and 64 hexadecimal digits; nil where none is written. It names one image for good.
  package let digest: String?

  /// Nil for what podman refuses as "invalid reference format".
  package init?(_ text: String) {
    var rest = text[...]
    var digest: String?
    if let at = rest.firstIndex(of: "@") {
      let written = String(rest[rest.index(after: at)...])
      guard Self.isDigest(written) else { return nil }
      digest = written
      rest = rest[..<at]
    }
    var tag: String?
    let name = rest.lastIndex(of: "/").map { rest.index(after: $0) } ?? rest.startIndex
    if let colon = rest[name...].firstIndex(of: ":") {
      let written = String(rest[rest.index(after: colon)...])
      guard Self.isTag(written) else { return nil }
      tag = written
      rest = rest[..<colon]
    }
    var parts = rest.split(separator: "/", omittingEmptySubsequences: false)
    var registry: String?
    if parts.count > 1, let first = parts.first, first == "localhost" || first.contains(".") || first.contains(":") {
      guard Self.isRegistry(first) else { return nil }
      registry = String(first)
      parts.removeFirst()
    }
    guard parts.allSatisfy(Self.isComponent) else { return nil }
    self.registry = registry
    repository = parts.joined(separator: "/")
    self.tag = tag
    self.digest = digest
  }

  private init(registry: String?, repository: String, tag: String?, digest: String?) {
    self.registry = registry
    self.repository = repository
    self.tag = tag
    self.digest = digest
  }

  /// Registry and repository: `docker.io/percona/pmm-server`.
  package var name: String { registry.map { "\($0)/\(repository)" } ?? repository }

  package var description: String { name + (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "") }

  /// What podman is given: by digest where there is one, for not every podman takes both, else by tag.
  package var pulled: String { digest.map { "\(name)@\($0)" } ?? description }

  /// The same repository under another tag, without a digest.
  package func tagged(_ tag: String?) -> ImageReference {
    ImageReference(registry: registry, repository: repository, tag: tag, digest: nil)
  }

  /// Letters, digits, `_`, `.` and `-`, at most 128, not beginning with the latter two.
  package static func isTag(_ text: String) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 128, isLetter(first) || isDigit(first) || first == UInt8(ascii: "_") else {
      return false
    }
    return text.utf8.allSatisfy { isLetter($0) || isDigit($0) || "_.-".utf8.contains($0) }
  }

  private static func isDigest(_ text: String) -> Bool {
    let hex = text.dropFirst(7)
    return text.hasPrefix("sha256:") && hex.utf8.count == 64
      && hex.utf8.allSatisfy { isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0) }
  }

  /// A host name and, after a colon, a port.
  private static func isRegistry(_ text: Substring) -> Bool {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.count < 2 || (!parts[1].isEmpty && parts[1].utf8.allSatisfy(isDigit)) else { return false }
    return parts[0].split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
      !label.isEmpty && label.first != "-" && label.last != "-"
        && label.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
    }
  }

  /// Small letters and digits, parted by one dot, one or two underscores, or any number of hyphens.
  private static func isComponent(_ text: Substring) -> Bool {
    var separator = ""
    guard let first = text.utf8.first, let last = text.utf8.last, isSmall(first), isSmall(last) else { return false }
    for byte in text.utf8 {
      if isSmall(byte) {
        guard separator.isEmpty || [".", "_", "__"].contains(separator) || separator.allSatisfy({ $0 == "-" }) else { return false }
        separator = ""
      } else {
        separator.append(Character(Unicode.Scalar(byte)))
      }
    }
    return true
  }

  private static func isSmall(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || isDigit(byte) }
  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }
  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
