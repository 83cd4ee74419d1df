import Testing

@testable import Core
@testable import Corosync

@Suite("Corosync's part of a plan") struct PlanTests {
  static let spec = Example.spec()
  static let bare = try! CorosyncFacts(Answer("== absent"))

  /// A node as it is after an apply of `spec`, with the daemon running or not.
  static func configured(_ spec: CorosyncSpec = spec, key: String = "aa", active: Bool = true) -> CorosyncFacts {
    var facts = bare
    facts.installed = true
    facts.file = FileFact(.shown, content: spec.conf.description, mode: 0o644)
    facts.key = .init(digest: key, mode: 0o400, size: 256)
    facts.active = active
    if active {
      facts.running = [
        "totem.cluster_name": spec.clusterName, "totem.token": "\(spec.timing.token)", "totem.consensus": "\(spec.timing.consensus)",
      ]
      for (index, node) in spec.nodes.enumerated() {
        facts.running["nodelist.node.\(index).name"] = node.name.description
        for (link, address) in node.addresses.enumerated() { facts.running["nodelist.node.\(index).ring\(link)_addr"] = address }
      }
    }
    return facts
  }

  func plan(_ first: CorosyncFacts, _ second: CorosyncFacts, _ spec: CorosyncSpec = spec) -> CorosyncPlan {
    spec.plan([Example.pmm1: first, Example.pmm2: second])
  }

  @Test("Bare nodes get the same file and the same new key")
  func bare() {
    let steps = plan(Self.bare, Self.bare).proposal.steps
    #expect(
      steps.map(\.id) == [
        "pmm1/Corosync/Write /etc/corosync/authkey", "pmm2/Corosync/Write /etc/corosync/authkey",
        "pmm1/Corosync/Write /etc/corosync/corosync.conf",
        "pmm2/Corosync/Write /etc/corosync/corosync.conf",
      ])
    #expect(steps.allSatisfy { $0.stage == .files && $0.effects.isEmpty })
    guard case .write(let key) = steps[0].action, case .write(let file) = steps[2].action else { return #expect(Bool(false)) }
    #expect(key.content.secrets == [CorosyncSpec.key] && key.mode == 0o400)
    #expect(file.content.description == Self.spec.conf.description)
  }

  @Test("Applied twice is silent, running or stopped", arguments: [true, false])
  func silent(active: Bool) {
    let facts = Self.configured(active: active)
    #expect(plan(facts, facts) == CorosyncPlan(proposal: Proposal(), stopped: []))
  }

  @Test("The cluster of the package's example is stopped first, and is not a foreign one")
  func example() throws {
    var facts = Self.bare
    facts.installed = true
    facts.active = true
    facts.file = FileFact(.shown, content: try fixture("corosync-3.1.7-debian-default.conf"), mode: 0o644)
    facts.running = ["totem.cluster_name": "debian", "nodelist.node.0.ring0_addr": "127.0.0.1"]
    let plan = plan(facts, Self.bare)
    #expect(plan.stopped == [Example.pmm1])
    #expect(plan.proposal.findings.isEmpty)
    #expect(plan.proposal.steps.first?.what == "Stop the one-node cluster of the package's example configuration")
  }

  @Test("A cluster of two nodes that is called debian is no example: it is never stopped")
  func calledDebian() {
    for active in [true, false] {
      let plan = plan(Self.configured(Example.spec(name: "debian"), active: active), Self.bare)
      #expect(plan.stopped.isEmpty && plan.proposal.steps.isEmpty)
      #expect(plan.proposal.findings.map(\.severity) == [.blocking] && plan.proposal.findings[0].message.contains("'debian'"))
    }
  }

  @Test("A Corosync that does not say what it runs, and a file that cannot be read, block: neither counts as the example")
  func unknown() {
    var silent = Self.bare
    (silent.installed, silent.active) = (true, true)
    var unnamed = silent
    unnamed.running = ["totem.token": "1000"]
    var torn = Self.configured(active: false)
    torn.file.content = "totem {\n cluster_name: other\n}\nquorum {\n"
    var tornAndActive = Self.configured()
    tornAndActive.file.content = torn.file.content
    for (facts, words) in [
      (silent, "corosync-cmapctl"), (unnamed, "without a name"), (torn, "line 5: 'quorum {' is not closed"), (tornAndActive, "line 5"),
    ] {
      #expect(!facts.runsExample)
      let plan = plan(facts, Self.bare)
      #expect(plan.stopped.isEmpty && plan.proposal.steps.isEmpty)
      #expect(plan.proposal.findings.map(\.severity) == [.blocking] && plan.proposal.findings[0].message.contains(words))
    }
  }

  @Test("A cluster of another name blocks everything")
  func foreign() {
    let plan = plan(Self.configured(Example.spec(name: "erp")), Self.bare)
    #expect(plan.proposal.steps.isEmpty)
    #expect(plan.proposal.findings.map(\.severity) == [.blocking])
    #expect(plan.proposal.findings[0].message.contains("'erp' is running here"))
  }

  @Test("A cluster of the same name with other nodes blocks everything")
  func otherNodes() {
    var facts = Self.configured(active: false)
    facts.file.content = facts.file.content?.replacing("pmm2", with: "pmm9")
    let plan = plan(facts, Self.bare)
    #expect(plan.proposal.steps.isEmpty)
    #expect(plan.proposal.findings[0].message.contains("pmm1, pmm9"))
  }

  @Test("Another timing is written on both nodes and reloaded by one")
  func reload() {
    let steps = plan(Self.configured(), Self.configured(), Example.spec(timing: .standard)).proposal.steps
    #expect(steps.map(\.stage) == [.files, .files, .cluster])
    #expect(steps[2].why.contains("totem.token"))
  }

  @Test("A reload that an interruption left undone is caught up with")
  func interruptedReload() {
    var facts = Self.configured()
    facts.running["totem.token"] = "3000"
    #expect(plan(facts, facts).proposal.steps.map(\.what) == ["Let the running Corosync read the new file"])
  }

  @Test("A second link is added to the running cluster")
  func secondLink() {
    let old = Self.configured(Example.spec(links: 1))
    #expect(plan(old, old).proposal.steps.map(\.stage) == [.files, .files, .cluster])
  }

  @Test("What a running Corosync cannot change is refused with what to do, and written where it is stopped")
  func restart() {
    var facts = Self.configured()
    facts.file.content = facts.file.content?.replacing("link_mode: passive", with: "link_mode: active")
    let live = plan(facts, facts).proposal
    #expect(live.steps.isEmpty)
    #expect(live.findings.map(\.severity) == [.blocking, .blocking])
    #expect(live.findings[0].message == "Corosync cannot change totem.link_mode while it runs")
    facts.active = false
    #expect(plan(facts, facts).proposal.steps.count == 2)
  }

  static let voted = CorosyncSpec(
    clusterName: spec.clusterName, nodes: spec.nodes, timing: spec.timing, device: .init(host: "vote", activeTest: "/bin/true"))

  @Test("A third vote comes and goes while both nodes run, and is caught up with where that was interrupted")
  func thirdVote() {
    var with = Self.configured(Self.voted)
    with.running["quorum.device.net.host"] = "vote"
    let without = Self.configured()
    let reload = "Let the running Corosync read the new file"
    #expect(plan(with, with, Self.voted) == CorosyncPlan(proposal: Proposal(), stopped: []))
    for (facts, spec) in [(without, Self.voted), (with, Self.spec)] {
      let proposal = plan(facts, facts, spec).proposal
      #expect(proposal.findings == [] && proposal.steps.map(\.stage) == [.files, .files, .cluster])
    }
    with.running["quorum.device.net.host"] = nil
    #expect(plan(with, with, Self.voted).proposal.steps.map(\.what) == [reload])
    var left = without
    left.running["quorum.device.net.host"] = "vote"
    #expect(plan(left, left).proposal.steps.map(\.what) == [reload])
  }

  @Test("Votes do not change while one node is down: the other one could lose its quorum", arguments: [true, false])
  func votesOfOne(adding: Bool) {
    let (old, new) = adding ? (Self.spec, Self.voted) : (Self.voted, Self.spec)
    let proposal = plan(Self.configured(old), Self.configured(old, active: false), new).proposal
    #expect(proposal.findings.map(\.severity) == [.blocking])
    #expect(proposal.findings[0].hint.contains("both nodes must run"))
  }

  @Test("A running cluster that pcs made is taken over without a restart")
  func adopted() throws {
    var facts = Self.configured()
    facts.file.content = try fixture("corosync-pcs-0.11.5-two-links.conf")
    facts.running["totem.consensus"] = nil
    let proposal = plan(facts, facts).proposal
    #expect(proposal.findings.isEmpty)
    #expect(proposal.steps.map(\.stage) == [.files, .files, .cluster])
  }

  @Test("A replaced node gets the running node's key")
  func replaced() {
    let steps = plan(Self.configured(), Self.bare).proposal.steps
    #expect(steps.map(\.id) == ["pmm2/Corosync/Write /etc/corosync/authkey", "pmm2/Corosync/Write /etc/corosync/corosync.conf"])
    guard case .write(let key) = steps[0].action else { return #expect(Bool(false)) }
    #expect(key.content.secrets == [.file("/etc/corosync/authkey", on: Example.pmm1)])
  }

  @Test("A name in the place of an address, as pcs writes it, means the node's first address")
  func names() throws {
    var facts = Self.configured(Example.spec(links: 1))
    facts.file.content = facts.file.content?.replacing("198.51.100.11", with: "pmm1").replacing("198.51.100.12", with: "pmm2")
    facts.running["nodelist.node.0.ring0_addr"] = "pmm1"
    facts.running["nodelist.node.1.ring0_addr"] = "pmm2"
    #expect(plan(facts, facts, Example.spec(links: 1)).proposal == Proposal())
    facts.file.content = facts.file.content?.replacing("ring0_addr: pmm1", with: "ring0_addr: db1")
    #expect(plan(facts, facts, Example.spec(links: 1)).proposal.findings.map(\.severity) == [.blocking, .blocking])
  }

  @Test("A forgotten node joins again: two-node mode returns while the other one runs")
  func joinsAgain() throws {
    var one = Self.configured()
    let alone = try #require(one.conf).without(Example.pmm2)
    #expect(alone.nodeNames == ["pmm1"] && alone.value("quorum", "two_node") == nil && alone.value("quorum", "wait_for_all") == nil)
    one.file.content = alone.description
    for key in one.running.keys where key.hasPrefix("nodelist.node.1.") { one.running[key] = nil }
    let proposal = plan(one, Self.bare).proposal
    #expect(proposal.findings.isEmpty)
    #expect(
      proposal.steps.map(\.id) == [
        "pmm2/Corosync/Write /etc/corosync/authkey", "pmm1/Corosync/Write /etc/corosync/corosync.conf",
        "pmm2/Corosync/Write /etc/corosync/corosync.conf", "pmm1/Corosync/Let the running Corosync read the new file",
      ])
    one.active = false
    #expect(plan(one, Self.bare).proposal.findings.map(\.severity) == [.blocking], "a stopped one may be anybody's")
  }

  @Test("Keys that differ while both nodes run are not touched")
  func twoKeys() {
    let proposal = plan(Self.configured(key: "aa"), Self.configured(key: "bb")).proposal
    #expect(proposal.steps.isEmpty)
    #expect(proposal.findings.map(\.severity) == [.blocking])
  }

  @Test("A key that others can read is named")
  func openKey() {
    var facts = Self.configured()
    facts.key?.mode = 0o644
    #expect(plan(facts, Self.configured()).proposal.findings.map(\.severity) == [.warning])
  }

  @Test("A cluster's name is one word", arguments: ["", "a b", "x{y", "debian"])
  func clusterNames(bad: String) {
    #expect(CorosyncSpec.problem(clusterName: bad) != nil)
    #expect(CorosyncSpec.problem(clusterName: "pmm-ha") == nil)
  }
}
