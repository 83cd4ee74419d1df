import Core
import Foundation
import Pacemaker
import Testing

@testable import Fencing

@Suite struct SBDTests {
  private static let disk = "/dev/disk/by-id/scsi-36001405ee55ff660aa11bb22cc33dd44"

  private func sbd(_ node: NodeName, delay: Int? = nil, watchdogTimeout: Int? = nil) throws -> FenceDevice {
    try FenceDevice(node: node, agent: "fence_sbd", delay: delay, disk: Self.disk, watchdogTimeout: watchdogTimeout)
  }

  private func spec(watchdogTimeout: Int? = nil) throws -> FencingSpec {
    .devices([try sbd(pmm1, watchdogTimeout: watchdogTimeout), try sbd(pmm2, watchdogTimeout: watchdogTimeout)])
  }

  /// A node of the fixture: sbd 1.5.2 is installed and its slots are there.
  private func facts(_ change: (inout SBDFacts) -> Void = { _ in }) throws -> FencingFacts {
    let url = try #require(Bundle.module.url(forResource: "Fixtures/fencing-probe-sbd-1.5.2", withExtension: "txt"))
    var facts = try FencingFacts(Answer(try String(contentsOf: url, encoding: .utf8)))
    var sbd = try #require(facts.sbd)
    change(&sbd)
    facts.sbd = sbd
    return facts
  }

  private func proposal(
    _ spec: FencingSpec? = nil, _ timing: Timing = .standard, consent: Consent = Consent(), thirdVote: Bool = false,
    _ change: (inout SBDFacts) -> Void
  ) throws -> Proposal {
    let facts = [pmm1: try facts(change), pmm2: try facts(change)]
    return try (spec ?? self.spec()).proposal(facts, timing, consent: consent, thirdVote: thirdVote)
  }

  @Test("What sbd itself wrote is read from the disk without sbd")
  func header() throws {
    let sbd = try #require(try facts().sbd)
    #expect(sbd.disk?.header?.watchdog == 10 && sbd.disk?.header?.messageWait == 20)
    #expect(sbd.disk?.header?.id == "cb5a409b7dad440f80ce74428e6adbd7")
    #expect(sbd.disk?.size == 16_777_216 && sbd.disk?.signatures == [] && sbd.path == "/etc/default/sbd")
    #expect(sbd.watchdog.isSoftware && !sbd.watchdog.inUse && sbd.enabled && !sbd.active)
    #expect(try facts().parameters["fence_sbd"]?.contains("devices") == true)
  }

  @Test("The resource names the disk, and Pacemaker waits 1.2 times msgwait where that is more than its own minute")
  func resource() throws {
    let standard = try spec().fragment(.standard).resources[0]
    #expect(standard.parameters.contains(Pair("devices", Self.disk)) && standard.parameters.contains(Pair("power_timeout", "300")))
    #expect(!standard.parameters.contains { $0.name == "pcmk_reboot_timeout" })
    let cloud = FencingSpec.devices([try sbd(pmm1, delay: 5)]).fragment(.cloud).resources[0]
    #expect(cloud.parameters.contains(Pair("pcmk_reboot_timeout", "77s")) && cloud.parameters.contains(Pair("pcmk_off_timeout", "77s")))
    #expect(try spec().fragment().locations.map(\.node) == [pmm1, pmm2])
  }

  @Test("Each node gets the settings, one the slots, and the other proves that it sees them", arguments: ["", "ext4"])
  func steps(signature: String) throws {
    let name = signature.isEmpty ? Self.disk : "\(Self.disk)=\(signature)"
    let proposal = try proposal(consent: Consent(destroy: [name])) {
      $0.disk?.header = nil
      $0.disk?.signatures = signature.isEmpty ? [] : [signature]
      $0.enabled = false
    }
    #expect(
      proposal.steps.filter { !$0.what.hasPrefix("Test") }.map { "\($0.stage) \($0.node) \($0.what)" } == [
        "files pmm1 Write /etc/default/sbd", "files pmm1 Enable sbd.service", "files pmm2 Write /etc/default/sbd",
        "files pmm2 Enable sbd.service", "storage pmm1 Make SBD's slots on \(Self.disk)",
        "proof pmm2 Check that \(Self.disk) is pmm1's disk",
      ])
    let make = try #require(proposal.steps.first { $0.what.hasPrefix("Make") })
    #expect(make.effects == [.destroys(device: name)])
    guard case .run(let script) = make.action, case .write(let file) = proposal.steps[0].action else { throw Unexpected() }
    #expect(script["WATCHDOG"] == "10" && script["MESSAGE_WAIT"] == "20" && script["ALLOWED"] == signature)
    let text = file.content.description
    #expect(text.contains("SBD_DEVICE=\"\(Self.disk)\"\n") && text.contains("SBD_WATCHDOG_DEV=/dev/watchdog\n"))
    #expect(text.contains("SBD_DELAY_START=yes\n") && text.contains("SBD_STARTMODE=always\n"))
    #expect(proposal.steps.filter { $0.what.hasPrefix("Test") }.allSatisfy { $0.stage == .access }, "sbd has slots only while it runs")
  }

  @Test("Slots that are there are never made again")
  func keeps() throws {
    #expect(try !proposal { _ in }.steps.contains { $0.what.hasPrefix("Make") })
  }

  @Test("A running cluster is started anew with sbd, which needs consent; one that has it is left alone")
  func restart() throws {
    let config = try #require(try spec().sbd(.standard)).config
    let without = try proposal { $0.clusterRuns = true }
    #expect(without.steps.filter { $0.stage == .storage }.map(\.what) == ["Stop Pacemaker and Corosync", "Stop Pacemaker and Corosync"])
    #expect(without.steps.filter { $0.stage == .storage }.allSatisfy { !$0.effects.isEmpty })
    let running: (inout SBDFacts) -> Void = {
      ($0.clusterRuns, $0.active, $0.watchdog.inUse) = (true, true, true)
      $0.file = FileFact(.shown, content: config, mode: 0o644)
    }
    #expect(try proposal(nil, .standard, running).steps.allSatisfy { $0.what.hasPrefix("Test") })
    #expect(try spec().stopped([pmm1: try facts(running)], .standard) == [])
    #expect(
      try spec().stopped(
        [
          pmm1: try facts {
            running(&$0)
            $0.stale = true
          }
        ], .standard) == [pmm1])
  }

  @Test(
    "What SBD cannot work with is refused before anything is changed",
    arguments: [
      ("it has no watchdog", { @Sendable (facts: inout SBDFacts) in facts.watchdog = .init(present: false, identity: nil, inUse: false) }),
      ("something else feeds /dev/watchdog", { $0.watchdog.inUse = true }), ("is not there", { $0.disk?.kind = .absent }),
      ("is not a disk", { $0.disk?.kind = .other }), ("cannot be read", { $0.disk?.readable = false }),
      ("too small", { $0.disk?.size = 65536 }), ("is mounted at /home", { $0.disk?.mountPoints = ["/home"] }),
      (
        "it holds foreign data: ext4",
        {
          $0.disk?.header = nil
          $0.disk?.signatures = ["ext4"]
        }
      ), ("times on it are unsafe", { $0.disk?.header?.messageWait = 15 }),
      (
        "longer than Pacemaker would wait",
        {
          $0.disk?.header?.watchdog = 60
          $0.disk?.header?.messageWait = 120
        }
      ),
    ] as [(String, @Sendable (inout SBDFacts) -> Void)])
  func refused(words: String, change: @Sendable (inout SBDFacts) -> Void) throws {
    let proposal = try proposal(consent: Consent(destroy: [Self.disk]), change)
    let found = proposal.findings.first { $0.message.contains(words) }
    #expect(found?.severity == .blocking, "\(proposal.findings)")
    #expect(!proposal.steps.contains { $0.stage == .storage || $0.what.contains("sbd") })
  }

  @Test("Two disks of one name are told apart by their slots' own id")
  func twins() throws {
    let facts = [pmm1: try facts(), pmm2: try facts { $0.disk?.header?.id = "00" }]
    #expect(try spec().proposal(facts).findings.contains { $0.severity == .blocking && $0.message.contains("it is not one disk") })
  }

  @Test("Times on the disk that differ from the spec's are told, softdog is warned of")
  func warnings() throws {
    let found = try proposal(try spec(watchdogTimeout: 15)) { _ in }.findings
    #expect(
      found.contains { $0.severity == .warning && $0.message.contains("watchdog 10 s, msgwait 20 s, not those of the spec (15 s, 30 s)") })
    #expect(found.filter { $0.message.contains("softdog") }.map(\.severity) == [.warning, .warning])
  }

  @Test("Without a disk it needs a third vote, and Pacemaker waits for the watchdog")
  func diskless() throws {
    let spec = FencingSpec.devices(try [pmm1, pmm2].map { try FenceDevice(node: $0, agent: "fence_watchdog") })
    let fragment = spec.fragment(.fast)
    #expect(fragment.resources.isEmpty && fragment.properties.contains(Pair("stonith-watchdog-timeout", "10s")))
    #expect(spec.used(by: pmm1).isEmpty, "nobody can ask it")
    let alone = try proposal(spec) { $0.disk = nil }
    #expect(alone.findings.contains { $0.severity == .blocking && $0.message.contains("needs a third vote") })
    let three = try proposal(spec, thirdVote: true) { $0.disk = nil }
    #expect(!three.findings.contains { $0.severity == .blocking } && three.steps.contains { $0.what == "Write /etc/default/sbd" })
  }

  @Test(
    "What cannot be SBD is named by its key",
    arguments: [
      (#"{"node":"pmm1","agent":"fence_sbd"}"#, "device"), (#"{"node":"pmm1","agent":"fence_sbd","device":"sdb"}"#, "device"),
      (#"{"node":"pmm1","agent":"fence_sbd","device":"/dev/x","parameters":{"devices":"/dev/y"}}"#, "parameters"),
      (#"{"node":"pmm1","agent":"fence_ipmilan","device":"/dev/x"}"#, "device"),
      (#"{"node":"pmm1","agent":"fence_ipmilan","watchdog":"/dev/watchdog"}"#, "watchdog"),
      (#"{"node":"pmm1","agent":"fence_sbd","device":"/dev/x","watchdog":"/dev/sda"}"#, "watchdog"),
      (#"{"node":"pmm1","agent":"fence_sbd","device":"/dev/x","watchdog_timeout":99}"#, "watchdog_timeout"),
      (#"{"node":"pmm1","agent":"fence_x","level":0}"#, "level"),
    ])
  func invalid(json: String, key: String) throws {
    do {
      _ = try JSONDecoder().decode(FenceDevice.self, from: Data(json.utf8))
      Issue.record("\(json) was taken")
    } catch DecodingError.dataCorrupted(let context) {
      #expect(context.codingPath.last?.stringValue == key)
    }
  }
}
