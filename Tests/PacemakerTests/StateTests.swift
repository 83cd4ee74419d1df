import Testing

@testable import Core
@testable import Pacemaker

@Suite("What the cluster says of itself") struct StateTests {
  @Test("After a crash: who runs what, who was fenced by whom")
  func crash() throws {
    let state = try ClusterState(fixture("crm_mon-2.1.5-after-crash.xml"))
    #expect(state.dc == "pmm2")
    #expect(state.quorum && state.fencingEnabled && !state.maintenanceMode && !state.mixedVersion)
    #expect(state.nodes.map(\.online) == [false, true])
    #expect(state.nodes.map(\.isDC) == [false, true])
    #expect(state.resource("pmm_ip")?.nodes == ["pmm2"])
    #expect(state.resource("pmm_ip")?.group == "pmm")
    // The server was not up yet when this was taken.
    #expect(state.resource("pmm_server")?.isUp == false)
    #expect(state.home(of: "pmm") == nil)
    #expect(state.resource("fence_pmm1")?.isFencingDevice == true)
    #expect(
      state.fencing == [
        .init(
          target: "pmm1", action: "reboot", delegate: "pmm2", client: "pacemaker-controld.323", status: "success", reason: "",
          when: "2026-11-23 06:45:35Z")
      ])
    #expect(state.findings.map(\.place) == ["pmm1"])
  }

  @Test("A failed monitor is named with the agent's own reason")
  func failure() throws {
    let state = try ClusterState(fixture("crm_mon-2.1.5-monitor-failed.xml"))
    #expect(
      state.failures == [
        .init(
          resource: "pmm_server", task: "monitor", node: "pmm1", status: "not running", reason: "No process state file found",
          when: "2026-11-23 06:45:26Z")
      ])
    #expect(state.findings.contains { $0.place == "pmm_server" && $0.message.contains("No process state file found") })
  }

  @Test("Since when a resource runs is its last start on its node")
  func since() throws {
    let state = try ClusterState(Answer(fixture("probe-pacemaker-2.1.5-running.txt")).sections["state"] ?? "")
    #expect(state.home(of: "pmm") == "pmm2")
    #expect(state.resource("pmm_server")?.since?.isEmpty == false)
    #expect(state.members(of: "pmm").map(\.id) == ["pmm_ip", "pmm_server"])
  }

  @Test("A cluster that does not run is an error in crm_mon's own words")
  func notRunning() throws {
    let sections = Answer(try fixture("probe-pacemaker-2.1.5-stopped.txt")).sections
    let error = #expect(throws: NoClusterState.self) { try ClusterState(sections["state"] ?? "") }
    #expect(error?.description.contains("Not connected") == true)
    #expect(error?.description.contains("Connection to cluster failed") == true)
    #expect(throws: NoClusterState.self) { try ClusterState("") }
    #expect(throws: NoClusterState.self) { try ClusterState("crm_mon: command not found") }
  }

  @Test("A saved CIB tells its state through crm_mon")
  func saved() throws {
    #expect(try state(Tools.settled(Example.desired.seed)).members(of: "pmm").allSatisfy(\.isUp))
  }

  @Test("Running, stopped and bare nodes are told apart")
  func facts() throws {
    let running = try PacemakerFacts(Answer(fixture("probe-pacemaker-2.1.5-running.txt")))
    #expect(running.version == "2.1.5" && running.featureSet == "3.16.1")
    #expect(running.corosyncActive && running.pacemakerActive && running.enabled && running.live)
    #expect(running.cibFile == .configured)
    #expect(running.epoch?.hasPrefix("0.") == true)
    #expect(running.authkey?.count == 64)
    let stopped = try PacemakerFacts(Answer(fixture("probe-pacemaker-2.1.5-stopped.txt")))
    #expect(!stopped.pacemakerActive && !stopped.live && stopped.enabled)
    #expect(stopped.cibFile == .configured && stopped.unanswered == nil && stopped.state == nil)
    #expect(try !PacemakerFacts(Answer("== absent")).installed)
    #expect(throws: UnreadableAnswer.self) { try PacemakerFacts(Answer("sh: 1: permission denied")) }
  }

  @Test("The CIB that the package's first start leaves counts as blank")
  func example() throws {
    let facts = try PacemakerFacts(Answer(fixture("probe-pacemaker-2.1.5-debian-default.txt")))
    #expect(facts.live && facts.cibFile == .blank)
  }

  @Test("What is encoded holds no foreign password")
  func redacted() throws {
    let facts = try PacemakerFacts(Answer(fixture("probe-pacemaker-2.1.5-running.txt")))
    let passwords = facts.cib?.descendants("nvpair").filter { $0["name"] == "password" }.compactMap { $0["value"] } ?? []
    #expect(!passwords.isEmpty)
    #expect(passwords.allSatisfy { facts.cib?.redacted.description.contains($0) == false })
  }

  @Test("A member that would stop counts as disruption, with the reason")
  func prediction() throws {
    let answer = Answer(try fixture("predict-2.1.5-remove-address.txt"))
    #expect(
      try Prediction(answer, service: ["pmm", "pmm_ip", "pmm_server"])
        == Prediction(lines: ["stop pmm_ip: pmm1 (node availability)"], disruptsService: true))
    #expect(try !Prediction(answer, service: []).disruptsService)
    #expect(throws: UnreadableAnswer.self) { try Prediction(Answer("Someone changed the cluster's configuration", status: 1), service: []) }
  }
}
