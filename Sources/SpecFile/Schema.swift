/// What a value of the spec may be.
package struct Schema: Sendable, Equatable {
  package var kind: Kind
  package var required = false
  /// What stands there when the user writes nothing: a scalar's text, or `{}` for an object of defaults.
  package var fallback: String?
  /// What to do about a wrong value, where there is more to say than what is allowed.
  package var hint: String?
  /// The example's prose.
  package var words = ""
  /// The example's value.
  package var example: Tree?

  package indirect enum Kind: Sendable, Equatable {
    case string(Format)
    case integer(minimum: Int?, maximum: Int?)
    case boolean
    case choice([String])
    /// `{env: NAME}`, `{file: PATH}` or `{prompt: true}`.
    case secret
    /// A scalar as text, or a secret.
    case stringOrSecret
    /// In the example's order.
    case object([Field])
    /// `word`: a scalar that may stand in place of the list.
    case list(of: Schema, count: ClosedRange<Int>, word: String?)
    /// Any keys of a format, with values of one kind.
    case map(keys: Format, of: Schema)
  }

  /// A key of an object.
  package struct Field: Sendable, Equatable {
    package let name: String
    package let schema: Schema
  }

  package init(_ kind: Kind) { self.kind = kind }

  /// Empty where this is no object.
  package var fields: [Field] { if case .object(let fields) = kind { fields } else { [] } }

  package subscript(_ name: String) -> Schema? { fields.first { $0.name == name }?.schema }
}
