import Core
import Foundation
import TestSupport
import Testing

/// Ties the simulation to the scripts: from the same state, both refuse, or both leave the same.
@Suite("The simulation and the real scripts") struct ContractTests {
  @Test(
    "make-filesystem does to a real disk what the simulation says",
    arguments: ["", "ext4", "xfs"], ["", "ext4", "ext4+xfs"])
  func filesystem(there: String, allowed: String) throws {
    let values: KeyValuePairs<String, Text> = ["FSTYPE": "ext4", "LABEL": "pmm", "OWNER": "0:0", "ALLOWED": Text(allowed)]
    var cluster = Scenario.bare
    if !there.isEmpty { cluster.disks[0].signatures = [SimulatedCluster.Disk.filesystem(there, label: "other", uuid: "u")] }
    let step = Step(Scenario.pmm1, "SharedStorage", .storage, "Make it", because: "test", .run(Script("make-filesystem", [], values)))
    var isRefused = false
    do {
      try SimulatedStep(step: step, reveal: { $0.description }, cut: { _ in }).run(&cluster)
    } catch is Refusal {
      isRefused = true
    }

    let root = try FakeRoot()
    let file = root.path("/run/disk")
    let device = try shell("truncate -s 512M '\(file)' && losetup --show --find '\(file)'").output.filter { !$0.isWhitespace }
    defer { _ = try? shell("losetup -d \(device)") }
    if !there.isEmpty { #expect(try shell("mkfs.\(there) -q -L other \(device)").status == 0) }
    let text = try ["format", "make-filesystem"].map { try scriptText("Components/SharedStorage/Resources/\($0)") }.joined(separator: "\n")
    let script = Script("make-filesystem", Array(text.utf8), values).adding(["DEVICE": Text(device)])
    let outcome = try shell(Script.functions + script.rendered { _ in "" })
    #expect((outcome.status != 0) == isRefused, "\(outcome)")
    let found = try shell("wipefs --no-act --parsable \(device) | grep -v '^#' | cut -d, -f3,4 | sort -u").output
    let simulated = cluster.disks[0].signatures.map { $0.split(separator: ",").suffix(2).joined(separator: ",") + "\n" }.sorted().joined()
    #expect(found == simulated)
  }
}
