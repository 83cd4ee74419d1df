import Testing

@testable import Core
@testable import Fencing

@Suite("Whether a lost node is off") struct PowerStateTests {
  @Test("Off only where a device says so and none says otherwise")
  func states() {
    #expect(PowerState(Answer("fence_pmm1 off\n")) == .off)
    #expect(PowerState(Answer("fence_pmm1 on\n")) == .on)
    #expect(PowerState(Answer("fence_pmm1 off\nfence_pmm1_2 on\n")) == .on)
    #expect(PowerState(Answer("fence_pmm1 unknown Unable to connect\nfence_pmm1_2 off\n")) == .off)
    #expect(PowerState(Answer("fence_pmm1 unknown Unable to connect\n")) == .unknown("fence_pmm1: Unable to connect"))
    #expect(PowerState(Answer("")) == .unknown("no device tells its power"))
  }

  @Test("Asked of the node's own devices that know of power; no password leaves the node that has it")
  func question() throws {
    let pmm1 = try NodeName("pmm1")
    let devices = try FencingSpec.devices([
      FenceDevice(node: pmm1, agent: "fence_ipmilan", address: "198.51.100.21", user: "admin", password: .environment("X")),
      FenceDevice(node: pmm1, agent: "fence_scsi", disk: "/dev/x"),
      FenceDevice(node: NodeName("pmm2"), agent: "fence_ipmilan", address: "198.51.100.22"),
    ])
    let script = devices.powerQuestion(of: pmm1).script
    #expect(script["DEVICES"] == "fence_pmm1 fence_ipmilan\n")
    #expect(script["PARAMETERS"]?.contains("fence_pmm1 ip=198.51.100.21\n") == true)
    #expect(script.variables.allSatisfy { $0.value.secrets.isEmpty })
  }
}
