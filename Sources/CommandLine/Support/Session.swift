import Cluster
import Core
import Secrets
import Synchronization
import Transport

/// A spec and the doors to its nodes: what every verb works with.
struct Session {
  let spec: LoadedSpec
  let door: Connection
  var cluster: ClusterSpec { spec.cluster }
  var nodes: [NodeName] { cluster.nodes.map(\.name) }

  /// With `prompting` every secret is at hand afterwards, or what is missing is thrown; without, questions do without it.
  init(_ options: SpecOptions, prompting: Bool = false) throws {
    let spec = try options.load()
    let values = try spec.secrets.resolve(prompting: prompting)
    let keys = GeneratedKeys()
    self.spec = spec
    door = .ssh(
      to: spec.cluster.nodes + spec.cluster.helpers, controlDirectory: try Workspace.controlDirectory(), who: Workspace.who,
      secrets: .init(known: { values.known($0) }, value: { try keys[$0] ?? values.value($0) }))
  }
}

/// The cluster's own keys, made when the first node needs one and the same for all nodes of this run.
private final class GeneratedKeys: Sendable {
  private let made = Mutex<[SecretName: String]>([:])

  /// corosync-keygen(8) makes 256 bytes; these are 256 hexadecimal digits, 1024 bits.
  subscript(name: SecretName) -> String? {
    guard name.description == "corosync-authkey" || name.description == "pacemaker-authkey" else { return nil }
    return made.withLock { made in
      if let key = made[name] { return key }
      var generator = SystemRandomNumberGenerator()
      let key = (0..<16).map { _ in
        let word = String(generator.next() as UInt64, radix: 16)
        return String(repeating: "0", count: 16 - word.count) + word
      }.joined()
      made[name] = key
      return key
    }
  }
}
