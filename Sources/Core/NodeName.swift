/// The name of a cluster node, as Corosync, Pacemaker and `uname -n` use it.
///
/// A host name by RFC 1123 (one label or several), lower case: Pacemaker compares names literally,
/// so `PMM1` and `pmm1` would be two nodes.
package struct NodeName: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The name itself.
  package let description: String

  /// Fails on anything that is not a lower-case host name.
  package init(_ name: String) throws(InvalidNodeName) {
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    let valid =
      !name.isEmpty && name.utf8.count <= 64
      && labels.allSatisfy { label in
        !label.isEmpty && label.utf8.count <= 63 && label.first != "-" && label.last != "-"
          && label.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
      }
    guard valid else { throw InvalidNodeName(name: name) }
    description = name
  }

  package static func < (left: NodeName, right: NodeName) -> Bool { left.description < right.description }
}

/// A name that no node can have.
package struct InvalidNodeName: Error, CustomStringConvertible {
  let name: String
  package var description: String { "'\(name)' is not a host name: use lower-case letters, digits, '-' and '.', at most 64 characters" }
}

extension NodeName: Codable {
  package init(from decoder: any Decoder) throws {
    try self.init(decoder.singleValueContainer().decode(String.self))
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension NodeName: CodingKeyRepresentable {
  package var codingKey: any CodingKey { NameKey(stringValue: description) }
  package init?<Key: CodingKey>(codingKey: Key) { try? self.init(codingKey.stringValue) }

  private struct NameKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
