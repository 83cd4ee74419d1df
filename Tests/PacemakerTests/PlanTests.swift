import Testing

@testable import Core
@testable import Pacemaker

@Suite("Pacemaker's part of a plan") struct PlanTests {
  static let bare = try! PacemakerFacts(Answer("== absent"))

  /// A node of a cluster at rest that runs `desired`.
  static func running(_ desired: DesiredCIB = Example.desired) throws -> PacemakerFacts {
    let cib = try Tools.settled(desired.seed)
    var facts = bare
    facts.installed = true
    (facts.version, facts.featureSet) = ("2.1.5", "3.16.1")
    (facts.corosyncActive, facts.pacemakerActive, facts.enabled, facts.live) = (true, true, true, true)
    facts.authkey = "aa"
    facts.cib = try XMLNode(parsing: cib)
    facts.cibFile = .configured
    facts.state = try state(cib)
    facts.state?.dc = "pmm2"
    facts.state?.quorum = true
    return facts
  }

  func plan(_ first: PacemakerFacts, _ second: PacemakerFacts, _ desired: DesiredCIB = Example.desired, stopped: Set<NodeName> = [])
    -> PacemakerPlan
  {
    Example.spec.plan([node("pmm1"): first, node("pmm2"): second], desired: desired, stopped: stopped)
  }

  @Test("Bare nodes get the same configuration before their first start, and one waits for the service")
  func bare() {
    let plan = plan(Self.bare, Self.bare)
    let steps = plan.proposal().steps
    #expect(
      steps.map(\.id) == [
        "pmm1/Pacemaker/Write /etc/pacemaker/authkey", "pmm2/Pacemaker/Write /etc/pacemaker/authkey",
        "pmm1/Pacemaker/Place the cluster's configuration (3 resources, 2 fencing devices)",
        "pmm2/Pacemaker/Place the cluster's configuration (3 resources, 2 fencing devices)",
        "pmm1/Pacemaker/Start Corosync and Pacemaker, now and at every boot",
        "pmm2/Pacemaker/Start Corosync and Pacemaker, now and at every boot",
        "pmm1/Pacemaker/Wait until the service runs and Pacemaker has nothing left to do",
      ])
    #expect(steps.map(\.stage) == [.files, .files, .files, .files, .start, .start, .settle])
    #expect(steps[2].action == steps[3].action)
    #expect(steps.allSatisfy { $0.effects.isEmpty })
    #expect(plan.predictionQuestion == nil)
  }

  @Test("Applied twice is silent")
  func silent() throws {
    let facts = try Self.running()
    #expect(plan(facts, facts).proposal() == Proposal())
  }

  @Test("A service that does not run although it may is waited for, on the same node whoever is DC; one put aside is not")
  func down() throws {
    var facts = try Self.running()
    let last = try #require(facts.state?.resources.firstIndex { $0.id == "pmm_server" })
    facts.state?.resources[last].role = "Stopped"
    facts.state?.resources[last].nodes = []
    let steps = plan(facts, facts).proposal().steps
    #expect(steps.map(\.id) == ["pmm1/Pacemaker/Wait until the service runs and Pacemaker has nothing left to do"])
    #expect(steps.first?.why == "not running: pmm_server")
    var starting = facts
    starting.state = nil
    #expect(plan(starting, starting).proposal().steps.first?.why == "not running: pmm_fs, pmm_ip, pmm_server")
    for aside in [\ClusterState.Node.standby, \ClusterState.Node.maintenance] {
      var quiet = facts
      for index in facts.state!.nodes.indices { quiet.state?.nodes[index][keyPath: aside] = true }
      #expect(plan(quiet, quiet).proposal().steps.isEmpty)
    }
    var disabled = facts
    let mark = "<meta_attributes id=\"pmm-meta_attributes\">"
    disabled.cib = try XMLNode(
      parsing: #require(facts.cib).description.replacing(mark, with: mark + "<nvpair id=\"x\" name=\"target-role\" value=\"Stopped\"/>"))
    #expect(disabled.cib != facts.cib)
    #expect(plan(disabled, disabled).proposal().steps.isEmpty)
  }

  @Test("A difference is one change on the DC, disruptive unless the prediction says otherwise")
  func change() throws {
    let facts = try Self.running()
    var wanted = Example.desired
    wanted.group.members[1].parameters[1] = Pair("cidr_netmask", "25")
    let plan = plan(facts, facts, wanted)
    #expect(plan.predictionQuestion?.node == node("pmm2"))
    let blind = plan.proposal()
    #expect(blind.steps.map(\.stage) == [.cluster, .settle])
    #expect(blind.steps[0].effects == [.disrupts("what Pacemaker will do was not predicted")])
    #expect(blind.steps[0].why == "pmm_ip: cidr_netmask: 24 -> 25")
    #expect(plan.proposal(Prediction(lines: [], disruptsService: false)).steps[0].effects.isEmpty)
    let moved = Prediction(lines: ["restart pmm_ip: pmm1"], disruptsService: true)
    #expect(plan.proposal(moved).steps[0].effects == [.disrupts("restart pmm_ip: pmm1")])
  }

  @Test("The real prediction of a changed address is a restart of it and of what follows")
  func predicted() throws {
    let facts = try Self.running()
    var wanted = Example.desired
    wanted.group.members[1].parameters[1] = Pair("cidr_netmask", "25")
    let question = try #require(plan(facts, facts, wanted).predictionQuestion).question
    let cib = try #require(facts.cib).indented
    let output = try Tools.withFile(cib) { path in try Tools.run(question.script, cib: path) }
    let prediction = try question.read(Answer(output.text, status: output.status))
    #expect(prediction.disruptsService)
    #expect(prediction.lines.contains { $0.hasPrefix("restart pmm_ip") })
    #expect(prediction.lines.contains { $0.hasPrefix("restart pmm_server") })
    #expect(!prediction.lines.contains { $0.contains("pmm_fs") })
  }

  @Test("A question for a prediction leaves the CIB as it is")
  func predictionReads() throws {
    let facts = try Self.running()
    var wanted = Example.desired
    wanted.properties[2] = Pair("dc-deadtime", "7s")
    let question = try #require(plan(facts, facts, wanted).predictionQuestion).question
    let cib = try #require(facts.cib).indented
    try Tools.withFile(cib) { path in
      let output = try Tools.run(question.script, cib: path)
      let after = try String(contentsOfFile: path, encoding: .utf8)
      #expect(output.status == 0)
      #expect(after == cib)
    }
  }

  @Test("A seed that an interruption left on one node is placed on the other, too")
  func interruptedSeed() throws {
    var seeded = Self.bare
    seeded.installed = true
    seeded.cib = try XMLNode(parsing: Example.desired.seed)
    seeded.cibFile = .seeded
    let steps = plan(seeded, Self.bare).proposal().steps.filter { $0.what.hasPrefix("Place") }
    #expect(steps.map(\.node) == [node("pmm2")])
  }

  @Test("The blank CIB of the package's first start is seeded over once that is stopped, not while it runs")
  func blank() throws {
    var example = Self.bare
    example.installed = true
    (example.corosyncActive, example.pacemakerActive, example.live) = (true, true, true)
    example.cib = try XMLNode(
      parsing: "<cib admin_epoch=\"0\" epoch=\"5\"><configuration><crm_config/><nodes/><resources/><constraints/></configuration></cib>")
    example.cibFile = .blank
    let both: Set<NodeName> = [node("pmm1"), node("pmm2")]
    let stopped = plan(example, example, stopped: both).proposal().steps
    #expect(stopped.filter { $0.what.hasPrefix("Place") }.count == 2)
    #expect(stopped.filter { $0.stage == .start }.count == 2)
    #expect(plan(example, example).proposal().steps.allSatisfy { !$0.what.hasPrefix("Place") })
  }

  @Test("A stopped cluster is started, then changed from what its newest file says")
  func stopped() throws {
    var old = try Self.running()
    (old.corosyncActive, old.pacemakerActive, old.live, old.state) = (false, false, false, nil)
    var new = old
    new.cib?["epoch"] = "99"
    var wanted = Example.desired
    wanted.group.meta[1] = Pair("resource-stickiness", "200")
    let plan = plan(old, new, wanted)
    let steps = plan.proposal().steps
    #expect(steps.map(\.stage) == [.start, .start, .cluster, .settle])
    #expect(steps[2].node == node("pmm2") && steps[2].effects.isEmpty)
    #expect(plan.predictionQuestion == nil)
    guard case .run(let script) = steps[2].action else { return #expect(Bool(false)) }
    #expect(script["WAIT"] == "60" && script["EPOCH"] == "+0.99")
  }

  @Test("A Pacemaker that runs and does not answer blocks: nothing is edited from its file on the disk")
  func unanswered() throws {
    var silent = try Self.running()
    (silent.live, silent.state, silent.unanswered) = (false, nil, Unknown("cibadmin --query", "it gave no answer in 5 s"))
    var wanted = Example.desired
    wanted.group.meta[1] = Pair("resource-stickiness", "200")
    for plan in [plan(silent, silent, wanted), plan(try Self.running(), silent, wanted)] {
      #expect(plan.proposal().findings.contains { $0.severity == .blocking && $0.message.contains("does not answer") })
      #expect(plan.edit == nil && plan.predictionQuestion == nil)
    }
    let text = try fixture("probe-pacemaker-2.1.5-running.txt")
    let cut = try #require(text.range(of: "== state"))
    let facts = try PacemakerFacts(Answer(String(text[..<cut.upperBound]) + "\ncrm_mon: Connection to cluster failed\n"))
    #expect(facts.state == nil && facts.unanswered?.tool == "crm_mon")
    let file = try PacemakerFacts(Answer(text.replacing("\n== live\n", with: "\n")))
    #expect(file.unanswered?.tool == "cibadmin --query")
  }

  @Test("A replaced node is started and gets the cluster's CIB from the other one")
  func replaced() throws {
    let steps = plan(try Self.running(), Self.bare).proposal().steps
    #expect(
      steps.map(\.what) == [
        "Write /etc/pacemaker/authkey", "Start Corosync and Pacemaker, now and at every boot",
        "Wait until the service runs and Pacemaker has nothing left to do",
      ])
    #expect(steps[0].node == node("pmm2") && steps[1].node == node("pmm2"))
    guard case .write(let key) = steps[0].action else { return #expect(Bool(false)) }
    #expect(key.content.secrets == [.file("/etc/pacemaker/authkey", on: node("pmm1"))])
  }

  @Test("Different versions are a warning; one too old to join blocks")
  func versions() throws {
    let facts = try Self.running()
    var cluster = facts
    cluster.cib?["crm_feature_set"] = "3.17.0"
    var older = facts
    (older.version, older.featureSet, older.live, older.pacemakerActive) = ("2.1.4", "3.15.2", false, false)
    let findings = plan(cluster, older).proposal().findings
    #expect(findings.map(\.severity) == [.warning, .blocking])
    #expect(findings[0].message.contains("2.1.5 on pmm1, 2.1.4 on pmm2"))
    #expect(findings[1].place == "pmm2")
  }

  @Test("Settling waits for the members, and for as long as they may take")
  func settle() {
    guard case .run(let script) = Example.desired.settleStep(on: node("pmm1")).action else { return #expect(Bool(false)) }
    #expect(script["MEMBERS"] == "pmm_fs pmm_ip pmm_server")
    #expect(script["TIMEOUT"] == "180")
  }

  @Test("Settling ends at once where all is well, and names what does not run where it is not")
  func settled() throws {
    guard case .run(let script) = Example.desired.settleStep(on: node("pmm1")).action else { return #expect(Bool(false)) }
    let well = try Tools.withFile(Tools.settled(Example.desired.seed)) { try Tools.run(script, cib: $0) }
    #expect(well.status == 0 && well.text == "")
    let quick = Script("settle", PackageResources.settle_sh, ["MEMBERS": "pmm_fs nothing", "TIMEOUT": "1"])
    let ill = try Tools.withFile(Tools.settled(Example.desired.seed)) { try Tools.run(quick, cib: $0) }
    #expect(ill.status == 1)
    #expect(ill.text.contains("Not running: nothing."))
  }
}
