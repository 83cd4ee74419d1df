import Core
import Fencing
import Testing

@testable import EC2
@testable import Pacemaker

@Suite("Fencing by fence_aws") struct EC2FencingTests {
  private func device(_ fencing: FencingSpec, _ spec: EC2Spec = Sample.spec) throws -> Primitive {
    try #require(spec.settled(fencing.fragment()).resources.first)
  }

  @Test("A device knows its instance, its region and times that fit; no key stands anywhere")
  func parameters() throws {
    let device = try device(Sample.spec.completed(Sample.fencing, offered: Sample.oldAgent))
    let values = Dictionary(uniqueKeysWithValues: device.parameters.map { ($0.name, $0.value) })
    #expect(
      values == [
        "region": "eu-central-1", "plug": "i-0123456789abcdef0", "power_timeout": "240", "disable_timeout": "false",
        "pcmk_host_list": "pmm1", "pcmk_host_check": "static-list", "pcmk_host_map": "pmm1:i-0123456789abcdef0",
        "pcmk_reboot_timeout": "600s", "pcmk_off_timeout": "300s", "pcmk_monitor_timeout": "90s", "pcmk_status_timeout": "90s",
      ])
    #expect(device.operations.map { "\($0.name) \($0.interval) \($0.timeout)" } == ["start 0 120", "monitor 300 120"])
  }

  @Test("All fencing of a node fits into stonith-timeout, and off and on into the reboot's")
  func times() throws {
    let cib = try Sample.desired(.secondaryIP)
    #expect(cib.properties.contains(Pair("stonith-timeout", "600s")))
    #expect(cib.properties.contains(Pair("priority-fencing-delay", "20s")))
    #expect(cib.group.meta.contains(Pair("priority", "10")))
    #expect(600 >= 20 + 2 * EC2Spec.powerTimeout)
  }

  @Test("A delay of one node makes its time longer by as much")
  func delay() throws {
    let fencing = FencingSpec.devices([try FenceDevice(node: Sample.pmm1, agent: "fence_aws", delay: 15)])
    let device = try device(Sample.spec.completed(fencing, offered: nil))
    #expect(device.parameters.contains(Pair("pcmk_reboot_timeout", "615s")))
    #expect(device.parameters.contains(Pair("pcmk_delay_base", "15s")))
  }

  @Test("What a newer agent offers is used; what nobody has asked yet is not")
  func offers() throws {
    func names(_ offered: Set<String>?) throws -> Set<String> {
      Set(try device(Sample.spec.completed(Sample.fencing, offered: offered)).parameters.map(\.name))
    }
    let extras: Set = ["skip_race_check", "skip_os_shutdown", "disable_timeout"]
    #expect(try names(nil).isDisjoint(with: extras))
    #expect(try names(Sample.oldAgent).intersection(extras) == ["disable_timeout"])
    #expect(try names(Sample.oldAgent.union(extras)).isSuperset(of: extras))
  }

  @Test("off is told to Pacemaker, and the spec's own parameters win")
  func own() throws {
    let off = try EC2Spec(region: "eu-central-1", instances: Sample.instances, volume: "vol-0123456789abcdef0", fenceAction: .off)
    #expect(try device(off.completed(Sample.fencing, offered: nil), off).parameters.contains(Pair("pcmk_reboot_action", "off")))
    let own = FencingSpec.devices([try FenceDevice(node: Sample.pmm1, agent: "fence_aws", parameters: ["power_timeout": "300"])])
    #expect(try device(Sample.spec.completed(own, offered: nil)).parameters.contains(Pair("power_timeout", "300")))
  }

  @Test("A device of another agent stays as it is")
  func others() throws {
    let other = FencingSpec.devices([try FenceDevice(node: Sample.pmm1, agent: "fence_sbdlike", address: "x")])
    #expect(Sample.spec.completed(other, offered: nil) == other)
    #expect(Sample.spec.settled(other.fragment()) == other.fragment())
  }
}
