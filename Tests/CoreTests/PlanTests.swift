import Core
import Testing

@Suite struct PlanTests {
  private static let node = try! NodeName("pmm1")

  private func plan(_ effects: [Step.Effect], _ findings: [Finding] = []) -> Plan {
    let steps = effects.map { Step(Self.node, "Test", .storage, "\($0)", because: "test", .remove(path: "x"), effects: [$0]) }
    return Plan(Proposal(steps: steps, findings: findings))
  }

  @Test("A plan that anything blocks has no step that destroys, whoever proposed it")
  func blocked() {
    let effects: [Step.Effect] = [.destroys(device: "/dev/sdb"), .disrupts("PMM restarts")]
    #expect(plan(effects, [Finding(.danger, at: "", "", hint: "")]).steps.count == 2)
    #expect(plan(effects, [Finding(.blocking, at: "", "", hint: "")]).steps.map(\.effects) == [[.disrupts("PMM restarts")]])
  }

  @Test(
    "Who agrees to lose what is on a disk agrees to lose a part of it, and to no more",
    arguments: [
      ("/dev/sdb", "/dev/sdb", true), ("/dev/sdb", "/dev/sdb=ext4", false), ("/dev/sdb=ext4", "/dev/sdb=ext4", true),
      ("/dev/sdb=ext4", "/dev/sdb", true), ("/dev/sdb=LVM2_member+gpt", "/dev/sdb=gpt", true),
      ("/dev/sdb=gpt", "/dev/sdb=LVM2_member+gpt", false), ("/dev/sdc=ext4", "/dev/sdb=ext4", false), ("/dev/sdc", "/dev/sdb", false),
      ("/dev/disk/by-id/a=b", "/dev/disk/by-id/a=b", true), ("/dev/sdb=gpt", "/dev/sdb=unknown-data", false),
      ("/dev/sdb", "/dev/sdb=unknown-data", false), ("/dev/sdb=unknown-data", "/dev/sdb=unknown-data", true),
      ("/dev/sdb=gpt", "/dev/sdb=ext4@/dev/sdb1+gpt", false), ("/dev/sdb=ext4@/dev/sdb1+gpt", "/dev/sdb=ext4@/dev/sdb1+gpt", true),
    ])
  func consent(_ agreed: String, _ wanted: String, _ covered: Bool) {
    #expect(plan([.destroys(device: wanted)]).lacking(Consent(destroy: [agreed])).isEmpty == covered)
  }
}
