import Testing

@testable import Core
@testable import Pacemaker

@Suite("The CIB that both nodes start with") struct SeedTests {
  @Test("crm_verify at its strictest has nothing to say")
  func verified() throws {
    try Tools.withFile(Tools.settled(Example.desired.seed)) { path in
      let output = try Tools.run("crm_verify", "-VV", "--xml-file", path)
      #expect(output.text == "")
      #expect(output.status == 0)
    }
  }

  @Test("crm_verify does find fault with a wrong one")
  func canFail() throws {
    var wrong = Example.desired
    wrong.locations.append(.init("location-x", resource: "nothing", node: node("pmm1"), score: "1"))
    try Tools.withFile(wrong.seed) { path in
      let output = try Tools.run("crm_verify", "--xml-file", path)
      #expect(output.status != 0)
    }
  }

  @Test("Pacemaker starts mount, address and PMM in this order on one node, and each fencing device away from its target")
  func startOrder() throws {
    let output = try Tools.withFile(Example.desired.seed) { path in
      try Tools.run(
        "crm_simulate", "--run", "--xml-file", path, "--node-up", "pmm1", "--node-up", "pmm2", "--quorum", "1", "--output-as=xml"
      ).text
    }
    let starts = try Transition.all(in: output)
    #expect(Set(starts.map(\.action)) == ["start"])
    #expect(starts.filter { $0.object.hasPrefix("pmm_") }.map(\.object) == ["pmm_fs", "pmm_ip", "pmm_server"])
    #expect(Set(starts.filter { $0.object.hasPrefix("pmm_") }.map(\.from)).count == 1)
    #expect(starts.first { $0.object == "fence_pmm1" }?.from == "pmm2")
    #expect(starts.first { $0.object == "fence_pmm2" }?.from == "pmm1")
  }

  @Test("The preferred node gets the service first and does not pull it back", arguments: ["pmm1", "pmm2"])
  func preferred(name: String) throws {
    let spec = PacemakerSpec(nodes: Example.spec.nodes, timing: .fast, preferredNode: node(name))
    let other = name == "pmm1" ? "pmm2" : "pmm1"
    let running = try Tools.settled(DesiredCIB.merge(Example.fragments(), spec).seed)
    #expect(try home(running) == name)
    let moved = try simulate(running, "--node-down", name)
    #expect(try home(moved) == other)
    let back = try simulate(moved, "--node-up", name)
    #expect(try home(back) == other)
  }

  @Test("The head start is the timing's or the spec's, and none where a third vote decides")
  func headStarts() {
    func delay(_ timing: Timing, thirdVote: Bool = false, _ own: Int? = nil) -> [String] {
      let spec = PacemakerSpec(nodes: Example.spec.nodes, timing: timing, thirdVote: thirdVote, priorityFencingDelay: own)
      return DesiredCIB.merge(Example.fragments(), spec).properties.filter { $0.name == "priority-fencing-delay" }.map(\.value)
    }
    #expect(Timing.allCases.map { delay($0) } == [["2s"], ["5s"], ["20s"]])
    #expect(delay(.fast, 9) == ["9s"] && delay(.fast, thirdVote: true) == ["0s"] && delay(.cloud, thirdVote: true, 9) == ["9s"])
  }

  @Test("A node that is lost while it runs the service gets a head start, the other one none")
  func headStart() throws {
    let running = try Tools.settled(Example.desired.seed)
    let active = try #require(try home(running))
    for lost in ["pmm1", "pmm2"] {
      let graph = try Tools.withFile(running) { path in
        try Tools.run(
          "sh", "-c",
          "crm_simulate --quiet --run --xml-file '\(path)' --node-fail \(lost) --save-graph '\(path).graph' >/dev/null; cat '\(path).graph'; rm '\(path).graph'"
        )
      }
      #expect(graph.text.contains("CRM_meta_priority_fencing_delay=\"\(lost == active ? 2 : 0)\""))
    }
  }

  @Test("One device, or a delay of the spec's own, needs no head start")
  func noHeadStart() {
    let one = DesiredCIB.merge(Example.fragments(fencing: [Example.device("fence_pmm1", for: "pmm1")]), Example.spec)
    #expect(!one.properties.contains { $0.name == "priority-fencing-delay" })
    var delayed = Example.device("fence_pmm1", for: "pmm1")
    delayed.parameters.append(Pair("pcmk_delay_base", "5s"))
    let two = DesiredCIB.merge(Example.fragments(fencing: [delayed, Example.device("fence_pmm2", for: "pmm2")]), Example.spec)
    #expect(!two.properties.contains { $0.name == "priority-fencing-delay" })
  }

  @Test("A node with two devices gets fencing levels, and stonith-timeout covers both")
  func levels() throws {
    var slow = Example.device("fence_pmm1_2", for: "pmm1")
    slow.parameters.append(Pair("pcmk_reboot_timeout", "300"))
    let desired = DesiredCIB.merge(
      Example.fragments(fencing: [Example.device("fence_pmm1", for: "pmm1"), slow, Example.device("fence_pmm2", for: "pmm2")]), Example.spec
    )
    #expect(desired.levels.map(\.devices) == [["fence_pmm1"], ["fence_pmm1_2"]])
    #expect(desired.properties.contains(Pair("stonith-timeout", "360s")))
    try Tools.withFile(Tools.settled(desired.seed)) { path in
      let output = try Tools.run("crm_verify", "-VV", "--xml-file", path)
      #expect(output.text == "")
    }
  }

  @Test("Two outlets of one level are used together, and off both before on")
  func together() throws {
    var fragments = Example.fragments(
      fencing: ["fence_pmm1", "fence_pmm1_2", "fence_pmm1_3"].map { Example.device($0, for: "pmm1") } + [
        Example.device("fence_pmm2", for: "pmm2")
      ])
    fragments[fragments.count - 1].fencingLevels = ["fence_pmm1": 2, "fence_pmm1_2": 1, "fence_pmm1_3": 1]
    let desired = DesiredCIB.merge(fragments, Example.spec)
    #expect(desired.levels.map(\.index) == [1, 2])
    #expect(desired.levels.map(\.devices) == [["fence_pmm1_2", "fence_pmm1_3"], ["fence_pmm1"]])
    #expect(desired.properties.contains(Pair("stonith-timeout", "300s")), "two devices off and on again, then the third")
    try Tools.withFile(Tools.settled(desired.seed)) { path in
      let output = try Tools.run("crm_verify", "-VV", "--xml-file", path)
      #expect(output.text == "")
    }
    let live = try XMLNode(parsing: Tools.settled(desired.seed))
    #expect(desired.edit(live).changes.isEmpty)
  }

  @Test("Without fencing devices Pacemaker starts nothing, unless the spec says that it accepts that")
  func noFencing() throws {
    var accepted = CIBFragment()
    accepted.properties = [Pair("stonith-enabled", "false")]
    let refused = DesiredCIB.merge(Example.fragments(fencing: []), Example.spec)
    #expect(try home(Tools.settled(refused.seed)) == nil)
    let open = DesiredCIB.merge(Example.fragments(fencing: []) + [accepted], Example.spec)
    let opened = try state(Tools.settled(open.seed))
    #expect(opened.home(of: "pmm") != nil)
    #expect(opened.findings.contains { $0.severity == .danger && $0.place == "stonith-enabled" })
  }

  private func home(_ cib: String) throws -> String? { try state(cib).home(of: "pmm") }

  private func simulate(_ cib: String, _ change: String, _ node: String) throws -> String {
    try Tools.withFile(cib) { path in
      try Tools.run(
        "sh", "-c",
        "crm_simulate --simulate --quiet --xml-file '\(path)' \(change) \(node) --quorum 1 --save-output '\(path).new' >/dev/null; cat '\(path).new'; rm '\(path).new'"
      ).text
    }
  }
}

func state(_ cib: String) throws -> ClusterState {
  try Tools.withFile(cib) { path in
    try ClusterState(Tools.run("crm_mon", "--output-as=xml", "--inactive", environment: ["CIB_file": path]).text)
  }
}
