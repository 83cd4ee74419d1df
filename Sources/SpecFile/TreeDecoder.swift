import Core

extension Tree {
  /// A value of `type` from this tree. Errors are `DecodingError`s whose coding path `Path(codingPath)` understands.
  package func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try type.init(from: TreeDecoder(tree: self, codingPath: [])) }
}

extension Path {
  /// `nodes`, 0, `name` of a decoding error.
  package init(_ codingPath: [any CodingKey]) {
    parts = codingPath.map { key in key.intValue.map { .item($0) } ?? .key(key.stringValue) }
  }
}

private struct TreeKey: CodingKey {
  let stringValue: String
  let intValue: Int?
  init(stringValue: String) { (self.stringValue, intValue) = (stringValue, nil) }
  init(intValue: Int) { (stringValue, self.intValue) = (String(intValue), intValue) }
}

private struct TreeDecoder: Decoder, SingleValueDecodingContainer {
  let tree: Tree
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .object(let entries) = tree.content else { throw mismatch([String: Tree].self, "an object") }
    return KeyedDecodingContainer(KeyedTree(entries: entries, codingPath: codingPath))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .list(let items) = tree.content else { throw mismatch([Tree].self, "a list") }
    return ListedTree(items: items, codingPath: codingPath)
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

  func decodeNil() -> Bool { tree.isNull }

  func decode(_ type: String.Type) throws -> String {
    guard let text = tree.text else { throw mismatch(type, "text") }
    return text
  }

  func decode(_ type: Bool.Type) throws -> Bool {
    guard let value = tree.boolean else { throw mismatch(type, "true or false") }
    return value
  }

  func decode(_ type: Double.Type) throws -> Double {
    guard case .scalar(let text, false) = tree.content, let value = Double(text) else { throw mismatch(type, "a number") }
    return value
  }

  func decode(_ type: Float.Type) throws -> Float { Float(try decode(Double.self)) }
  func decode(_ type: Int.Type) throws -> Int { try number() }
  func decode(_ type: Int8.Type) throws -> Int8 { try number() }
  func decode(_ type: Int16.Type) throws -> Int16 { try number() }
  func decode(_ type: Int32.Type) throws -> Int32 { try number() }
  func decode(_ type: Int64.Type) throws -> Int64 { try number() }
  func decode(_ type: UInt.Type) throws -> UInt { try number() }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try number() }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try number() }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try number() }
  func decode(_ type: UInt64.Type) throws -> UInt64 { try number() }
  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try type.init(from: self) }

  private func number<Number: FixedWidthInteger>() throws -> Number {
    guard case .scalar(let text, false) = tree.content, let value = Number(text) else { throw mismatch(Number.self, "a whole number") }
    return value
  }

  private func mismatch(_ type: Any.Type, _ wanted: String) -> DecodingError {
    .typeMismatch(type, .init(codingPath: codingPath, debugDescription: "this is not \(wanted)"))
  }
}

private struct KeyedTree<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let entries: [Tree.Entry]
  let codingPath: [any CodingKey]

  var allKeys: [Key] { entries.compactMap { Key(stringValue: $0.key) } }
  func contains(_ key: Key) -> Bool { entries.contains { $0.key == key.stringValue } }
  func decodeNil(forKey key: Key) throws -> Bool { try decoder(key).decodeNil() }
  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value { try type.init(from: decoder(key)) }
  func superDecoder() throws -> any Decoder {
    TreeDecoder(tree: Tree(.object(entries), at: Position(line: 1, column: 1)), codingPath: codingPath)
  }
  func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }

  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws -> KeyedDecodingContainer<Nested> {
    try decoder(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { try decoder(key).unkeyedContainer() }

  private func decoder(_ key: Key) throws -> TreeDecoder {
    guard let entry = entries.first(where: { $0.key == key.stringValue }) else {
      throw DecodingError.keyNotFound(key, .init(codingPath: codingPath + [key], debugDescription: "it is missing"))
    }
    return TreeDecoder(tree: entry.value, codingPath: codingPath + [key])
  }
}

private struct ListedTree: UnkeyedDecodingContainer {
  let items: [Tree]
  let codingPath: [any CodingKey]
  private(set) var currentIndex = 0

  init(items: [Tree], codingPath: [any CodingKey]) { (self.items, self.codingPath) = (items, codingPath) }

  var count: Int? { items.count }
  var isAtEnd: Bool { currentIndex >= items.count }

  mutating func decodeNil() throws -> Bool {
    guard try peek().decodeNil() else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let value = try type.init(from: peek())
    currentIndex += 1
    return value
  }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
    try next().container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }
  mutating func superDecoder() throws -> any Decoder { try next() }

  private mutating func next() throws -> TreeDecoder {
    let decoder = try peek()
    currentIndex += 1
    return decoder
  }

  private func peek() throws -> TreeDecoder {
    guard items.indices.contains(currentIndex) else {
      throw DecodingError.valueNotFound(
        Tree.self, .init(codingPath: codingPath, debugDescription: "the list has only \(items.count) items"))
    }
    return TreeDecoder(tree: items[currentIndex], codingPath: codingPath + [TreeKey(intValue: currentIndex)])
  }
}
