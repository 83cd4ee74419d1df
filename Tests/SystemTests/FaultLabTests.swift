import FoundationEssentials
import Testing

/// The lab itself, interrupted.
@Suite("Faults of a lab's making", .inTurn, .serialized) struct FaultLabTests {
  private static var directory: String { "/var/lib/pmm-ha/labs/\(TestLab.name)" }

  @Test(
    "lab up, killed at any moment, is finished by the next one, and down takes all of it away",
    arguments: ["ssh_key", "shared.img", "nodes/pmm1/power.log"])
  func killedUp(moment: String) async throws {
    try await lab("down")
    let killed = try await kill(["lab", "up", "--name", TestLab.name]) {
      FileManager.default.fileExists(atPath: "\(Self.directory)/\(moment)")
    }
    #expect(killed)
    #expect(try await !remainsOfLab().isEmpty, "the look can find something")
    if moment != "ssh_key" {
      let up = try await lab("up")
      #expect(up.status == 0, "\(up)")
      for node in ["pmm1", "pmm2"] { #expect(try await on(node, "hostname").output == "\(node)\n") }
      let password = try String(contentsOfFile: "\(Self.directory)/nodes/pmm2/bmc/password", encoding: .utf8).filter { $0 != "\n" }
      let ask = "fence_ipmilan --ip=198.51.100.22 --username=admin --password=\(password) --lanplus --cipher=3 --action=status"
      #expect(try await on("pmm1", ask).output == "Status: ON\n")
    }
    let down = try await lab("down")
    #expect(down.status == 0, "\(down)")
    let left = try await remainsOfLab()
    #expect(left == [], "\(left)")
  }

  @Test("lab down where there is no lab, and twice at once, is fine")
  func downTwice() async throws {
    #expect(try await lab("up").status == 0)
    async let first = lab("down")
    async let second = lab("down")
    #expect(try await first.status == 0)
    #expect(try await second.status == 0)
    #expect(try await lab("down").status == 0)
    let left = try await remainsOfLab()
    #expect(left == [], "\(left)")
  }
}
