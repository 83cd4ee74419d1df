import Testing

@testable import Core
@testable import Fencing

@Suite("Whether a lost node is off") struct PowerStateTests {
  private let pmm1 = try! NodeName("pmm1")

  private func outlet(_ level: Int? = nil, agent: String = "fence_apc") throws -> FenceDevice {
    try FenceDevice(
      node: pmm1, agent: agent, address: agent == "fence_scsi" ? nil : "198.51.100.21", level: level,
      disk: agent == "fence_scsi" ? "/dev/x" : nil)
  }

  private func state(_ answer: String, status: Int32 = 0, _ devices: FenceDevice...) -> PowerState {
    PowerState(Answer(answer, status: status), of: pmm1, in: .devices(devices))
  }

  @Test("One device: off where it says so; on, no answer and half an answer are not off")
  func one() throws {
    #expect(try state("fence_pmm1 off\n", outlet()) == .off(by: ["fence_pmm1"]))
    #expect(try state("fence_pmm1 on\n", outlet()) == .on(by: "fence_pmm1"))
    #expect(try state("fence_pmm1 unknown Unable to connect\n", outlet()) == .unknown("fence_pmm1: Unable to connect"))
    for answer in ["", "fence_pmm1", "fence_pmm1 o", "fence_pmm2 off\n", "sh: out of memory\n"] {
      #expect(try state(answer, outlet()) == .unknown("fence_pmm1: no answer"), "\(answer)")
    }
    #expect(try state("fence_pmm1 off\n", status: 1, outlet()) == .unknown("fence_pmm1: off, which alone proves nothing"))
    #expect(state("") == .unknown("no device tells its power"))
  }

  @Test("Two outlets of one level: off only where both say so")
  func twoOutlets() throws {
    let both = try (outlet(1), outlet(1))
    #expect(state("fence_pmm1 off\nfence_pmm1_2 off\n", both.0, both.1) == .off(by: ["fence_pmm1", "fence_pmm1_2"]))
    #expect(
      state("fence_pmm1 unknown Unable to connect\nfence_pmm1_2 off\n", both.0, both.1)
        == .unknown("fence_pmm1: Unable to connect; fence_pmm1_2: off, which alone proves nothing"))
    #expect(state("fence_pmm1 off\nfence_pmm1_2 on\n", both.0, both.1) == .on(by: "fence_pmm1_2"))
    #expect(state("fence_pmm1 off\n", both.0, both.1) == .unknown("fence_pmm1: off, which alone proves nothing; fence_pmm1_2: no answer"))
  }

  @Test("Two levels: one level is enough, unless a device of the other one says that the node is on")
  func levels() throws {
    let (bmc, outlet) = try (outlet(), outlet())
    #expect(state("fence_pmm1 unknown Unable to connect\nfence_pmm1_2 off\n", bmc, outlet) == .off(by: ["fence_pmm1_2"]))
    #expect(state("fence_pmm1 on\nfence_pmm1_2 off\n", bmc, outlet) == .on(by: "fence_pmm1"))
    #expect(state("fence_pmm1 off\nfence_pmm1 on\n", bmc, outlet) == .on(by: "fence_pmm1"), "a device that says both")
  }

  @Test("A level with a device that knows nothing of power proves nothing")
  func storage() throws {
    let (bmc, keys) = try (outlet(1), outlet(1, agent: "fence_scsi"))
    #expect(state("fence_pmm1 off\n", bmc, keys) == .unknown("fence_pmm1: off, which alone proves nothing; fence_pmm1_2: no answer"))
  }

  @Test("Asked of the node's own devices that know of power, each told its plug; no password leaves the node that has it")
  func question() throws {
    let devices = try FencingSpec.devices([
      FenceDevice(node: pmm1, agent: "fence_ipmilan", address: "198.51.100.21", user: "admin", password: .environment("X")),
      FenceDevice(node: pmm1, agent: "fence_scsi", disk: "/dev/x"),
      FenceDevice(node: pmm1, agent: "fence_apc", address: "198.51.100.23", parameters: ["pcmk_host_map": "pmm1:7;pmm2:8"]),
      FenceDevice(node: NodeName("pmm2"), agent: "fence_ipmilan", address: "198.51.100.22"),
    ])
    let script = devices.powerQuestion(of: pmm1).script
    #expect(script["DEVICES"] == "fence_pmm1 fence_ipmilan pmm1 plug port\nfence_pmm1_3 fence_apc 7 plug port\n")
    #expect(script["ALL_PARAMETERS"]?.contains("fence_pmm1 ip=198.51.100.21\n") == true)
    #expect(script.variables.allSatisfy { $0.value.secrets.isEmpty })
  }
}
