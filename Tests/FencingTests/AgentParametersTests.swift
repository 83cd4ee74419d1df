import Core
import Testing

@testable import Fencing

@Suite struct AgentParametersTests {
  @Test("A parameter that the agent does not know is told, with what it may have been meant to be")
  func unknown() throws {
    let device = try bmc(pmm2, parameters: ["lanpluss": "1", "cipher": "3", "pcmk_reboot_timout": "90", "pcmk_reboot_retries": "3"])
    let known: Set = ["lanplus", "cipher", "ip"]
    #expect(
      device.unknownParameters(known).map { "\($0.name) \($0.near ?? "-")" } == [
        "lanpluss lanplus", "pcmk_reboot_timout pcmk_reboot_timeout",
      ])
    #expect(device.unknownParameters(nil).map(\.name) == ["pcmk_reboot_timout"], "an agent that was not asked knows everything")
    #expect(device.unknownParameters([]).map(\.name) == ["pcmk_reboot_timout"])
    let answer = Answer("ipmitool=yes\n== device fence_pmm2\nagent=yes\npassword=absent\n== agent fence_ipmilan\ncipher\nlanplus\n")
    let found = FencingSpec.devices([device]).proposal([pmm1: try FencingFacts(answer)]).findings
    #expect(found.map(\.severity) == [.warning, .warning])
    #expect(found[0].hint.hasPrefix("did you mean 'lanplus'?"))
  }

  @Test(
    "A device is told of its node as Pacemaker tells it",
    arguments: [
      ([:], "pmm2", "plug port"), (["pcmk_host_map": "pmm1:3;pmm2:4"], "4", "plug port"), (["pcmk_host_map": "pmm2=b"], "b", "plug port"),
      (["pcmk_host_argument": "none"], "pmm2", ""), (["pcmk_host_argument": "vm"], "pmm2", "vm"),
    ] as [([String: String], String, String)])
  func plug(parameters: [String: String], plug: String, names: String) throws {
    let device = try bmc(pmm2, parameters: parameters)
    #expect(device.plug == plug && device.plugNames == names)
  }
}
