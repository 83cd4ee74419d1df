import Core
import FoundationEssentials

extension Connection {
  /// The nodes through OpenSSH's client, which brings the user's own configuration, agent and jump hosts.
  ///
  /// One master connection a node stays open for two minutes (ControlPersist): the first command pays for the key
  /// exchange, the next ones a round trip. `controlDirectory` holds its sockets and must be the operator's alone.
  package static func ssh(
    to nodes: [NodeSpec], controlDirectory: String, who: String, secrets: Secrets
  ) -> Connection {
    let shells = nodes.map { node in
      Shell(node: node.name, program: "ssh", arguments: sshArguments(node, controlDirectory: controlDirectory)) { status, errors in
        sshFailure(node, status: status, errors: errors)
      }
    }
    return Connection(shells: Dictionary(uniqueKeysWithValues: zip(nodes.map(\.name), shells)), who: who, secrets: secrets)
  }

  /// This machine as the one node, without ssh: for commands that run on a node itself.
  package static func local(as node: NodeName) -> Connection {
    let shell = Shell(node: node, program: "sh", arguments: ["-s"]) { status, errors in
      NodeFailure(node, "the local shell ended with \(status): \(errors)", hint: "run it as root")
    }
    return Connection(shells: [node: shell], who: "root@\(node)", secrets: .none)
  }
}

/// The command line for a node: no secret and no script in it, both go through standard input.
func sshArguments(_ node: NodeSpec, controlDirectory: String) -> [String] {
  let ssh = node.ssh
  var arguments = ["-T", "-o", "BatchMode=yes"]
  // A connection that was open when its node lost power is given up after 15 s, unless a configuration of the user's own
  // says how patient to be: options of the command line would go before it.
  let own = ssh.config.flatMap { try? String(contentsOfFile: $0, encoding: .utf8) }?.lowercased() ?? ""
  if !own.contains("connecttimeout") { arguments += ["-o", "ConnectTimeout=10"] }
  if !own.contains("serveraliveinterval") { arguments += ["-o", "ServerAliveInterval=3", "-o", "ServerAliveCountMax=5"] }
  if let config = ssh.config { arguments += ["-F", config] }
  // %C is of host, port and user; two configurations may lead the same address to different machines.
  let path = "\(controlDirectory)/\(fingerprint(ssh.config ?? ""))-%C"
  arguments += ["-o", "ControlMaster=auto", "-o", "ControlPersist=120", "-o", "ControlPath=\(path)"]
  if let port = ssh.port { arguments += ["-p", String(port)] }
  if let identity = ssh.identity { arguments += ["-i", identity] }
  arguments += ["-l", ssh.user, node.sshDestination]
  return arguments + (ssh.user == "root" ? ["sh -s"] : ["sudo -n sh -s"])
}

/// Short and the same in every run (FNV-1a): a socket's path has little room.
private func fingerprint(_ text: String) -> String {
  String(text.utf8.reduce(0x811c_9dc5 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 }, radix: 36)
}

/// What ssh and sudo said, as what is wrong and what to do. The texts are OpenSSH 9.2's and sudo 1.9's.
func sshFailure(_ node: NodeSpec, status: Int32, errors: String) -> NodeFailure {
  // Most of ssh's lines end with CR and LF.
  let lines = errors.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("Warning:") && !$0.hasPrefix("mux_client_") }.map(
    String.init)
  let last = lines.last ?? "exit status \(status)"
  let reachability = sshReachability(status: status, errors: errors)
  func failure(_ message: String, _ hint: String) -> NodeFailure {
    NodeFailure(node.name, message, hint: hint, reachability: reachability)
  }
  if errors.contains("HOST IDENTIFICATION HAS CHANGED") {
    return failure(
      "its ssh host key is not the one known for it: this may be another machine",
      "if the machine was really reinstalled: \(forgetHostKey(node, lines)); then connect once by hand: \(byHand(node))")
  }
  if errors.contains("Host key verification failed") {
    return failure("its ssh host key is not known", "connect once by hand and compare the fingerprint: \(byHand(node))")
  }
  if errors.contains("Permission denied (") {
    return failure("ssh refuses user '\(node.ssh.user)'", "give the right ssh user and identity in the spec, or load the key: ssh-add")
  }
  if errors.contains("sudo:") {
    return failure(
      "user '\(node.ssh.user)' may not become root: \(last)",
      "allow it without a password (sudoers: \(node.ssh.user) ALL=(ALL) NOPASSWD: ALL), or use ssh user root")
  }
  if errors.contains("Could not resolve hostname") {
    return failure(
      "not reachable by ssh: \(last)", "give its address in the spec (nodes/\(node.name)/ssh/host), or the name to your resolver")
  }
  // All that ssh says where its jump host or ProxyCommand found nobody.
  if last.hasPrefix("kex_exchange_identification:") || last.hasPrefix("Connection closed by UNKNOWN") {
    return failure(
      "not reachable by ssh: the connection was closed before ssh could begin",
      "is the machine up, is its address right, can the jump host or ProxyCommand reach it? Try: \(byHand(node))")
  }
  if status == 255 {
    return failure("not reachable by ssh: \(last)", "is the machine up, is its address right? Try: \(byHand(node))")
  }
  return failure("its shell ended with status \(status): \(last)", "look at the node's log, then run the same command again")
}

/// The same connection as a person types it.
private func byHand(_ node: NodeSpec) -> String {
  let ssh = node.ssh
  var words = ["ssh"]
  if let config = ssh.config { words += ["-F", config] }
  if let port = ssh.port { words += ["-p", String(port)] }
  if let identity = ssh.identity { words += ["-i", identity] }
  return (words + ["\(ssh.user)@\(node.sshDestination)"]).joined(separator: " ")
}

/// Takes the old key out of the file that ssh found it in: "Offending ED25519 key in /root/.ssh/known_hosts:3", and
/// "Host key for pmm1 has changed and you have requested strict checking."
private func forgetHostKey(_ node: NodeSpec, _ lines: [String]) -> String {
  let file = lines.first { $0.hasPrefix("Offending ") }?.split(separator: " ").last?.split(separator: ":").first
  let host = lines.first { $0.hasPrefix("Host key for ") }?.split(separator: " ").dropFirst(3).first.map(String.init)
  return "ssh-keygen \(file.map { "-f \($0) " } ?? "")-R \(shellQuoted(host ?? node.sshDestination))"
}
