/// What an attempt to reach a machine has shown of it. Only `.silent` is compatible with a machine that has no power, and
/// even that proves nothing alone: a network that is down is silent, too.
package enum Reachability: Sendable, Equatable {
  /// Its ssh server or its shell spoke to us: it runs.
  case answered
  /// It turned the connection down, which only a running machine can do.
  case refused
  /// No packet came back within the time limit.
  case silent
  /// The attempt did not get as far as the machine: its name could not be resolved, a jump host failed.
  case unknown

  /// The machine runs.
  package var isAlive: Bool { self == .answered || self == .refused }
}

/// What ssh's end says of the machine. The texts are OpenSSH 9.2's. What is not known here is `.unknown`.
///
/// - Parameters:
///   - status: ssh's exit status; 255 is an error of its own, everything else the remote shell's.
///   - errors: what it printed on standard error.
func sshReachability(status: Int32, errors: String) -> Reachability {
  func says(_ texts: String...) -> Bool { texts.contains { errors.contains($0) } }
  // The words of a jump host or ProxyCommand, about itself or about the machine behind it: it is not known which.
  if says("UNKNOWN port", "stdio forwarding failed", "channel 0: open failed", "proxycommand", "ProxyCommand") { return .unknown }
  if says("HOST IDENTIFICATION HAS CHANGED", "Host key verification failed", "Permission denied (", "sudo:") { return .answered }
  guard status == 255 else { return .answered }
  let last = errors.split(whereSeparator: \.isNewline).last { !$0.hasPrefix("mux_client_") && !$0.hasPrefix("Warning:") } ?? ""
  if last.contains("Could not resolve hostname") { return .unknown }
  // A connection that timed out in the banner exchange reached something: the machine, or only a ProxyCommand. Not known which.
  if last.hasSuffix("Connection refused") || last.hasSuffix("Connection reset by peer") { return .refused }
  if last.hasPrefix("ssh: connect to host"),
    ["Connection timed out", "Operation timed out", "No route to host", "Host is down"].contains(
      where: last.hasSuffix)
  {
    return .silent
  }
  // A connection that was open: ServerAliveCountMax questions went unanswered.
  return last.hasPrefix("Timeout, server ") && last.hasSuffix(" not responding.") ? .silent : .unknown
}
