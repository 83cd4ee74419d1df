/// Which instance types Multi-Attach works with: those built on Nitro. New families are, so the old ones are listed
/// (AWS's "Previous generation" and Xen types, as of 2025).
package enum NitroTypes {
  /// Families on Xen.
  static let xen = [
    "t1", "t2", "m1", "m2", "m3", "m4", "c1", "c3", "c4", "cc2", "cr1", "r3", "r4", "x1", "x1e", "i2", "i3", "h1", "hs1", "d2", "g2", "g3",
    "g3s", "p2", "p3", "f1",
  ]

  /// Whether a type, such as `m6i.xlarge`, is built on Nitro. Bare metal always is.
  package static func contains(_ type: String) -> Bool {
    let parts = type.split(separator: ".")
    return parts.count == 2 && (parts[1].hasPrefix("metal") || !xen.contains(String(parts[0])))
  }

  /// For CloudFormation (Java's regular expressions).
  static let templatePattern = "^(?!(\(xen.joined(separator: "|")))[.](?!metal))[a-z][a-z0-9-]*[.][a-z0-9-]+$"
}
