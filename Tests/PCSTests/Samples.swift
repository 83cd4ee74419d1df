import Core
import Foundation
import Testing

@testable import PCS

let pmm1 = try! NodeName("pmm1")
let pmm2 = try! NodeName("pmm2")
let spec = PCSSpec(nodes: [
  NodeSpec(name: pmm1, addresses: ["198.51.100.11", "198.51.101.11"]), NodeSpec(name: pmm2, addresses: ["198.51.100.12", "198.51.101.12"]),
])

/// What the probe printed on a node on which pcs 0.11.5 had authorized both.
func fixture(_ name: String) throws -> String {
  let path = try #require(Bundle.module.path(forResource: "Fixtures/pcs-0.11.5-\(name)", ofType: "txt"))
  return try String(contentsOfFile: path, encoding: .utf8)
}

/// A node on which there is nothing to do, changed by `change`.
func ready(_ name: String, _ change: (inout PCSFacts) -> Void = { _ in }) throws -> PCSFacts {
  var facts = try PCSFacts(Answer(fixture(name)))
  facts.password = FileFact(.same, mode: 0o600)
  facts.isSet = true
  change(&facts)
  return facts
}

func proposal(_ first: PCSFacts, _ second: PCSFacts) -> [String] {
  spec.proposal([pmm1: first, pmm2: second]).steps.map { "\($0.node) \($0.stage) \($0.what)" }
}
