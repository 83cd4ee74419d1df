import FoundationEssentials
import Testing

/// Fencing without any power switch: a small shared disk and watchdogs, brought to a cluster that runs with BMCs.
@Suite("SBD on virtual machines", .virtualMachines, .serialized) struct VMSBDTests {
  private let slots = "/dev/disk/by-id/virtio-pmm-sbd"

  @Test("1. It comes to a cluster that runs, in place of the BMCs, with consent to the disk and to the pause; twice is silent")
  func added() async throws {
    try await buildCluster()

    try await writeSlots()
    let refused = try await pmmha("apply", "--yes")
    #expect(refused.status == 1 && refused.errors.contains("--allow-destroy \(slots)"), "\(refused)")
    #expect(refused.errors.contains("--allow-disruption"), "\(refused)")
    let applied = try await pmmha("apply", "--yes", "--allow-destroy", slots, "--allow-disruption")
    #expect(applied.status == 0 && applied.output.contains("PMM answers"), "\(applied)")
    try await expectNothingToDo()
    #expect(try await rows().contains("before"))
    for node in ["pmm1", "pmm2"] {
      #expect(try await on(node, "pgrep -x sbd >/dev/null && sbd -d \(slots) list").output.contains(node))
    }
    let devices = try await on("pmm1", "stonith_admin --list-registered").output
    #expect(devices.contains("fence_pmm2") && !devices.contains("ipmi"), "\(devices)")
    let kept = try await lab("snapshot save", "sbd")
    #expect(kept.status == 0, "\(kept)")
  }

  @Test("2. The poison pill: the passive node takes it, boots, and is back; PMM notices nothing")
  func poisonPill() async throws {
    let active = try #require(try await activeNode())
    let really = try await pmmha("fence test", "--really", "--yes", other(active))
    #expect(really.status == 0 && really.output.contains("really fenced"), "\(really)")
    #expect(try await activeNode() == active)
    #expect(try await pmmha("status").status == 0)
  }

  @Test("3. The active node loses power: after msgwait it counts as dead, the other one serves, and nothing acknowledged is lost")
  func crash() async throws {
    try await restore("sbd")
    let before = try #require(try await activeNode())
    #expect(try await post("last") == "200")
    #expect(try await lab("power off", before).status == 0)
    #expect(try await eventually(within: 300) { try await rows().contains("last") })
    #expect(try await activeNode() == other(before))
    #expect(try await lab("power on", before).status == 0)
    #expect(try await eventually(within: 300) { try await pmmha("status").status == 0 })
    #expect(try await owner() == other(before))
  }

  @Test("4. The active node loses the disk and goes on, and status says so; it loses the other node too, and resets itself")
  func diskLost() async throws {
    try await restore("sbd")
    let before = try #require(try await activeNode())
    let boot = try await on(before, "cat /proc/sys/kernel/random/boot_id").output
    let remove = "echo 1 >\"$(readlink -f /sys/class/block/\"$(basename \"$(readlink -f \(slots))\")\"/device)/../remove\""
    let removed = try await on(before, remove)
    #expect(removed.status == 0, "\(removed)")
    #expect(try await eventually(within: 120) { try await pmmha("status").status != 0 }, "a device that cannot be used is told")
    #expect(try await rows().contains("before"))
    #expect(try await on(before, "cat /proc/sys/kernel/random/boot_id").output == boot, "the cluster keeps it alive")
    #expect(try await post("last") == "200")
    #expect(try await lab("cut", before).status == 0)
    #expect(try await eventually(within: 300) { try await rows().contains("last") })
    #expect(try await activeNode() == other(before))
    #expect(try await lab("join", before).status == 0)
    #expect(try await eventually(within: 400) { try await pmmha("status").status == 0 })
    #expect(try await on(before, "cat /proc/sys/kernel/random/boot_id").output != boot, "it has reset itself")
    try await expectNothingToDo()
  }

  /// The spec with the slots in place of the BMCs.
  private func writeSlots() async throws {
    let spec = try String(contentsOfFile: VMLab.spec, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
    let begin = try #require(spec.firstIndex(of: "fencing:"))
    let end = try #require(spec.firstIndex { $0.hasPrefix("timing:") })
    let devices = ["pmm1", "pmm2"].map { "  - {node: \($0), agent: fence_sbd, device: \(slots)}" }
    let lines = spec[...begin].map(String.init) + devices + spec[end...].map(String.init)
    try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: VMLab.spec))
  }
}
