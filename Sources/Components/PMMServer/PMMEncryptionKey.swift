import Core

// PMM encrypts the passwords of the databases that it watches. With PMM_ENCRYPTION_KEY_PATH outside of /srv the key does not move with the
// shared filesystem: each node needs it, and since 3.10 a PMM whose key does not match its database does not start.

/// What a node has where `PMM_ENCRYPTION_KEY_PATH` points to.
package struct EncryptionKeyFacts: Sendable, Equatable, Codable {
  /// Whose it is, with its permission bits; nil where there is no such file, or it did not answer.
  package var owner: Owner?
  package var mode: Int?
  /// Its sha256, which is compared and never shown; nil where it could not be read.
  package var sum: String?

  /// Reads the section `key` of pmm-probe.sh.
  init(_ values: [String: String]) {
    let words = (values["file"] ?? "").split(separator: " ")
    if words.count == 2 { (owner, mode) = (Owner(words[0]), Int(words[1], radix: 8)) }
    sum = values["sum"]
  }
}

extension PMMSpec {
  /// The path of the key, the same on the nodes and in the container, where it does not lie in PMM's own data.
  var encryptionKey: String? {
    guard case .plain(let path)? = environment["PMM_ENCRYPTION_KEY_PATH"], path.hasPrefix("/"), !path.hasPrefix("/srv/") else { return nil }
    return path
  }
}

extension PMMServer {
  /// Why PMM could not start on a node, or not on both, for its key.
  func keyFindings(_ facts: [NodeName: PMMFacts]) -> [Finding] {
    guard let path = spec.encryptionKey else { return [] }
    var findings: [Finding] = []
    for node in nodes {
      guard let fact = facts[node], let key = fact.encryptionKey else { continue }
      func block(_ message: String, _ hint: String) { findings.append(Finding(.blocking, at: "\(node)", message, hint: hint)) }
      let user = spec.major.owner
      guard let owner = key.owner, let mode = key.mode else {
        block(
          "there is no \(path), which PMM_ENCRYPTION_KEY_PATH names: PMM could not start here",
          "copy it from where PMM has run, as root, with its owner and mode")
        continue
      }
      let isReadable =
        user.user == 0 || (owner.user == user.user ? mode & 0o400 != 0 : owner.group == user.group ? mode & 0o040 != 0 : mode & 0o004 != 0)
      if !isReadable {
        block(
          "PMM runs as \(user) and cannot read its encryption key \(path), which belongs to \(owner) with mode \(String(mode, radix: 8))",
          "on \(node): chown \(user) \(path) && chmod 600 \(path)")
      } else if key.sum == nil {
        block(
          "the encryption key \(path) cannot be read, so it is not known whether it is the other node's",
          "look at it on \(node): sha256sum \(path)")
      }
    }
    let sums = nodes.compactMap { node in facts[node]?.encryptionKey?.sum.map { (node: node, sum: $0) } }
    if Set(sums.map(\.sum)).count > 1 {
      findings.append(
        Finding(
          .blocking, at: sums.map(\.node.description).joined(separator: ", "),
          "the encryption key \(path) is another one on each node: after a failover PMM would not start",
          hint: "find out which one PMM's data was made with (the node where it has run), and copy that to the other one"))
    }
    return findings
  }
}
