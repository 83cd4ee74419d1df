import FoundationEssentials
import Testing

/// apply, killed (SIGKILL) on the way: the next one comes at once, while what was under way on the nodes may still be.
@Suite("An interrupted apply", .inTurn, .serialized) struct FaultInterruptionTests {
  @Test(
    "apply again does what is left, and all is as if nothing had happened",
    arguments: [
      ("began", "pmm1/PMMServer/Load"),  // amid a step of some seconds
      ("finished", "pmm1/SharedStorage/Make an ext4 filesystem"),
      ("began", "pmm1/Pacemaker/Start Corosync and Pacemaker"),
      ("began", "pmm1/Pacemaker/Wait until the service runs"),
      ("began", "pmm1/PCS/Authorize"),
    ])
  func killed(event: String, step: String) async throws {
    try await TestLab.whileUp {
      try await withDirectory { place in
        let killed = try await kill(
          ["apply", "--file", TestLab.spec, "--yes", "--allow-destroy", "/dev/sdb", "--allow-disruption"], in: ["XDG_STATE_HOME": place]
        ) {
          journals(in: place).split(separator: "\n").contains {
            $0.contains("\"event\":\"\(event)\"") && $0.contains("\"step\":\"\(step)")
          }
        }
        #expect(killed, "\(journals(in: place))")
      }
      if step.contains("Load") {
        let working = try await on("pmm1", "flock --nonblock /run/pmm-ha/work true")
        #expect(working.status != 0, "the step goes on to its end, and the next apply waits for that")
      }
      // Like any data: once it is there, it is not made anew.
      let filesystem = try await uuid()
      let again = try await applyAll()
      #expect(again.status == 0, "\(again)")
      #expect(again.output.contains("PMM answers"), "\(again)")
      #expect(try await outside("curl -sk https://198.51.100.100/v1/server/readyz -o /dev/null -w '%{http_code}'").output == "200")
      if event == "finished" { #expect(!filesystem.isEmpty) }
      if !filesystem.isEmpty { #expect(try await uuid() == filesystem) }
      let plan = try await pmmha("plan")
      #expect(plan.status == 0 && plan.output.contains("Nothing to do"), "\(plan)")
      let status = try await pmmha("status")
      #expect(status.status == 0, "\(status)")
    }
  }

  private func uuid() async throws -> String { try await on("pmm1", "blkid --probe --output value --match-tag UUID /dev/sdb").output }
}
