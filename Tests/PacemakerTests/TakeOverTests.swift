import Testing

@testable import Core
@testable import Pacemaker

@Suite("Taking over what somebody built by hand") struct TakeOverTests {
  /// The CIB of the runbook's commands, run as they stand with pcs 0.11.5 on Pacemaker 2.1.5.
  private func handMade(_ change: (inout String) -> Void = { _ in }) throws -> XMLNode {
    var text = try fixture("cib-2.1.5-runbook.xml")
    change(&text)
    return try XMLNode(parsing: text)
  }

  private let desired: DesiredCIB = {
    var desired = Example.desired
    desired.group.members = [
      Primitive(
        "pmm_fs", .ocf("heartbeat", "Filesystem"), parameters: [Pair("device", "/dev/sdb"), Pair("directory", "/mnt/pmm-server/srv")],
        job: .init([.ocf("heartbeat", "Filesystem")], [Pair("directory", "/mnt/pmm-server/srv")])),
      Primitive(
        "pmm_ip", .ocf("heartbeat", "IPaddr2"), parameters: [Pair("ip", "198.51.100.100")],
        job: .init([.ocf("heartbeat", "IPaddr2")], [Pair("ip", "198.51.100.100")])),
      Primitive("pmm_server", .ocf("pmm-ha", "pmm-server"), job: .init([.systemd("pmm-server")])),
    ]
    return desired
  }()

  private func deletions(_ edit: CIBEdit) -> [String] { edit.changes.compactMap { if case .delete(let id) = $0 { id } else { nil } } }

  @Test("The service is stopped and marked as stopped by us, then its group is replaced as a whole and the mark goes")
  func runbook() throws {
    let edit = desired.edit(try handMade())
    #expect(edit.reasons.prefix(2) == ["VirtualIP: becomes pmm_ip", "pmm-server: becomes pmm_server"])
    let stop = try #require(edit.takeOver)
    #expect(stop.members == ["pmm_fs", "VirtualIP", "pmm-server"])
    #expect(edit.changes.first == stop.change && edit.changes.last == .delete(id: DesiredCIB.takingOver))
    guard case .modify(let change) = stop.change else { return #expect(Bool(false)) }
    #expect(change.at("resources", "group", "meta_attributes")?.child("nvpair")?["value"] == "Stopped")
    #expect(change.descendants("nvpair").contains { $0.id == DesiredCIB.takingOver })
    let groups = edit.changes.compactMap { if case .replace("resources", let element) = $0, element.id == "pmm" { element } else { nil } }
    #expect(groups.count == 1 && groups[0].all("primitive").map(\.id) == ["pmm_fs", "pmm_ip", "pmm_server"])
    #expect(!groups[0].descendants("nvpair").contains { $0["name"] == "target-role" }, "it starts with the change")
    #expect(!edit.findings.contains { $0.place == "VirtualIP" || $0.place == "pmm-server" }, "they are not left alone")
  }

  @Test("A take-over that was cut off is finished; an administrator's own stop is kept")
  func cutOff() throws {
    let stopped = try handMade {
      $0 = $0.replacing(
        "<group id=\"pmm\">",
        with:
          "<group id=\"pmm\"><meta_attributes id=\"pmm-meta_attributes\"><nvpair id=\"role\" name=\"target-role\" value=\"Stopped\"/></meta_attributes>"
      )
    }
    func keepsStop(_ cib: XMLNode) -> Bool {
      desired.edit(cib).changes.contains { change in
        guard case .replace(_, let element) = change else { return false }
        return element.descendants("nvpair").contains { $0["name"] == "target-role" }
      }
    }
    #expect(keepsStop(stopped))
    let marked = try XMLNode(
      parsing: stopped.description.replacing(
        "</crm_config>",
        with:
          "<cluster_property_set id=\"pmm-ha\"><nvpair id=\"\(DesiredCIB.takingOver)\" name=\"\(DesiredCIB.takingOver)\" value=\"true\"/></cluster_property_set></crm_config>"
      ))
    #expect(!keepsStop(marked))
  }

  @Test("Constraints of what goes, and those that a move by hand left, go along; others stay")
  func constraints() throws {
    let cib = try handMade {
      $0 = $0.replacing(
        "<constraints/>",
        with: """
          <constraints><rsc_location id="cli-prefer-pmm" rsc="pmm" node="pmm1" score="INFINITY"/>\
          <rsc_order id="first-ip" first="VirtualIP" then="pmm-server"/><rsc_location id="mine" rsc="pmm" node="pmm2" score="5"/></constraints>
          """)
    }
    let edit = desired.edit(cib)
    #expect(deletions(edit).prefix(2) == ["cli-prefer-pmm", "first-ip"])
    #expect(!deletions(edit).contains("mine"))
  }

  @Test("Resources in a group of another name, or in none, become members of ours")
  func otherGroup() throws {
    let grouped = desired.edit(try handMade { $0 = $0.replacing("<group id=\"pmm\">", with: "<group id=\"web\">") })
    #expect(deletions(grouped).contains("web") && !deletions(grouped).contains("VirtualIP"))
    #expect(grouped.changes.contains { if case .create("resources", let element) = $0 { element.id == "pmm" } else { false } })
    let loose = desired.edit(
      try handMade { $0 = $0.replacing("<group id=\"pmm\">", with: "").replacing("</group>", with: "") })
    #expect(deletions(loose).contains("VirtualIP") && deletions(loose).contains("pmm_fs"))
    #expect(loose.takeOver?.members.sorted() == ["VirtualIP", "pmm-server", "pmm_fs"])
  }

  @Test("Another's address stays beside ours: that is no take-over")
  func others() throws {
    let edit = desired.edit(try handMade { $0 = $0.replacing("198.51.100.100", with: "198.51.100.99") })
    #expect(edit.reasons.contains("pmm-server: becomes pmm_server") && !edit.reasons.contains("VirtualIP: becomes pmm_ip"))
    #expect(edit.findings.contains { $0.place == "VirtualIP" && $0.severity == .note })
  }

  @Test("What is replaced keeps the order of its attributes, or Pacemaker refuses the patch")
  func order() throws {
    let edit = desired.edit(try handMade())
    let text = edit.lines
    #expect(text.contains("<primitive id=\"pmm_fs\" class=\"ocf\" type=\"Filesystem\" provider=\"heartbeat\">"))
  }

  @Test("The plan stops, waits and changes, with consent, and foretells nothing from an old version")
  func steps() throws {
    var facts = try PlanTests.running()
    facts.cib = try handMade()
    let plan = Example.spec.plan([node("pmm1"): facts, node("pmm2"): facts], desired: desired)
    #expect(plan.takesOver)
    let steps = plan.proposal(Prediction(lines: [], disruptsService: false)).steps
    #expect(
      steps.map(\.what) == [
        "Have Pacemaker stop the service", "Wait until pmm_fs, VirtualIP, pmm-server have stopped", "Change the cluster's configuration",
        "Wait until the service runs and Pacemaker has nothing left to do",
      ])
    #expect(steps[0].effects == [.disrupts("the service stops, and starts again as pmm-ha's resources")])
    guard case .run(let first) = steps[0].action, case .run(let second) = steps[2].action else { return #expect(Bool(false)) }
    let version = first["EPOCH"] ?? ""
    #expect(version.hasPrefix("0.") && second["EPOCH"] == "+\(version)")
  }
}
