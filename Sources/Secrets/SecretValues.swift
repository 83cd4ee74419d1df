import Core

/// The values themselves. They cannot be printed, encoded or dumped: every way to show this shows names.
package struct SecretValues: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  private let given: [SecretName: String]
  private let generated: [SecretName: String]
  /// Why a secret is not at hand.
  private let missing: [SecretName: Finding]

  init(given: [SecretName: String], generated: [SecretName: String], missing: [SecretName: Finding]) {
    self.given = given
    self.generated = generated
    self.missing = missing
  }

  /// No secrets at all.
  package static var none: SecretValues { SecretValues(given: [:], generated: [:], missing: [:]) }

  /// What to put into a file or a script. Throws why it is not at hand.
  package func value(_ name: SecretName) throws -> String {
    if let value = given[name] ?? generated[name] { return value }
    throw SecretsUnavailable(
      findings: [
        missing[name]
          ?? Finding(
            .blocking, at: name.description, "the spec names no such secret", hint: "This is a defect of pmm-ha: please report it.")
      ])
  }

  /// What the user gave, for comparing it with what a node has. nil for one that is not at hand, and for a generated one:
  /// any that the nodes have already is as good.
  package func known(_ name: SecretName) -> String? { given[name] }

  /// Why secrets are not at hand, by place.
  package var unavailable: [Finding] { missing.values.sorted { $0.place < $1.place } }

  package var description: String {
    "secrets: " + (given.keys.map(\.description) + generated.keys.map(\.description)).sorted().joined(separator: ", ")
  }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: [(label: "names", value: description as Any)]) }
}
