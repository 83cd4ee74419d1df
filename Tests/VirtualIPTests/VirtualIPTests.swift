import Core
import Foundation
import Pacemaker
import Testing

@testable import VirtualIP

@Suite struct VirtualIPTests {
  let pmm1 = try! NodeName("pmm1")
  let pmm2 = try! NodeName("pmm2")

  @Test("An address is one of IPv4 or IPv6, in one spelling")
  func addresses() throws {
    #expect(IPAddress("198.51.100.300") == nil && IPAddress("") == nil && IPAddress("198.51.100.1/24") == nil)
    #expect(IPAddress("2001:DB8:0::1")?.description == "2001:db8::1")
    let address = try #require(IPAddress("198.51.100.100"))
    #expect(address.shares(prefix: 25, with: try #require(IPAddress("198.51.100.1"))))
    #expect(!address.shares(prefix: 26, with: try #require(IPAddress("198.51.100.1"))))
    #expect(!address.shares(prefix: 0, with: try #require(IPAddress("::1"))))
  }

  @Test("What cannot be a virtual IP is named by its key")
  func invalid() {
    func key(_ address: String, _ prefix: Int, _ interface: String? = nil) -> String? {
      do {
        _ = try VirtualIPSpec(address: address, prefix: prefix, interface: interface)
        return nil
      } catch { return error.key }
    }
    #expect(key("198.51.100", 24) == "address")
    #expect(key("198.51.100.255", 24) == "address")
    #expect(key("198.51.100.0", 24) == "address")
    #expect(key("198.51.100.100", 33) == "prefix")
    #expect(key("198.51.100.100", 24, "a/b") == "interface")
    #expect(key("198.51.100.100", 24, "eth0") == nil)
    #expect(key("2001:db8::100", 64) == nil)
  }

  @Test("The spec is read from and written to its keys")
  func coding() throws {
    let spec = try VirtualIPSpec(address: "198.51.100.100", prefix: 24, interface: "ring0")
    #expect(try JSONDecoder().decode(VirtualIPSpec.self, from: JSONEncoder().encode(spec)) == spec)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(VirtualIPSpec.self, from: Data(#"{"address":"x","prefix":24}"#.utf8)) }
  }

  @Test("The resource is IPaddr2 with the address, the prefix and the interface if given")
  func resource() throws {
    let plain = try #require(try spec().fragment(.fast).resources.first)
    #expect(plain.id == "pmm_ip" && plain.agent.description == "ocf:heartbeat:IPaddr2")
    #expect(plain.parameters.map { "\($0.name)=\($0.value)" } == ["ip=198.51.100.100", "cidr_netmask=24"])
    #expect(plain.operations.map { "\($0.name) \($0.interval) \($0.timeout)" } == ["start 0 20", "stop 0 20", "monitor 10 20"])
    #expect(try spec(interface: "ring0").fragment(.cloud).resources.first?.parameters.last == Pair("nic", "ring0"))
  }

  @Test("A running cluster's own address is nothing to speak of")
  func active() throws {
    let facts = [pmm1: try answer("active"), pmm2: try answer("passive")]
    let address = try #require(try spec().address)
    #expect(facts[pmm1]?.holds(address) == true && facts[pmm2]?.holds(address) == false)
    #expect(facts[pmm1]?.interface(of: address) == "ring0")
    #expect(facts[pmm1]?.asked == false)
    #expect(try spec().proposal(facts) == Proposal())
  }

  @Test("A free address is nothing to speak of, a foreign host's blocks, the other node's own does not")
  func foreign() throws {
    let free = try answer("free")
    #expect(free.asked && free.neighbour == nil)
    #expect(try spec().proposal([pmm1: try answer("free")]) == Proposal())
    let taken = try spec("198.51.100.21").proposal([pmm1: try answer("foreign"), pmm2: try answer("passive")]).findings
    #expect(taken.map(\.severity) == [.blocking])
    #expect(taken[0].message == "198.51.100.21 is in use by a foreign host: 3a:cb:39:0c:b4:ce answers for it, seen from pmm1")
    var other = try answer("free")
    other.neighbour = "fe:80:8d:81:45:70"
    #expect(try spec().proposal([pmm1: other, pmm2: try answer("passive")]) == Proposal())
  }

  @Test("An old entry of the kernel's is no answer")
  func stale() throws {
    let head = "== addresses\n== links\n2: a: <UP> mtu 1\n== route\n== neighbour\n"
    #expect(try VirtualIPFacts(Answer(head + "198.51.100.100 dev a lladdr aa:bb:cc:dd:ee:ff DELAY")).neighbour == nil)
    #expect(
      try VirtualIPFacts(Answer(head + "198.51.100.100 dev a lladdr aa:bb:cc:dd:ee:ff DELAY\nanswered")).neighbour == "aa:bb:cc:dd:ee:ff")
    #expect(try VirtualIPFacts(Answer(head + "198.51.100.100 dev a  FAILED")).neighbour == nil)
    #expect(throws: UnreadableAnswer.self) { try VirtualIPFacts(Answer("== addresses\n", status: 137)) }
    #expect(try VirtualIPFacts(Answer("== missing ip\n")).interfaces.isEmpty)
    // Cut off in the middle of a line.
    #expect(try VirtualIPFacts(Answer(head + "198.51.100.100 dev a REACHABLE lladdr")).neighbour == nil)
    let half = "== addresses\n2: a    inet /\n== links\n2: a: <UP> mtu 1\n== route\n== neighbour\nnot asked\n"
    #expect(try VirtualIPFacts(Answer(half)).interfaces.map(\.networks.count) == [0])
  }

  @Test("A network that no interface is in, another prefix and a missing interface are found")
  func networks() throws {
    let facts = [pmm1: try answer("free")]
    let away = try spec("192.0.2.100").proposal(facts).findings
    #expect(away.map(\.message) == ["no interface of pmm1 is in the network of 192.0.2.100"])
    #expect(away[0].hint.contains("198.51.100.11/24, 198.51.101.11/24"))
    #expect(try VirtualIPSpec(address: "198.51.100.100", prefix: 25).proposal(facts).findings.map(\.hint) == ["write prefix: 24"])
    #expect(try spec(interface: "eth7").proposal(facts).findings.map(\.message) == ["pmm1 has no interface eth7"])
    #expect(try spec(interface: "ring0").proposal(facts) == Proposal())
  }

  @Test("The address on both nodes at once is a danger")
  func both() throws {
    let findings = try spec().proposal([pmm1: try answer("active"), pmm2: try answer("active")]).findings
    #expect(findings.map(\.severity) == [.danger])
  }

  func spec(_ address: String = "198.51.100.100", interface: String? = nil) throws -> VirtualIPSpec {
    try VirtualIPSpec(address: address, prefix: 24, interface: interface)
  }

  func answer(_ name: String) throws -> VirtualIPFacts {
    let url = try #require(Bundle.module.url(forResource: "Fixtures/address-probe-iproute2-6.1-\(name)", withExtension: "txt"))
    return try VirtualIPFacts(Answer(try String(contentsOf: url, encoding: .utf8)))
  }
}
