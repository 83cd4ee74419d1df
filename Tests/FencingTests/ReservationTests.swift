import Core
import Foundation
import Pacemaker
import Testing

@testable import Fencing

@Suite struct ReservationTests {
  private let spec: FencingSpec

  init() throws {
    spec = .devices(try [pmm1, pmm2].map { try FenceDevice(node: $0, agent: "fence_scsi", disk: "/dev/disk/by-id/x") })
  }

  private func proposal(_ section: String) throws -> Proposal {
    spec.proposal([pmm1: try FencingFacts(Answer("ipmitool=yes\n== reservations /dev/disk/by-id/x\n\(section)"))])
  }

  @Test("A node takes its own key when it joins, so its device is not kept away from it")
  func resource() throws {
    let fragment = spec.fragment()
    #expect(fragment.locations.isEmpty)
    #expect(fragment.resources.allSatisfy { $0.meta == [Pair("provides", "unfencing")] })
    #expect(fragment.resources[0].parameters.contains(Pair("pcmk_reboot_action", "off")))
    #expect(fragment.resources[0].parameters.contains(Pair("devices", "/dev/disk/by-id/x")))
    let merged = DesiredCIB.merge([fragment], PacemakerSpec(nodes: [pmm1, pmm2], timing: .standard))
    #expect(merged.locations.isEmpty)
  }

  @Test("A disk that takes no reservations is refused with the tool's words")
  func unsupported() throws {
    let url = try #require(Bundle.module.url(forResource: "Fixtures/reservations-sg3-utils-1.46-loop", withExtension: "txt"))
    let found = try proposal(String(contentsOf: url, encoding: .utf8)).findings
    #expect(found.map(\.severity) == [.blocking])
    #expect(found[0].message.hasSuffix("takes no SCSI-3 persistent reservations: sg_persist: SCSI INQUIRY failed on /dev/loop4"))
    #expect(try proposal("kind=absent\n").findings.first?.message == "the disk /dev/disk/by-id/x is not there")
  }

  @Test("While nobody can tell, a step asks before the cluster starts; a test comes when it runs")
  func unknown() throws {
    let steps = try proposal("model=LIO-ORG disk0\n").steps
    #expect(
      steps.map { "\($0.stage) \($0.what)" } == [
        "files Check that /dev/disk/by-id/x takes persistent reservations", "access Test fence_pmm2",
      ])
    let known = try proposal("model=LIO-ORG disk0\n    Write Exclusive, registrants only: 1\nstatus=0\n")
    #expect(known.findings.isEmpty && known.steps.map(\.what) == ["Test fence_pmm2"])
    let lacking = try proposal("model=A  B \n    Write Exclusive, registrants only: 0\nstatus=0\n")
    #expect(lacking.findings.first?.message.contains("(A B)") == true || lacking.findings.first?.message.contains("(A  B)") == true)
  }
}
