extension Schema {
  /// As JSON Schema, draft 2020-12: editors complete and check a spec by it. It says what a key may hold; checks across
  /// keys are `pmm-ha validate`'s.
  package var jsonSchema: JSON {
    guard case .object(let pairs) = json else { return json }
    return .object(
      [
        ("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
        ("title", .string("pmm-ha cluster spec")),
      ] + pairs + [("$defs", .object([("secret", Self.secretDefinition)]))])
  }

  private var json: JSON {
    var pairs: [(String, JSON)] = words.isEmpty ? [] : [("description", .string(words))]
    pairs += kind.json
    if let fallback {
      let value: JSON =
        switch kind {
        case .integer: Int(fallback).map { .number($0) } ?? .string(fallback)
        case .boolean: .bool(fallback == "true")
        case .object, .map: .object([])
        default: .string(fallback)
        }
      pairs.append(("default", value))
    }
    return .object(pairs)
  }

  private static var secretDefinition: JSON {
    func source(_ name: String, _ value: JSON) -> JSON {
      .object([
        ("type", .string("object")), ("properties", .object([(name, value)])), ("required", .list([.string(name)])),
        ("additionalProperties", .bool(false)),
      ])
    }
    return .object([
      ("description", .string("Where a secret comes from; never the secret itself.")),
      (
        "oneOf",
        .list([
          source("env", .object([("type", .string("string")), ("pattern", .string(Format.variableName.pattern))])),
          source("file", .object([("type", .string("string")), ("pattern", .string(Format.line.pattern))])),
          source("prompt", .object([("const", .bool(true))])),
        ])
      ),
    ])
  }
}

extension Schema.Kind {
  fileprivate var json: [(String, JSON)] {
    // A number or a boolean where text is meant is taken as its text.
    let anyScalar = JSON.list(["string", "number", "boolean"].map { .string($0) })
    switch self {
    case .string(let format):
      return [("type", format.allowsNumbers ? anyScalar : .string("string")), ("pattern", .string(format.pattern))]
    case .integer(let minimum, let maximum):
      return [("type", .string("integer"))] + (minimum.map { [("minimum", .number($0))] } ?? [])
        + (maximum.map { [("maximum", .number($0))] } ?? [])
    case .boolean: return [("type", .string("boolean"))]
    case .choice(let words): return [("enum", .list(words.map { .string($0) }))]
    case .secret: return [("$ref", .string("#/$defs/secret"))]
    case .stringOrSecret: return [("anyOf", .list([.object([("type", anyScalar)]), .object([("$ref", .string("#/$defs/secret"))])]))]
    case .object(let fields):
      let required = fields.filter(\.schema.required).map { JSON.string($0.name) }
      return [("type", .string("object")), ("properties", .object(fields.map { ($0.name, Schema.json($0.schema)) }))]
        + (required.isEmpty ? [] : [("required", .list(required))]) + [("additionalProperties", .bool(false))]
    case .list(let item, let count, let word):
      let list: [(String, JSON)] = [
        ("type", .string("array")), ("items", Schema.json(item)), ("minItems", .number(count.lowerBound)),
        ("maxItems", .number(count.upperBound)),
      ]
      guard let word else { return list }
      return [("anyOf", .list([.object(list), .object([("const", .string(word))])]))]
    case .map(let keys, let value):
      return [
        ("type", .string("object")), ("propertyNames", .object([("pattern", .string(keys.pattern))])),
        ("additionalProperties", Schema.json(value)),
      ]
    }
  }
}

extension Schema {
  fileprivate static func json(_ schema: Schema) -> JSON { schema.json }
}

extension Format {
  /// Where YAML's `3` or `3.4` is a fine value, whose text is meant.
  fileprivate var allowsNumbers: Bool { self == .tag || self == .line }
}
