import Foundation
import Testing

@testable import Core
@testable import Operations
@testable import Pacemaker

@Suite("What status makes of the nodes' answers") struct StatusTests {
  private func status(_ fixture: String) throws -> ClusterStatus {
    let url = try #require(Bundle.module.url(forResource: fixture, withExtension: "txt", subdirectory: "Fixtures"))
    return try ClusterStatus(Answer(String(contentsOf: url, encoding: .utf8)), url: "https://198.51.100.100:443/v1/server/readyz")
  }

  @Test("A node in standby is warned of, and not its fencing device, which it can still use")
  func standby() throws {
    let status = try status("probe-status-2.1.5-standby")
    #expect(status.fencingDevices.first { $0.id == "fence_pmm2" }?.monitoredOn == nil)
    #expect(status.findings.map(\.place) == ["pmm1"])
    #expect(!status.isHealthy)
  }

  @Test("A fencing device that failed is a danger, and one that nobody watches for no reason is warned of")
  func fencing() throws {
    let status = try status("probe-status-2.1.5-standby")
    var state = try #require(status.state)
    state.failures = [.init(resource: "fence_pmm2", task: "monitor", node: "pmm1", status: "error", reason: "", when: nil)]
    #expect(statusFindings(status, state).contains { $0.place == "fence_pmm2" && $0.severity == .danger })
    state.failures = []
    state.nodes[0].standby = false
    #expect(statusFindings(status, state).map(\.place) == ["fence_pmm2"])
    #expect(statusFindings(status, state).map(\.severity) == [.warning])
  }

  @Test("A node that joins is said to join, though crm_mon calls it a standby")
  func joining() throws {
    let status = try status("probe-status-2.1.5-standby")
    var state = try #require(status.state)
    state.nodes[0].pending = true
    #expect(statusFindings(status, state).map(\.message) == ["it is joining"])
  }

  @Test("A third vote counts where the membership says one, and is missed where it says none")
  func thirdVote() throws {
    let there = try status("probe-status-corosync-3.1.7-third-vote")
    #expect(there.thirdVote == true && !there.findings.contains { $0.place == "quorum" })
    let missing = try status("probe-status-corosync-3.1.7-third-vote-missing")
    #expect(missing.thirdVote == false && missing.findings.contains { $0.place == "quorum" && $0.severity == .warning })
    #expect(try status("probe-status-2.1.5-standby").thirdVote == nil)
  }

  @Test("A node that has not yet said its version has no other one")
  func version() throws {
    #expect(try !status("probe-status-2.1.5-just-joined").findings.contains { $0.message.contains("version") })
  }

  @Test("A start that takes long says what it waits for, since when, and PMM's last words")
  func starting() throws {
    let url = try #require(Bundle.module.url(forResource: "probe-status-2.1.5-standby", withExtension: "txt", subdirectory: "Fixtures"))
    let text = try String(contentsOf: url, encoding: .utf8)
    let now = try #require(text.split(separator: "\n").first { Int($0) != nil }.flatMap { Int($0) })
    func status(_ doing: String, since: Int) throws -> ClusterStatus {
      try ClusterStatus(Answer("== start\ndoing=\(doing)\nsince=\(since)\nwords=dumping = 3\n\(text)"), url: nil)
    }
    let migrating = try status("migrating", since: now - 300)
    #expect(migrating.service.starting?.words == "dumping = 3" && migrating.service.starting?.age == 300)
    var state = try #require(migrating.state)
    #expect(
      !statusFindings(migrating, state).contains { $0.message.hasPrefix("PMM migrates") }, "the service runs: the note is of no interest")
    var down = migrating
    down.service.node = nil
    state.nodes[0].standby = false
    #expect(statusFindings(down, state).contains { $0.message == "PMM migrates its data, since 5 min; its last words: dumping = 3" })
    var starting = try status("starting", since: now - 40)
    starting.service.node = nil
    #expect(statusFindings(starting, state).contains { $0.message == "PMM starts, since 40 s; its last words: dumping = 3" })
    #expect(try self.status("probe-status-2.1.5-standby").service.starting == nil)
  }

  @Test("A failure's reason reads as the agent wrote it")
  func reason() throws {
    let failure = try #require(try status("probe-status-2.1.5-container-ended").state?.failures.first)
    #expect(failure.reason == "PMM's container has ended by itself, its last words: PMM lab stand-in 3.0.0")
  }

  @Test("Who has not been heard has not been asked for its tests")
  func heard() throws {
    let here = try status("probe-status-2.1.5-standby")
    #expect(here.heardFrom == ["pmm2"])
    let all = try #require(ClusterStatus(merging: [here]))
    #expect(all.heardFrom == ["pmm2"])
    #expect(all.fencingDevices.first { $0.id == "fence_pmm1" }?.tested?.passed == true)
    #expect(all.fencingDevices.first { $0.id == "fence_pmm2" }?.tested == nil)
  }
}
