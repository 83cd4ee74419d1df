import Foundation
import Testing

@testable import Core
@testable import Corosync

@Suite("corosync.conf") struct ConfTests {
  @Test("Debian's example is recognised as nobody's cluster")
  func debian() throws {
    let conf = try CorosyncConf(parsing: fixture("corosync-3.1.7-debian-default.conf"))
    #expect(conf.clusterName == "debian")
    #expect(conf.nodeNames == ["node1"])
    #expect(conf.isExample)
  }

  @Test("A file made by pcs is read")
  func pcs() throws {
    let conf = try CorosyncConf(parsing: fixture("corosync-pcs-0.11.5-two-links.conf"))
    #expect(conf.clusterName == "pmm-ha")
    #expect(conf.nodeNames == ["pmm1", "pmm2"])
    #expect(conf.value("quorum", "two_node") == "1")
    #expect(conf.nodes.map { $0["ring1_addr"] } == ["198.51.101.11", "198.51.101.12"])
    #expect(!conf.isExample)
  }

  @Test("What is written is read back as the same, with one link and with two", arguments: [1, 2], Timing.allCases)
  func roundTrip(links: Int, timing: Timing) throws {
    let conf = Example.spec(links: links, timing: timing).conf
    #expect(try CorosyncConf(parsing: conf.description) == conf)
    #expect(conf.sections[0].sections.count == links)
  }

  @Test("A third vote takes the place of two_node, and goes with a forgotten node", arguments: Timing.allCases)
  func thirdVote(timing: Timing) throws {
    let nodes = Example.spec().nodes
    let conf = CorosyncSpec(clusterName: "pmm-ha", nodes: nodes, timing: timing, device: .init(host: "vote", activeTest: "/bin/t /srv"))
      .conf
    #expect(try CorosyncConf(parsing: conf.description) == conf)
    #expect(conf.value("quorum", "two_node") == nil && conf.value("quorum", "wait_for_all") == nil)
    let device = conf.sections.first { $0.name == "quorum" }?.sections.first
    #expect(device?["votes"] == "1" && device?.sections.map(\.name) == ["net", "heuristics"])
    #expect(device?.sections[1]["exec_active"] == "/bin/t /srv")
    #expect(conf.without(nodes[1].name).sections.first { $0.name == "quorum" }?.sections == [])
  }

  @Test(
    "White space, comments and order mean nothing",
    arguments: [
      "totem {\n  cluster_name:pmm-ha\n\ttoken :  1000  \n}\nquorum{\n two_node: 1\n}\n",
      "# a comment\r\nquorum {\r\n two_node: 1\r\n}\r\ntotem   {   \r\n# inside\r\n token: 1000\r\ncluster_name: pmm-ha\r\n  }\r\n",
      "totem {\ntoken: 5\ntoken: 1000\n}\ntotem {\ncluster_name: pmm-ha\nconfig_version: 7\n}\nquorum {\ntwo_node: 1\n}\nlogging {\ndebug: on\n}",
    ])
  func tolerance(text: String) throws {
    let plain = try CorosyncConf(parsing: "totem {\n\tcluster_name: pmm-ha\n\ttoken: 1000\n}\nquorum {\n\ttwo_node: 1\n}\n")
    let conf = try CorosyncConf(parsing: text)
    #expect(conf.clusterName == "pmm-ha")
    #expect(conf.value("totem", "token") == "1000")
    #expect(conf.means(plain))
  }

  @Test("A value that differs is found and named")
  func differences() {
    let conf = Example.spec(links: 2, timing: .fast).conf
    #expect(conf.differences(to: Example.spec(links: 1, timing: .fast).conf).contains("nodelist.node.pmm1.ring1_addr"))
    #expect(conf.differences(to: Example.spec(links: 2, timing: .standard).conf).contains("totem.token"))
    #expect(conf.differences(to: conf).isEmpty)
    #expect(!conf.means(Example.spec(links: 1, timing: .fast).conf))
  }

  @Test(
    "A broken file says where",
    arguments: [
      ("totem {\n", "line 2: 'totem {' is not closed"), ("}\n", "line 1: '}' closes nothing"),
      ("a: b\n {\n}", "line 2: '{' without a name before it"),
    ])
  func broken(text: String, message: String) {
    let error = #expect(throws: InvalidCorosyncConf.self) { try CorosyncConf(parsing: text) }
    #expect(error?.description == message)
  }

  @Test("No input makes the reader crash, and what it reads it writes back with the same meaning")
  func fuzz() throws {
    var random = Seeded(state: 42)
    let base = Array(try (fixture("corosync-3.1.7-debian-default.conf") + fixture("corosync-pcs-0.11.5-two-links.conf")).utf8)
    var (read, refused) = (0, 0)
    for _ in 0..<2000 {
      var bytes = base
      for _ in 0..<Int.random(in: 1...20, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: place)
        default: bytes.insert(contentsOf: Array(["{", "}", ":", "\n", "\r", "#", " "].randomElement(using: &random)!.utf8), at: place)
        }
      }
      guard let conf = try? CorosyncConf(parsing: String(decoding: bytes, as: UTF8.self)) else {
        refused += 1
        continue
      }
      read += 1
      #expect(try CorosyncConf(parsing: conf.description).means(conf))
    }
    // Both ends were reached.
    #expect(read > 100 && refused > 100)
  }
}

/// SplitMix64: the same numbers in every run.
struct Seeded: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

func fixture(_ name: String) throws -> String {
  try String(contentsOf: #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil)), encoding: .utf8)
}

enum Example {
  static let pmm1 = try! NodeName("pmm1")
  static let pmm2 = try! NodeName("pmm2")

  static func spec(links: Int = 2, timing: Timing = .fast, name: String = "pmm-ha") -> CorosyncSpec {
    CorosyncSpec(
      clusterName: name,
      nodes: [
        .init(name: pmm1, id: 1, addresses: Array(["198.51.100.11", "198.51.101.11"].prefix(links))),
        .init(name: pmm2, id: 2, addresses: Array(["198.51.100.12", "198.51.101.12"].prefix(links))),
      ], timing: timing)
  }
}
