/// The name of a secret: what plans, logs and journals may show in place of its value.
///
/// `hacluster`, `bmc-pmm1`, ... A few are not given by the user but taken from a node at the moment they are
/// needed (`file:pmm1:/etc/corosync/authkey`), so that a key that exists on one node reaches the other.
package struct SecretName: Hashable, Sendable, Codable, CustomStringConvertible {
  package let description: String
  package init(_ name: String) { description = name }

  /// The content of a file that `node` already has; read by the executor, never part of a plan.
  package static func file(_ path: String, on node: NodeName) -> SecretName { SecretName("file:\(node):\(path)") }

  /// The node and path of a `file` secret.
  package var file: (node: String, path: String)? {
    let parts = description.split(separator: ":", maxSplits: 2)
    guard parts.count == 3, parts[0] == "file" else { return nil }
    return (String(parts[1]), String(parts[2]))
  }
}

/// Text that may hold secrets by name. Printing, comparing and encoding it show names only; the values are put in
/// by the executor on the way to a node's standard input.
package struct Text: Hashable, Sendable, ExpressibleByStringInterpolation, CustomStringConvertible {
  package enum Piece: Hashable, Sendable {
    case plain(String)
    case secret(SecretName)
  }
  package var pieces: [Piece]

  package init(_ plain: String) { pieces = [.plain(plain)] }
  package init(secret: SecretName) { pieces = [.secret(secret)] }
  package init(stringLiteral value: String) { self.init(value) }

  package init(stringInterpolation: Interpolation) { pieces = stringInterpolation.pieces }

  /// The names of the secrets in it, in order of appearance.
  package var secrets: [SecretName] {
    pieces.compactMap { if case .secret(let name) = $0 { name } else { nil } }
  }

  /// With every secret replaced by `resolve`'s value.
  package func revealed(_ resolve: (SecretName) throws -> String) rethrows -> String {
    try pieces.map { piece in
      switch piece {
      case .plain(let text): text
      case .secret(let name): try resolve(name)
      }
    }.joined()
  }

  /// Safe to show: a secret stands as `<secret NAME>`.
  package var description: String { revealed { "<secret \($0)>" } }

  package struct Interpolation: StringInterpolationProtocol {
    var pieces: [Piece] = []
    package init(literalCapacity: Int, interpolationCount: Int) {}
    package mutating func appendLiteral(_ literal: String) { if !literal.isEmpty { pieces.append(.plain(literal)) } }
    package mutating func appendInterpolation(_ secret: SecretName) { pieces.append(.secret(secret)) }
    package mutating func appendInterpolation(_ text: Text) { pieces += text.pieces }
    package mutating func appendInterpolation(_ value: some CustomStringConvertible) { pieces.append(.plain(value.description)) }
  }
}

extension Text: Codable {
  package init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode(String.self))
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
