import Core

/// A node's interfaces, and who answers for the virtual IP.
package struct VirtualIPFacts: Sendable, Equatable, Codable {
  /// In the kernel's order.
  package var interfaces: [Interface]
  /// No cluster runs here, so the virtual IP should be nobody's.
  package var asked: Bool
  /// The hardware address that answers for the virtual IP, as this node sees it; nil: nobody, or not asked.
  package var neighbour: String?

  package struct Interface: Sendable, Equatable, Codable {
    package var name: String
    /// Lower case, with colons; empty where it has none.
    package var hardwareAddress: String
    package var up: Bool
    /// `ADDRESS/PREFIX`
    package var addresses: [String]
  }

  /// Reads what address-probe.sh printed: iproute2's one-line output (6.1).
  package init(_ answer: Answer) throws {
    let sections = answer.sections
    if sections["missing ip"] != nil {
      interfaces = []
      asked = false
      neighbour = nil
      return
    }
    guard let addresses = sections["addresses"], let links = sections["links"], let neighbour = sections["neighbour"] else {
      throw UnreadableAnswer("address-probe", "it ended early (exit status \(answer.status)): \(answer.said)")
    }
    interfaces = links.split(separator: "\n").compactMap(Interface.init)
    for line in addresses.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count > 3, ["inet", "inet6"].contains(words[2]),
        let index = interfaces.firstIndex(where: { $0.name == words[1] })
      else { continue }
      interfaces[index].addresses.append(String(words[3]))
    }
    asked = neighbour != "not asked"
    // INCOMPLETE and FAILED have no lladdr; any other state but REACHABLE may be an old answer to another question.
    let words = neighbour.split { $0 == " " || $0 == "\n" }.map(String.init)
    let answers = words.contains("REACHABLE") || words.contains("PERMANENT") || words.contains("answered")
    self.neighbour = answers ? words.firstIndex(of: "lladdr").flatMap { $0 + 1 < words.count ? words[$0 + 1].lowercased() : nil } : nil
  }

  /// Whether one of its interfaces has the address.
  package func holds(_ address: IPAddress) -> Bool { interface(of: address) != nil }

  /// The name of the interface that has it.
  package func interface(of address: IPAddress) -> String? {
    interfaces.first { $0.networks.contains { $0.address == address } }?.name
  }
}

extension VirtualIPFacts.Interface {
  /// `2: ring0@if5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 ... link/ether 52:54:00:12:34:56 brd ...`
  init?(_ line: Substring) {
    let words = line.split(separator: " ")
    guard words.count > 2 else { return nil }
    name = String(words[1].split(separator: ":").first?.split(separator: "@").first ?? "")
    up = words[2].dropFirst().dropLast().split(separator: ",").contains("UP")
    hardwareAddress = words.firstIndex { $0.hasPrefix("link/") }.flatMap { $0 + 1 < words.count ? words[$0 + 1].lowercased() : nil } ?? ""
    addresses = []
    if name.isEmpty { return nil }
  }

  var networks: [(address: IPAddress, prefix: Int)] {
    addresses.compactMap { text in
      let parts = text.split(separator: "/")
      guard let first = parts.first, let address = IPAddress(String(first)) else { return nil }
      return (address, parts.count > 1 ? Int(parts[1]) ?? address.width : address.width)
    }
  }
}
