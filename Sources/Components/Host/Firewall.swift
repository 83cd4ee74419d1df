import Core
import FoundationEssentials

/// What a firewall must let in: a service of firewalld's, which knows its ports, or a port.
package enum FirewallRule: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
  case service(String)
  case tcp(Int)

  /// Corosync, pcsd, Pacemaker's remote: ports 2224, 3121, 5403, 21064 (tcp), 5404 to 5412 (udp).
  package static let highAvailability = service("high-availability")

  package var description: String {
    switch self {
    case .service(let name): name
    case .tcp(let port): "\(port)/tcp"
    }
  }

  /// firewall-cmd's argument.
  var argument: String {
    switch self {
    case .service(let name): "--add-service=\(name)"
    case .tcp(let port): "--add-port=\(port)/tcp"
    }
  }

  /// A port of it to knock at: refused or answered, it got through.
  var knock: Int? {
    switch self {
    case .tcp(let port): port
    case .service("high-availability"): 2224
    case .service("https"): 443
    case .service("nfs"): 2049
    case .service("glusterfs"): 24007
    case .service: nil
    }
  }
}

/// What firewalld on a node lets in.
package struct FirewallFacts: Sendable, Equatable, Codable {
  /// The zone towards each of the peers' addresses, in the order in which they were asked for.
  package var zones: [String]
  package var runtime: [String: Zone]
  package var permanent: [String: Zone]

  package struct Zone: Sendable, Equatable, Codable {
    package var rules: Set<FirewallRule>
    /// It lets in all that is not forbidden.
    package var accepts: Bool
  }

  /// Reads what firewalld (1.3) says on D-Bus; nil where it does not run.
  init?(_ sections: [String: String]) {
    guard let zones = sections["firewall"]?.split(separator: "\n").compactMap({ $0.hasPrefix("zone=") ? String($0.dropFirst(5)) : nil }),
      !zones.isEmpty
    else { return nil }
    self.zones = zones
    (runtime, permanent) = ([:], [:])
    for (name, json) in sections where name.hasPrefix("firewall ") {
      let words = name.split(separator: " ")
      guard words.count == 3, let zone = Zone(json) else { continue }
      if words[1] == "runtime" { runtime[String(words[2])] = zone } else { permanent[String(words[2])] = zone }
    }
  }
}

extension FirewallFacts.Zone {
  /// `getZoneSettings2` by `busctl --json=short`: {"type":"a{sv}","data":[{"services":{"type":"as","data":["ssh"]},"ports":
  /// {"type":"a(ss)","data":[["8443","tcp"]]},"target":{"type":"s","data":"default"}}]}. What is empty is left out.
  fileprivate init?(_ json: String) {
    struct Answer: Decodable { let data: [Settings] }
    struct Settings: Decodable {
      let services: Value<[String]>?
      let ports: Value<[[String]]>?
      let target: Value<String>?
    }
    struct Value<Data: Decodable>: Decodable { let data: Data }
    guard let settings = try? JSONDecoder().decode(Answer.self, from: Data(json.utf8)).data.first else { return nil }
    rules = Set((settings.services?.data ?? []).map { .service($0) })
    for port in settings.ports?.data ?? [] where port.count == 2 && port[1] == "tcp" {
      if let number = Int(port[0]) { rules.insert(.tcp(number)) }
    }
    accepts = settings.target?.data == "ACCEPT"
  }
}

extension HostSpec {
  /// Opens what is missing for two minutes, lets another machine knock, then keeps it. What an opening breaks, and what
  /// its operator does not live to keep, firewalld takes back by itself (its own --timeout).
  func openFirewall(_ node: NodeName, _ fact: HostFacts) -> [Step] {
    guard let firewall = fact.firewall else { return [] }
    var lacking: [(zone: String, rules: [FirewallRule])] = []
    var knocks: [String] = []
    for (ring, zone) in firewall.zones.enumerated() where ring < self.firewall.count {
      let (now, later) = (firewall.runtime[zone], firewall.permanent[zone])
      if now?.accepts == true && later?.accepts == true { continue }
      let missing = self.firewall[ring].filter { now?.rules.contains($0) != true || later?.rules.contains($0) != true }
      guard !missing.isEmpty else { continue }
      if let address = nodes.first(where: { $0.name == node })?.addresses, ring < address.count {
        knocks += missing.compactMap(\.knock).map { "\(address[ring]) \($0)" }
      }
      if let place = lacking.firstIndex(where: { $0.zone == zone }) {
        lacking[place].rules += missing.filter { !lacking[place].rules.contains($0) }
      } else {
        lacking.append((zone, missing))
      }
    }
    guard !lacking.isEmpty else { return [] }
    // firewall-cmd takes services and ports in calls of their own.
    let lines = lacking.flatMap { zone, rules in
      ["--add-service", "--add-port"].compactMap { kind in
        let arguments = rules.map(\.argument).filter { $0.hasPrefix(kind) }
        return arguments.isEmpty ? nil : "\(zone) \(arguments.joined(separator: " "))"
      }
    }
    let what = lacking.map { "\($0.rules.map(\.description).joined(separator: ", ")) in zone \($0.zone)" }.joined(separator: "; ")
    var steps = [
      Step(
        node, "Host", .network, "Open firewalld for two minutes: \(what)", because: "the other machines could not reach this one",
        .run(Script("open-firewall", PackageResources.open_firewall_sh, ["RULES": Text(lines.joined(separator: "\n"))])))
    ]
    if let other = peers(of: node).first, !knocks.isEmpty {
      steps.append(
        Step(
          other.name, "Host", .peers, "Knock at \(node)", because: "its firewall has just been opened",
          .run(
            Script("knock", PackageResources.knock_sh, ["TARGETS": Text(knocks.joined(separator: "\n")), "NODE": Text(node.description)]))))
    }
    steps.append(
      Step(
        node, "Host", .files, "Keep firewalld open: \(what)", because: "it was opened for two minutes",
        .run(Script("keep-firewall", PackageResources.keep_firewall_sh, ["RULES": Text(lines.joined(separator: "\n"))]))))
    return steps
  }
}
