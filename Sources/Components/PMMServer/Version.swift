/// The numbers of a version or a tag that begins with one: `3.4.1`, `2.44.0-rc1`, `3`.
struct Version: Comparable, Sendable, CustomStringConvertible {
  /// At least one.
  let parts: [Int]
  let description: String

  /// nil for a tag without a leading number, such as `latest`.
  init?(_ tag: String) {
    let numbers = tag.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let parts = numbers.split(separator: ".").compactMap { Int($0) }
    guard !parts.isEmpty, tag.first?.isNumber == true else { return nil }
    self.parts = parts
    description = tag
  }

  /// From numbers: `Version(3, 9, 1)`.
  init(_ major: Int, _ minor: Int, _ patch: Int) {
    parts = [major, minor, patch]
    description = "\(major).\(minor).\(patch)"
  }

  /// Percona publishes a release as X.Y.Z and moves every shorter tag (`3`, `3.4`) on to newer ones.
  var isFixed: Bool { parts.count >= 3 }

  /// Whether every release that this can stand for is older than `other`. `3` may be any 3.x.y, so it is not older than
  /// 3.4.1; `3.3` is.
  func isOlder(than other: Version) -> Bool {
    guard !isFixed else { return self < other }
    for (own, theirs) in zip(parts, other.parts) where own != theirs { return own < theirs }
    return false
  }

  static func == (left: Version, right: Version) -> Bool { !(left < right) && !(right < left) }

  /// By numbers alone: a pre-release counts as the release. Missing numbers count as 0.
  static func < (left: Version, right: Version) -> Bool {
    for index in 0..<max(left.parts.count, right.parts.count) {
      let (a, b) = (index < left.parts.count ? left.parts[index] : 0, index < right.parts.count ? right.parts[index] : 0)
      if a != b { return a < b }
    }
    return false
  }
}
