import Core
import FoundationEssentials

/// What pcs has on a node.
package struct PCSFacts: Sendable, Equatable, Codable {
  /// /etc/pmm-ha/hacluster.password
  package var password: FileFact
  /// The account's password is the one in that file, set by this tool and not changed since.
  package var isSet: Bool
  /// pcsd.service runs, and starts at boot.
  package var pcsd: Bool
  /// The hosts that pcs here has been authorized for, by name.
  package var knownHosts: [String: Host]
  /// The beginnings of the tokens that pcsd here accepts.
  package var accepted: [String]

  package struct Host: Sendable, Equatable, Codable {
    /// As given to `pcs host auth`: an address or a name.
    package var address: String
    /// The beginning of the token that is shown there; empty where it is too short to be shown.
    package var token: String
  }

  /// Reads what pcs-probe.sh printed. Throws where it was cut off.
  package init(_ answer: Answer) throws {
    let sections = answer.sections
    guard let pcs = sections["pcs"].map(keyValues), sections["end"] != nil else {
      throw UnreadableAnswer("pcs-probe", "it ended early (exit status \(answer.status)): \(answer.said)")
    }
    password = FileFact(pcs["password"].flatMap(FileFact.State.init) ?? .absent, mode: pcs["mode"].flatMap { UInt16($0, radix: 8) })
    isSet = pcs["set"] == "yes"
    let unit = keyValues(sections["unit"] ?? "")
    pcsd = unit["ActiveState"] == "active" && unit["UnitFileState"] == "enabled"
    knownHosts = readKnownHosts(sections["known hosts"] ?? "")
    accepted = (sections["tokens"] ?? "").split(separator: "\n").compactMap { line in
      line.split(separator: "\"").last.map(String.init)
    }
  }
}

/// pcsd's known-hosts, written by pcs 0.10 and later. What is not that file says nothing of any host: pcs is then
/// authorized anew.
private func readKnownHosts(_ text: String) -> [String: PCSFacts.Host] {
  struct File: Decodable {
    struct Host: Decodable {
      struct Destination: Decodable { let addr: String }
      let dest_list: [Destination]
      let token: String
    }
    let known_hosts: [String: Host]
  }
  guard let file = try? JSONDecoder().decode(File.self, from: Data(text.utf8)) else { return [:] }
  return file.known_hosts.compactMapValues { host in host.dest_list.first.map { .init(address: $0.addr, token: host.token) } }
}
