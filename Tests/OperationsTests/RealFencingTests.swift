import Foundation
import Testing

@testable import Core
@testable import Operations
@testable import Pacemaker

@Suite("Who may be fenced for a test") struct RealFencingTests {
  private let nodes = [try! NodeName("pmm1"), try! NodeName("pmm2")]

  /// As recorded, with nobody in standby and PMM ready.
  private func status(_ change: (inout ClusterStatus) -> Void = { _ in }) throws -> ClusterStatus {
    let url = try #require(Bundle.module.url(forResource: "probe-status-2.1.5-standby", withExtension: "txt", subdirectory: "Fixtures"))
    var status = try ClusterStatus(Answer(String(contentsOf: url, encoding: .utf8)), url: nil)
    status.findings = []
    change(&status)
    return status
  }

  @Test("Only the passive node, from the active one")
  func passive() throws {
    let (target, from) = try RealFencing.candidate(nil, in: status(), nodes: nodes)
    #expect(target == nodes[0] && from == nodes[1])
    let active = #expect(throws: NotFenced.self) { try RealFencing.candidate(nodes[1], in: status(), nodes: nodes) }
    #expect(active?.description.contains("The service runs on pmm2, so it is not fenced") == true)
  }

  @Test("Nobody, where something is wrong already")
  func unhealthy() throws {
    let warned = try status { $0.findings = [Finding(.warning, at: "pmm1", "it is in standby", hint: "")] }
    let error = #expect(throws: NotFenced.self) { try RealFencing.candidate(nil, in: warned, nodes: nodes) }
    #expect(error?.description.contains("not healthy, so nobody is fenced: pmm1: it is in standby") == true)
    let down = try status { $0.service.node = nil }
    #expect(throws: NotFenced.self) { try RealFencing.candidate(nil, in: down, nodes: nodes) }
    #expect(throws: NotFenced.self) { try RealFencing.candidate(NodeName("pmm3"), in: status(), nodes: nodes) }
  }

  @Test("Records of real fencings are read, and one that failed is a danger")
  func records() throws {
    let url = try #require(Bundle.module.url(forResource: "probe-status-2.1.5-standby", withExtension: "txt", subdirectory: "Fixtures"))
    let text = try String(contentsOf: url, encoding: .utf8)
    func read(_ result: String) throws -> ClusterStatus {
      try ClusterStatus(
        Answer(text.replacing("== service", with: "== fenced\npmm1 result=\(result) time=100 confirmed=2.1 online=14.0\n== service")),
        url: nil)
    }
    let passed = try read("passed")
    #expect(passed.reallyFenced["pmm1"]?.confirmed == 2.1 && passed.reallyFenced["pmm1"]?.online == 14)
    #expect(passed.reallyFenced["pmm1"]?.tested.at == 100)
    #expect(try read("failed").findings.contains { $0.severity == .danger && $0.message.contains("that did not work") })
    #expect(try #require(ClusterStatus(merging: [try status(), passed])).reallyFenced["pmm1"]?.tested.passed == true)
  }

  @Test("What only one node remembers was done; a node that was fenced hears of it later")
  func events() throws {
    var (fenced, other) = (try status(), try status())
    let event = ClusterState.FenceEvent(
      target: "pmm1", action: "reboot", delegate: "pmm2", client: "stonith_admin.7", status: "success", reason: "",
      when: "2026-11-25 18:19:44Z")
    fenced.state?.fencing = []
    other.state?.fencing = [event]
    #expect(try #require(ClusterStatus(merging: [fenced, other])).state?.fencing == [event])
    #expect(try #require(ClusterStatus(merging: [other, other])).state?.fencing == [event])
  }
}
