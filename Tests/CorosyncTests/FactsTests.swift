import Testing

@testable import Core
@testable import Corosync

@Suite("What a node says about Corosync") struct FactsTests {
  @Test("A running node: file, key, and what the daemon runs with; and nothing to do there")
  func running() throws {
    let facts = try CorosyncFacts(Answer(fixture("probe-corosync-3.1.7-running.txt")))
    #expect(facts.version == "3.1.7" && facts.active && facts.installed)
    #expect(facts.file.mode == 0o644)
    #expect(facts.conf?.means(Example.spec().conf) == true)
    #expect(facts.key?.mode == 0o400 && facts.key?.size == 256)
    #expect(facts.cluster == "pmm-ha" && !facts.runsExample)
    #expect(facts.running["nodelist.node.1.ring1_addr"] == "198.51.101.12")
    #expect(Example.spec().plan([Example.pmm1: facts, Example.pmm2: facts]) == CorosyncPlan(proposal: Proposal(), stopped: []))
  }

  @Test("What the package starts at install is nobody's cluster, and is stopped")
  func example() throws {
    let facts = try CorosyncFacts(Answer(fixture("probe-corosync-3.1.7-debian-default.txt")))
    #expect(facts.active && facts.runsExample && facts.cluster == nil)
    let plan = Example.spec().plan([Example.pmm1: facts])
    #expect(plan.stopped == [Example.pmm1])
    #expect(plan.proposal.findings.isEmpty)
  }

  @Test("A bare node, and one with the package but without a file")
  func bare() throws {
    #expect(try !CorosyncFacts(Answer("== absent\n")).installed)
    let installed = try CorosyncFacts(
      Answer("== version\nCorosync Cluster Engine, version '3.1.7'\n== conf\n== mode\n== authkey\n== active\ninactive\n== running\n"))
    #expect(installed.file == FileFact(.absent))
    #expect(installed.key == nil && installed.cluster == nil && !installed.active)
  }

  @Test("An answer that was cut off is not taken for a bare node")
  func cut() {
    #expect(throws: UnreadableAnswer.self) { try CorosyncFacts(Answer("== version\nCorosync")) }
    #expect(throws: UnreadableAnswer.self) { try CorosyncFacts(Answer("")) }
  }
}
