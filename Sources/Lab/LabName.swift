import Core

/// A lab's name: part of its network namespace's, its control group's and its directory's.
package struct LabName: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let description: String

  /// What a lab is called that nobody named.
  package static let standard = LabName(unchecked: "demo")

  /// Fails on anything but 1 to 16 lower-case letters, digits and '-', beginning with a letter: longer ones do not fit
  /// into the path of an ssh control socket (108 bytes, unix(7)).
  package init(_ name: String) throws(LabFailure) {
    let valid =
      (1...16).contains(name.utf8.count) && name.utf8.first.map { (97...122).contains($0) } == true
      && name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    guard valid else {
      throw LabFailure(
        "'\(name)' cannot name a lab", hint: "use 1 to 16 lower-case letters, digits and '-', beginning with a letter")
    }
    description = name
  }

  private init(unchecked name: String) { description = name }

  package static func < (left: LabName, right: LabName) -> Bool { left.description < right.description }
}
