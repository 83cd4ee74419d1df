/// Something in the lab went wrong: what, and what to do.
package struct LabFailure: Error, Equatable, CustomStringConvertible {
  package let message: String
  package let hint: String?

  package init(_ message: String, hint: String? = nil) {
    self.message = message
    self.hint = hint
  }

  package var description: String { message + (hint.map { "\n  \($0)" } ?? "") }
}
