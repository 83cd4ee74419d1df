/// A node as the spec gives it: who it is, where Corosync talks to it, how the operator reaches it.
package struct NodeSpec: Codable, Sendable, Equatable {
  /// What `uname -n` says there.
  package let name: NodeName
  /// One address a Corosync link (ring), in order: addresses[0] is on the clients' network, the virtual IP's.
  package let addresses: [String]
  /// How the operator's machine logs in.
  package let ssh: SSHSpec

  package init(name: NodeName, addresses: [String], ssh: SSHSpec = SSHSpec()) {
    self.name = name
    self.addresses = addresses
    self.ssh = ssh
  }

  /// What OpenSSH is told to connect to: `ssh.host`; else, where a config file of the user's speaks of the nodes, the
  /// node's name; else its first address.
  package var sshDestination: String { ssh.host ?? (ssh.config == nil ? addresses.first : nil) ?? name.description }
}

/// How OpenSSH logs in to a node. What is nil is left to the user's own ssh_config(5).
package struct SSHSpec: Codable, Sendable, Equatable {
  /// ssh_config(5) HostName or an alias of `config`.
  package let host: String?
  /// 1...65535.
  package let port: Int?
  /// root, or someone whom sudo lets become root without a password.
  package let user: String
  /// Path of a private key on the operator's machine.
  package let identity: String?
  /// Path of an ssh_config(5) on the operator's machine, read in place of the default ones.
  package let config: String?

  package init(host: String? = nil, port: Int? = nil, user: String = "root", identity: String? = nil, config: String? = nil) {
    self.host = host
    self.port = port
    self.user = user
    self.identity = identity
    self.config = config
  }
}
