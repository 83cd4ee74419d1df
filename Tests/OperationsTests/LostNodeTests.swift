import Foundation
import SpecFile
import Synchronization
import Testing

@testable import Cluster
@testable import Core
@testable import Fencing
@testable import Operations
@testable import Pacemaker
@testable import Transport

private let (pmm1, pmm2) = (try! NodeName("pmm1"), try! NodeName("pmm2"))

@Suite("What is shown of a lost node before it is confirmed or forgotten") struct LostNodeTests {
  private let spec = try! LoadedSpec(yaml: Schema.exampleText, file: "pmm-ha.yml").cluster
  private static let alone = membership("         1          1 pmm1 (local)\n", "1 pmm1 member\n2 pmm2 lost\n")

  private static func membership(_ corosync: String, _ pacemaker: String, status: Int = 0) -> String {
    """
    == corosync-quorumtool status
    0
    == corosync-quorumtool
    Membership information
    ----------------------
        Nodeid      Votes Name
    \(corosync)
    == crm_node status
    \(status)
    == crm_node
    \(pacemaker)
    """
  }

  /// crm_mon's words on pmm1 about pmm2: attributes that replace those of a node that was fenced.
  private static func state(_ pmm2: String = "online=\"false\" pending=\"false\" unclean=\"false\"") -> String {
    """
    <pacemaker-result api-version="2.25" request="crm_mon --output-as=xml">
      <summary><current_dc present="true" name="pmm1" with_quorum="true"/><cluster_options stonith-enabled="true"/></summary>
      <nodes>
        <node name="pmm1" id="1" online="true" standby="false" maintenance="false" pending="false" unclean="false" is_dc="true"/>
        \(pmm2.isEmpty ? "" : "<node name=\"pmm2\" id=\"2\" \(pmm2) standby=\"false\" maintenance=\"false\"/>")
      </nodes>
      <resources/>
      <status code="0" message="OK"/>
    </pacemaker-result>
    """
  }

  private func door(
    _ state: String, _ membership: String = alone, power: String = "fence_pmm2 off\n", more: [String: Result<Answer, NodeFailure>] = [:],
    pmm2: [String: Result<Answer, NodeFailure>] = [:]
  ) -> FakeDoor {
    let own: [String: Result<Answer, NodeFailure>] = [
      "probe-status": .success(Answer("== node\npmm1\n1795420991\n== state\n\(state)\n== cluster\npmm-ha\n")),
      "probe-membership": .success(Answer(membership)), "probe-power": .success(Answer(power)),
      "probe-daemon": .success(Answer("running\n")),
    ]
    // A node that is confirmed counts as clean from then on.
    return FakeDoor(["pmm1": own.merging(more) { $1 }, "pmm2": pmm2], looks: [(Self.state(), 0)])
  }

  private func look(_ door: FakeDoor) async throws -> LostNode { try await lookAtLost(pmm2, of: spec, from: pmm1, through: door) }

  private func refused(_ door: FakeDoor, _ words: String, _ comment: Comment? = nil) async throws {
    let failure = await #expect(throws: NodeFailure.self, comment) { try await look(door) }
    #expect(failure?.description.contains(words) == true, "\(String(describing: failure))")
    #expect(door.performed.isEmpty)
  }

  @Test("A node that crm_mon shows as offline, and that Corosync has lost, is lost")
  func lost() async throws {
    let fenced = try await look(door(Self.state()))
    #expect(fenced.isListed && !fenced.isUnclean && fenced.power == .off(by: ["fence_pmm2"]))
    let unclean = try await look(door(Self.state("online=\"false\" pending=\"false\" unclean=\"true\"")))
    #expect(unclean.isUnclean)
  }

  @Test(
    "A crm_mon that fails, prints nothing, half or garbage shows nothing of a node: refused by the tool's and the node's name",
    arguments: [
      "", "crm_mon: command not found", "Terminated", String(state().prefix(400)), "<pacemaker-result/>",
      "<pacemaker-result><status code=\"102\" message=\"Not connected\"/></pacemaker-result>",
      state("online=\"false\" pending=\"false\""), state("unclean=\"false\" pending=\"false\""),
    ])
  func noState(_ state: String) async throws {
    try await refused(door(state), "crm_mon")
    try await refused(door(state), "so it is not known whether pmm2 is lost")
  }

  @Test("A node that one of the three witnesses shows as a member is not lost")
  func living() async throws {
    try await refused(door(Self.state("online=\"true\" pending=\"false\" unclean=\"false\"")), "it is not dead")
    try await refused(door(Self.state("online=\"false\" pending=\"true\" unclean=\"false\"")), "it is not dead")
    let both = Self.membership("         1          1 pmm1 (local)\n         2          1 pmm2\n", "1 pmm1 member\n2 pmm2 member\n")
    try await refused(door(Self.state(), both), "Corosync on pmm1 is not alone")
  }

  @Test(
    "A Corosync whose members cannot be read has not said that it is alone",
    arguments: ["Cannot initialize QUORUM service", "", "         2          1 pmm2"])
  func noMembership(_ corosync: String) async throws {
    let words = corosync.contains("pmm2") ? "corosync-quorumtool" : "corosync-quorumtool -l"
    try await refused(door(Self.state(), Self.membership(corosync, "1 pmm1 member\n")), words)
  }

  @Test("A third vote is no member")
  func thirdVote() async throws {
    let voted = Self.membership(
      "         1          1    A,V,NMW pmm1 (local)\n         0          1            Qdevice\n", "1 pmm1 member\n")
    #expect(try await look(door(Self.state(), voted)).isListed)
  }

  @Test("A node that crm_mon leaves out is gone only where crm_node answers and leaves it out, too")
  func unlisted() async throws {
    let forgotten = Self.membership("         1          1 pmm1 (local)\n", "1 pmm1 member\n")
    #expect(try await !look(door(Self.state(""), forgotten)).isListed)
    #expect(try await !look(door(Self.state(""))).isListed, "a node that was removed stays lost there")
    let member = Self.membership("         1          1 pmm1 (local)\n", "1 pmm1 member\n2 pmm2 member\n")
    try await refused(door(Self.state(""), member), "crm_node -l does")
    let failed = Self.membership("         1          1 pmm1 (local)\n", "crm_node: Connection refused\n", status: 102)
    try await refused(door(Self.state(""), failed), "crm_node -l: exit status 102")
    try await refused(door(Self.state(""), Self.membership("         1          1 pmm1 (local)\n", "")), "crm_node -l: exit status 0")
  }

  @Test("A clean node whose device says on is gone only where its machine says that it runs nothing")
  func idle() async throws {
    func gone(_ idle: String?) async throws -> Proof<Gone> {
      let answer = idle.map { ["probe-idle": Result<Answer, NodeFailure>.success(Answer($0))] } ?? [:]
      let door = door(Self.state(), power: "fence_pmm2 on\n", pmm2: answer)
      return try await release(look(door), of: spec, through: door) { _ in throw NotProven("nobody is asked") }
    }
    let units = ["pacemaker", "corosync", "pmm-server"].map { "\($0).service ActiveState=inactive\n" }.joined()
    #expect(try await gone(units + "programs seen=yes\n").node == pmm2)
    await #expect(throws: NotProven.self) { try await gone(units + "programs seen=yes corosync\n") }
    await #expect(throws: NotProven.self) { try await gone(units.replacing("inactive", with: "active") + "programs seen=yes\n") }
    await #expect(throws: NotProven.self) { try await gone(units + "programs seen=no\n") }
    await #expect(throws: NotProven.self) { try await gone(units) }
    await #expect(throws: NotProven.self) { try await gone("") }
    await #expect(throws: NotProven.self) { try await gone(nil) }
  }

  @Test("An unclean node is confirmed by its devices, and never while one of them says on")
  func unclean() async throws {
    let unclean = Self.state("online=\"false\" pending=\"false\" unclean=\"true\"")
    let off = door(unclean)
    let proof = try await release(look(off), of: spec, through: off) { _ in throw NotProven("nobody is asked") }
    #expect(proof.evidence == "fence_pmm2 says that it is off" && off.performed.map(\.script?.name) == ["confirm-off"])
    let on = door(unclean, power: "fence_pmm2 on\n")
    await #expect(throws: NotProven.self) {
      try await release(look(on), of: spec, through: on) { _ in try #require(PersonsWord("pmm2", that: pmm2)) }
    }
    #expect(on.performed.isEmpty)
  }

  @Test(
    "A person's word counts where no device tells and the machine is silent, and nowhere else",
    arguments: [
      (Reachability.silent, "silent", true), (.silent, "unknown no ping", true), (.unknown, "silent", true), (.silent, "answers", false),
      (.unknown, "answers", false), (.unknown, "unknown no ping", false), (.refused, "silent", false), (.answered, "silent", false),
    ])
  func word(ssh: Reachability, ping: String, counts: Bool) async throws {
    let unclean = Self.state("online=\"false\" pending=\"false\" unclean=\"true\"")
    let addresses = try #require(spec.nodes.first { $0.name == pmm2 }?.addresses)
    let pings = addresses.map { "\($0) \(ping)\n" }.joined()
    let door = door(
      unclean, power: "fence_pmm2 unknown Unable to connect\n", more: ["probe-peer": .success(Answer(pings))],
      pmm2: ["probe-daemon": .failure(NodeFailure(pmm2, "so says ssh", hint: "", reachability: ssh))])
    let asked = Asked()
    let lost = try await look(door)
    let released = try? await release(lost, of: spec, through: door) { _ in
      asked.isAsked.withLock { $0 = true }
      return try #require(PersonsWord("pmm2 is off", that: pmm2))
    }
    #expect((released != nil) == counts && released?.isPersonsWord ?? true)
    #expect(door.performed.isEmpty == !counts && asked.isAsked.withLock { $0 } == counts)
  }

  @Test("A word is one about this node")
  func words() {
    #expect(PersonsWord("pmm2", that: pmm2) != nil && PersonsWord("pmm2 is off", that: pmm2) != nil)
    #expect(PersonsWord("yes", that: pmm2) == nil && PersonsWord("pmm1", that: pmm2) == nil && PersonsWord("", that: pmm2) == nil)
  }
}

private final class Asked: Sendable {
  let isAsked = Mutex(false)
}

extension Step {
  /// The script that it runs.
  fileprivate var script: Script? { if case .run(let script) = action { script } else { nil } }
}
