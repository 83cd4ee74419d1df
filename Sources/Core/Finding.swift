/// A thing that is wrong or risky, and what to do about it.
package struct Finding: Sendable, Equatable, Codable {
  package enum Severity: String, Sendable, Codable, Comparable, CaseIterable {
    /// Worth knowing; nothing to do.
    case note
    /// Risky: the cluster works, but will not in some case.
    case warning
    /// Shown in red by every status: data is in danger.
    case danger
    /// apply refuses while it stands.
    case blocking

    package static func < (left: Severity, right: Severity) -> Bool {
      (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
  }
  package let severity: Severity
  /// A node's name, or a path in the spec, or a resource.
  package let place: String
  /// What is so.
  package let message: String
  /// What to do next.
  package let hint: String

  package init(_ severity: Severity, at place: String, _ message: String, hint: String) {
    self.severity = severity
    self.place = printable(place)
    self.message = printable(message)
    self.hint = printable(hint)
  }
}
