/// Where the operator's machine gets a secret from, as the spec says it: `{env: NAME}`, `{file: PATH}` or
/// `{prompt: true}`. The spec never holds the secret itself.
package enum SecretSource: Sendable, Equatable, Hashable {
  /// An environment variable of pmm-ha's process.
  case environment(String)
  /// The first line of a file that nobody but its owner may read.
  case file(String)
  /// Asked on the terminal.
  case prompt
}

extension SecretSource: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable { case env, file, prompt }

  package init(from decoder: any Decoder) throws {
    let hint = "write {env: NAME}, {file: PATH} or {prompt: true}; the secret itself must not stand in the spec"
    guard let container = try? decoder.container(keyedBy: CodingKeys.self) else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: hint))
    }
    guard container.allKeys.count == 1, let key = container.allKeys.first else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "needs exactly one source: \(hint)"))
    }
    switch key {
    case .env: self = .environment(try container.decode(String.self, forKey: .env))
    case .file: self = .file(try container.decode(String.self, forKey: .file))
    case .prompt:
      guard try container.decode(Bool.self, forKey: .prompt) else {
        throw DecodingError.dataCorruptedError(forKey: .prompt, in: container, debugDescription: "prompt can only be true: \(hint)")
      }
      self = .prompt
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .environment(let name): try container.encode(name, forKey: .env)
    case .file(let path): try container.encode(path, forKey: .file)
    case .prompt: try container.encode(true, forKey: .prompt)
    }
  }
}
