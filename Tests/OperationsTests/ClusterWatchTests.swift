import Foundation
import Testing

@testable import Core
@testable import Operations
@testable import Pacemaker
@testable import Transport

private let (pmm1, pmm2) = (try! NodeName("pmm1"), try! NodeName("pmm2"))

@Suite("Waiting for the cluster to reach a state") struct ClusterWatchTests {
  /// crm_mon's answer: who is online, who is in standby, where PMM runs and what it does.
  private static func state(
    offline: String = "", standby: String = "", on home: String? = "pmm1", role: String = "Started", pending: String? = nil
  ) -> String {
    let nodes = ["pmm1", "pmm2"].map { name in
      "<node name=\"\(name)\" online=\"\(name != offline)\" standby=\"\(name == standby)\" maintenance=\"false\" pending=\"false\" unclean=\"false\"/>"
    }
    let resource =
      "<resource id=\"pmm_server\" resource_agent=\"ocf:pmm-ha:pmm-server\" role=\"\(role)\" failed=\"false\"\(pending.map { " pending=\"\($0)\"" } ?? "")>"
      + (home.map { "<node name=\"\($0)\"/>" } ?? "") + "</resource>"
    return """
      <pacemaker-result>
      <summary><current_dc present="true" name="pmm1" with_quorum="true"/><cluster_options stonith-enabled="true"/></summary>
      <nodes>\(nodes.joined())</nodes>
      <resources><group id="pmm">\(resource)</group></resources>
      <status code="0" message="OK"/>
      </pacemaker-result>
      """
  }

  private func read(_ text: String) throws -> ClusterState { try ClusterState(text) }

  @Test("Standby: the service has left where it is started elsewhere, or stopped and no other node can take it")
  func standby() throws {
    func left(_ text: String) throws -> Bool { try read(text).hasLeft(pmm1, "pmm_server") }
    #expect(try left(Self.state(standby: "pmm1", on: "pmm2")))
    #expect(try left(Self.state(offline: "pmm2", standby: "pmm1", on: nil, role: "Stopped")))
    #expect(try !left(Self.state(standby: "pmm1", on: nil, role: "Stopped")), "pmm2 is about to take it")
    #expect(try !left(Self.state(standby: "pmm1")))
    #expect(try !left(Self.state(standby: "pmm1", on: "pmm1", role: "Stopping")))
    #expect(try !left(Self.state(standby: "pmm1", on: "pmm2", role: "Starting", pending: "Starting")))
    #expect(try !read(Self.state(on: "pmm2").replacing("pmm_server", with: "other")).hasLeft(pmm1, "pmm_server"))
    #expect(try !read(Self.state(on: "pmm2").replacing("name=\"pmm1\" online", with: "name=\"pmm3\" online")).hasLeft(pmm1, "pmm_server"))
  }

  /// What watch-cluster.sh prints on a node: each text is a look with its exit status.
  private func door(_ looks: (String, Int)...) -> FakeDoor {
    FakeDoor(["pmm1": [:]], looks: looks.map { ($0.0, $0.1) })
  }

  @Test("A look that failed, was cut off or is empty makes nothing true, and the next good one counts")
  func failures() async throws {
    let good = Self.state(standby: "pmm1", on: "pmm2")
    for bad in [("", 1), ("", 0), (String(good.prefix(200)), 0), ("crm_mon: Error", 102), (good, 1), ("", 124)] {
      let verbs = Verbs(door: door(bad, (Self.state(standby: "pmm1"), 0), bad, (good, 0)))
      #expect(try await verbs.standby(pmm1, through: pmm1, limit: 5) == .on(pmm2))
      let error = await #expect(throws: NodeFailure.self) { try await Verbs(door: door(bad)).standby(pmm1, through: pmm1, limit: 5) }
      #expect(error?.description.contains("ended while it waited for the service to leave pmm1") == true)
    }
  }

  @Test("Who waited in vain is told what stands in the way, and that a crm_mon never answered")
  func inVain() async throws {
    let stuck = door((Self.state(standby: "pmm1"), 0))
    stuck.staysOpen = true
    let error = await #expect(throws: StillWaiting.self) { try await Verbs(door: stuck).standby(pmm1, through: pmm1, limit: 1) }
    #expect(error?.description.contains("after 1 s still waiting: the service to leave pmm1") == true)
    let mute = door(("", 124))
    mute.staysOpen = true
    let other = await #expect(throws: StillWaiting.self) { try await Verbs(door: mute).unstandby(pmm1, through: pmm1, limit: 1) }
    #expect(other?.description.contains("crm_mon did not answer in 10 s") == true)
  }

  @Test("The script's frames are read back, with crm_mon's status and its words")
  func frames() throws {
    var frames = Frames()
    for line in "m begin\n\(Self.state())".split(separator: "\n") { #expect(frames.read(String(line), mark: "m") == nil) }
    #expect(frames.read("m end 0", mark: "m")?.active("pmm_server") == "pmm1")
    #expect(frames.read("m end 0", mark: "m") == nil, "an end without a beginning")
    for line in ["m begin", "crm_mon: Connection failed"] { _ = frames.read(line, mark: "m") }
    #expect(frames.read("m end 102", mark: "m") == nil)
    guard case .failure(let why) = frames.last else {
      Issue.record("the last look failed")
      return
    }
    #expect(why.description.contains("Connection failed"))
  }

  @Test("Where a script says that the service runs: a node, nowhere, or nothing that can be read")
  func place() throws {
    #expect(try ServicePlace(saidBy: "move", "a word before\npmm2\n") == .on(pmm2))
    #expect(try ServicePlace(saidBy: "move", "nowhere") == .nowhere)
    #expect(throws: UnreadableAnswer.self) { try ServicePlace(saidBy: "move", "") }
    #expect(throws: UnreadableAnswer.self) { try ServicePlace(saidBy: "move", "Segmentation fault") }
  }
}
