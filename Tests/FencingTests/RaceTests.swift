import Core
import Testing

@testable import Fencing

@Suite struct RaceTests {
  @Test(
    "A device that is slower than the head start is a finding, and none where no race can be",
    arguments: [
      (400, 2, nil, false, false), (1100, 2, nil, false, true), (3250, 5, nil, false, true), (3250, 20, nil, false, false),
      (3250, 5, 8, false, false), (3250, 5, 6, false, true), (3250, 5, nil, true, false),
    ] as [(Int, Int, Int?, Bool, Bool)])
  func race(took: Int, headStart: Int, delay: Int?, thirdVote: Bool, isSlow: Bool) throws {
    let findings = try spec("fence_ipmilan", delay: delay).proposal([pmm1: facts(took: took)], thirdVote: thirdVote, headStart: headStart)
      .findings
    #expect(findings.map(\.severity) == (isSlow ? [.warning] : []))
  }

  @Test("It says how long the answer took and what would be enough")
  func words() throws {
    let finding = try #require(spec("fence_ipmilan").proposal([pmm1: facts(took: 3250)]).findings.first)
    #expect(finding.message.hasPrefix("it took 3.2 s to answer pmm1, so a shot may take 7 s"))
    #expect(finding.hint.contains("priority_fencing_delay to 8"))
  }

  @Test("Where a device's own delay decides, it is that delay that has to grow")
  func ownDelay() throws {
    let finding = try #require(spec("fence_ipmilan", delay: 6).proposal([pmm1: facts(took: 3250)]).findings.first)
    #expect(finding.message.hasSuffix("pmm1 shoots only 6 s before the other, and both may be switched off"))
    #expect(finding.hint.hasPrefix("Set the delay of pmm1's fencing devices to 8"))
  }

  @Test("Keys on a disk are no race, and what no version has measured is no finding")
  func none() throws {
    #expect(try spec("fence_ipmilan").proposal([pmm1: facts(took: nil)]).findings == [])
    let scsi = FencingSpec.devices(try [pmm1, pmm2].map { try FenceDevice(node: $0, agent: "fence_scsi", disk: "/dev/disk/by-id/x") })
    #expect(scsi.named.allSatisfy { scsi.race(pmm1, $0.id, $0.device, test(9000), headStart: 5) == nil })
  }

  private func spec(_ agent: String, delay: Int? = nil) throws -> FencingSpec {
    .devices([
      try FenceDevice(node: pmm1, agent: agent, address: "h", delay: delay), try FenceDevice(node: pmm2, agent: agent, address: "h"),
    ])
  }

  private func test(_ took: Int?) -> FencingFacts.Test { .init(passed: true, time: 7, fingerprint: "x", stale: false, took: took) }

  private func facts(took: Int?) throws -> FencingFacts {
    var facts = try FencingFacts(Answer("ipmitool=yes\n== device fence_pmm2\nagent=yes\npassword=absent\n"))
    facts.devices["fence_pmm2"]?.test = test(took)
    return facts
  }
}
