import Core
import Foundation
import Testing

@testable import Host

let pmm1 = try! NodeName("pmm1")
let pmm2 = try! NodeName("pmm2")
let nodes = [
  NodeSpec(name: pmm1, addresses: ["198.51.100.11"]), NodeSpec(name: pmm2, addresses: ["198.51.100.12"]),
]
let spec = HostSpec(nodes: nodes, packages: .base)

func fixture(_ name: String) throws -> String {
  let path = try #require(Bundle.module.path(forResource: "Fixtures/\(name)", ofType: nil))
  return try String(contentsOfFile: path, encoding: .utf8)
}

/// A Debian 12 machine on which there is nothing to do, changed by `change`.
func ready(_ name: String, _ change: (inout HostFacts) -> Void = { _ in }) throws -> HostFacts {
  var facts = try HostFacts(Answer(fixture("host-probe-debian-12-container-\(name).txt")))
  facts.container = nil
  facts.synchronised = true
  facts.clock = 1_700_000_000
  facts.hosts.content = HostsFile.wanted("127.0.0.1 localhost\n", nodes: nodes)
  facts.directories = ["/etc/pmm-ha": "700 root:root", "/usr/lib/pmm-ha": "755 root:root", "/var/lib/pmm-ha": "700 root:root"]
  change(&facts)
  return facts
}

func proposal(_ first: HostFacts, _ second: HostFacts) -> Proposal { spec.proposal([pmm1: first, pmm2: second]) }

extension Proposal {
  /// The steps of the first node, by what they do.
  var first: [String] { steps.filter { $0.node == pmm1 }.map(\.what) }
}
