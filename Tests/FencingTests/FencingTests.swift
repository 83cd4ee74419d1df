import Core
import Foundation
import Pacemaker
import Testing

@testable import Fencing

let pmm1 = try! NodeName("pmm1")
let pmm2 = try! NodeName("pmm2")

func bmc(_ node: NodeName, delay: Int? = nil, password: SecretSource? = .environment("X"), parameters: [String: String] = [:]) throws
  -> FenceDevice
{
  try FenceDevice(
    node: node, agent: "fence_ipmilan", address: node == pmm1 ? "198.51.100.21" : "198.51.100.22", user: "admin", password: password,
    delay: delay, parameters: parameters)
}

@Suite struct FencingTests {
  @Test("An IPMI device's parameters show no password, end its waiting and name its node")
  func ipmi() throws {
    let fragment = FencingSpec.devices([try bmc(pmm1, delay: 5), try bmc(pmm2)]).fragment()
    #expect(fragment.resources.map(\.id) == ["fence_pmm1", "fence_pmm2"])
    #expect(
      fragment.resources[0].parameters.map { "\($0.name)=\($0.value)" } == [
        "ip=198.51.100.21", "username=admin", "ipmitool_path=/etc/pmm-ha/fencing/fence_pmm1", "lanplus=1", "cipher=3", "power_wait=0",
        "stonith_status_sleep=0", "disable_timeout=false", "power_timeout=150", "pcmk_host_list=pmm1", "pcmk_host_check=static-list",
        "pcmk_delay_base=5s",
      ])
    #expect(fragment.resources[1].parameters.last == Pair("pcmk_host_check", "static-list"))
    #expect(
      fragment.locations == [
        .init("location-fence_pmm1-pmm1--INFINITY", resource: "fence_pmm1", node: pmm1, score: "-INFINITY", isProbed: false),
        .init("location-fence_pmm2-pmm2--INFINITY", resource: "fence_pmm2", node: pmm2, score: "-INFINITY", isProbed: false),
      ])
    #expect(fragment.properties == [Pair("stonith-enabled", "true")])
  }

  @Test("The spec's own parameters win over the defaults")
  func parameters() throws {
    let device = try bmc(
      pmm1, parameters: ["cipher": "17", "privlvl": "operator", "pcmk_reboot_timeout": "90s", "pcmk_host_check": "none"])
    #expect(device.agentParameters("x").contains(Pair("cipher", "17")) && !device.agentParameters("x").contains(Pair("cipher", "3")))
    #expect(device.agentParameters("x").last == Pair("privlvl", "operator"))
    #expect(
      device.pacemakerParameters() == [Pair("pcmk_host_list", "pmm1"), Pair("pcmk_host_check", "none"), Pair("pcmk_reboot_timeout", "90s")])
  }

  @Test("Any other agent gets its password from a script, and the library's names")
  func otherAgent() throws {
    let device = try FenceDevice(
      node: pmm2, agent: "fence_apc_snmp", address: "pdu", port: 161, user: "apc", password: .prompt, parameters: ["plug": "4"])
    #expect(
      device.agentParameters("fence_pmm2").map { "\($0.name)=\($0.value)" } == [
        "ip=pdu", "ipport=161", "username=apc", "password_script=/etc/pmm-ha/fencing/fence_pmm2", "plug=4",
      ])
    let bare = try FenceDevice(node: pmm2, agent: "fence_virt", parameters: ["serial_device": "/dev/x"])
    #expect(bare.agentParameters("fence_pmm2") == [Pair("serial_device", "/dev/x")])
  }

  @Test("Each node gets the password of the other's device only, and tests it after that")
  func steps() throws {
    let spec = FencingSpec.devices([try bmc(pmm1), try bmc(pmm2)])
    let proposal = spec.proposal([pmm1: try answer("", "fence_pmm2"), pmm2: try answer("", "fence_pmm1")])
    #expect(
      proposal.steps.map { "\($0.stage) \($0.id)" } == [
        "files pmm1/Fencing/Write /etc/pmm-ha/fencing/fence_pmm2.password", "files pmm1/Fencing/Write /etc/pmm-ha/fencing/fence_pmm2",
        "files pmm1/Fencing/Test fence_pmm2", "files pmm2/Fencing/Write /etc/pmm-ha/fencing/fence_pmm1.password",
        "files pmm2/Fencing/Write /etc/pmm-ha/fencing/fence_pmm1", "files pmm2/Fencing/Test fence_pmm1",
      ])
    guard case .write(let password) = proposal.steps[0].action, case .write(let script) = proposal.steps[1].action else {
      throw Unexpected()
    }
    #expect(password.mode == 0o600 && password.content.description == "<secret fencing-fence_pmm2>" && script.mode == 0o700)
    #expect(spec.question(pmm1).script["PASSWORDS"] == "fence_pmm2 <secret fencing-fence_pmm2>\n")
    #expect(spec.question(pmm1).script["DEVICES"] == "fence_pmm2 fence_ipmilan\n")
    #expect(spec.secrets == [SecretName("fencing-fence_pmm1"): .environment("X"), SecretName("fencing-fence_pmm2"): .environment("X")])
  }

  @Test("Applied twice is silent: what was tested and has not changed is not asked again")
  func silent() throws {
    let spec = FencingSpec.devices([try bmc(pmm2)])
    #expect(spec.proposal([pmm1: try tested()]) == Proposal())
  }

  @Test("A failed, changed or older test is done again")
  func again() throws {
    let spec = FencingSpec.devices([try bmc(pmm2)])
    func why(_ spec: FencingSpec = spec, _ change: (inout FencingFacts.Device) -> Void) throws -> [String] {
      var facts = try tested()
      change(&facts.devices["fence_pmm2"]!)
      return spec.proposal([pmm1: facts]).steps.map { "\($0.what): \($0.why)" }
    }
    #expect(try why { $0.test?.passed = false } == ["Test fence_pmm2: its last test failed"])
    #expect(try why { $0.test?.stale = true } == ["Test fence_pmm2: its password or script has changed"])
    #expect(try why { $0.test = nil } == ["Test fence_pmm2: it was never asked from here"])
    #expect(
      try why { $0.password.state = .different } == [
        "Write /etc/pmm-ha/fencing/fence_pmm2.password: it differs", "Test fence_pmm2: its password or script changes",
      ])
    #expect(try why(.devices([bmc(pmm2, parameters: ["cipher": "17"])])) { _ in } == ["Test fence_pmm2: its parameters have changed"])
    var failed = try tested()
    failed.devices["fence_pmm2"]?.test?.passed = false
    #expect(spec.proposal([pmm1: failed]).findings.map(\.severity) == [.danger])
  }

  @Test("Without fencing every plan says what may happen, and Pacemaker is told")
  func none() {
    let spec = FencingSpec.noneIAcceptDataLoss
    #expect(spec.proposal([:]).findings.map(\.severity) == [.danger])
    #expect(spec.fragment().properties == [Pair("stonith-enabled", "false")])
    #expect(spec.fragment().resources.isEmpty)
  }

  @Test("A node's second device has a number")
  func named() throws {
    let spec = FencingSpec.devices([try bmc(pmm1), try bmc(pmm2), try bmc(pmm1)])
    #expect(spec.named.map(\.id) == ["fence_pmm1", "fence_pmm2", "fence_pmm1_2"])
  }

  @Test(
    "What cannot be a device is named by its key",
    arguments: [
      (#"{"node":"pmm1","agent":"/bin/sh"}"#, "agent"), (#"{"node":"pmm1","agent":"fence_x","port":0}"#, "port"),
      (#"{"node":"pmm1","agent":"fence_x","delay":-1}"#, "delay"),
      (#"{"node":"pmm1","agent":"fence_x","parameters":{"passwd":"x"}}"#, "parameters"),
      (#"{"node":"pmm1","agent":"fence_x","parameters":{"ip":"x"}}"#, "parameters"),
      (#"{"node":"pmm1","agent":"fence_x","user":""}"#, "user"),
      (#"{"node":"pmm1","agent":"fence_x","password":{"env":"A","file":"B"}}"#, "password"),
      (#"{"node":"pmm1","agent":"fence_x","password":"secret"}"#, "password"), (#"{"node":"PMM1","agent":"fence_x"}"#, "node"),
    ])
  func invalid(json: String, key: String) throws {
    do {
      _ = try JSONDecoder().decode(FenceDevice.self, from: Data(json.utf8))
      Issue.record("\(json) was taken")
    } catch DecodingError.dataCorrupted(let context) {
      #expect(context.codingPath.last?.stringValue == key)
    } catch let error as InvalidNodeName {
      #expect(key == "node", "\(error)")
    }
  }

  @Test("The list or the word for none is read; an empty list and another word are refused")
  func decoding() throws {
    func read(_ json: String) throws -> FencingSpec { try JSONDecoder().decode(FencingSpec.self, from: Data(json.utf8)) }
    #expect(try read(#""none-i-accept-data-loss""#) == .noneIAcceptDataLoss)
    let devices = try read(#"[{"node":"pmm1","agent":"fence_ipmilan","password":{"prompt":true},"parameters":{"lanplus":1}}]"#).devices
    #expect(devices.first?.parameters == ["lanplus": "1"] && devices.first?.password == .prompt)
    #expect(throws: DecodingError.self) { try read("[]") }
    #expect(throws: DecodingError.self) { try read(#""none""#) }
    let spec = FencingSpec.devices([try bmc(pmm1, password: .file("/x"))])
    #expect(try JSONDecoder().decode(FencingSpec.self, from: JSONEncoder().encode(spec)) == spec)
  }

  /// pmm1's answer, after fence_pmm2 was tested there.
  func tested() throws -> FencingFacts {
    let url = try #require(Bundle.module.url(forResource: "Fixtures/fencing-probe-tested", withExtension: "txt"))
    return try FencingFacts(Answer(try String(contentsOf: url, encoding: .utf8)))
  }

  /// A node with the agents and nothing of ours.
  func answer(_ head: String, _ id: String) throws -> FencingFacts {
    try FencingFacts(Answer("ipmitool=yes\n== device \(id)\nagent=yes\npassword=absent\n"))
  }
}

struct Unexpected: Error {}
