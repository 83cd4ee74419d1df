import FoundationEssentials
import Testing

/// The runbook's data-centre cluster on virtual machines through its life: HA-LVM on the shared disk, the settings by NFS.
/// The order of the tests is the order of that life; times are not asserted, as nodes may be emulated. Some begin with a
/// snapshot of the cluster that the second one built.
@Suite("The data-centre cluster on virtual machines", .virtualMachines, .serialized) struct VMClusterTests {
  @Test("1. Two nodes boot, with kernels, disks and a watchdog of their own, and see one disk and one directory")
  func boots() async throws {
    let up = try await lab("up", "--driver", "vm")
    #expect(up.status == 0, "\(up)")
    try await writeSpec()
    let here = try await say("uname", ["-r"]).output
    for node in ["pmm1", "pmm2"] {
      let kernel = try await on(node, "uname -r; hostname; test -c /dev/watchdog && lsblk -dno SIZE /dev/disk/by-id/virtio-pmm-sbd")
      let lines = kernel.output.split(separator: "\n").map { $0.filter { $0 != " " } }
      #expect(lines.count == 3 && lines[0] != here.dropLast() && lines[1] == node && lines[2] == "16M", "\(kernel)")
    }
    #expect(try await on("pmm1", "echo here >/mnt/share/file && printf mark | dd of=\(disk) conv=fsync").status == 0)
    #expect(try await on("pmm2", "cat /mnt/share/file; head -c 4 \(disk)").output == "here\nmark")
    #expect(try await on("pmm1", "dd if=/dev/zero of=\(disk) bs=4k count=1 conv=fsync; rm /mnt/share/file").status == 0)
    #expect(try await outside("ip route show default").output.isEmpty)
  }

  @Test("2. Apply builds the guide's cluster: HA-LVM, settings by NFS, fencing; applied twice is silent")
  func apply() async throws {
    let refused = try await pmmha("apply", "--yes")
    #expect(refused.status == 1 && refused.errors.contains("--allow-destroy \(disk)"), "\(refused)")
    let applied = try await pmmha("apply", "--yes", "--allow-destroy", disk)
    #expect(applied.status == 0, "\(applied)")
    #expect(try await isReady())
    let active = try #require(try await activeNode())
    #expect(try await owner() == active)
    let mounts = try await on(
      active, "findmnt -no SOURCE,FSTYPE /srv/pmm; findmnt -t nfs4 -no SOURCE,OPTIONS /mnt/config; cat /mnt/config/env")
    for words in ["/dev/mapper/pmm-srv ext4", "198.51.100.1:/share/pmm", "vers=4.2", "PMM_TAG=3.0.0"] {
      #expect(mounts.output.contains(words), "\(mounts)")
    }
    try await expectNothingToDo()
    let again = try await pmmha("apply")
    #expect(again.status == 0 && again.output.contains("Nothing to do"), "\(again)")
    #expect(try await post("before") == "200")
  }

  @Test("3. A snapshot of the running cluster comes back with all that was true then, and nothing that came after")
  func snapshot() async throws {
    let boots = try await bootIdentities()
    let saved = try await lab("snapshot save", "built")
    #expect(saved.status == 0, "\(saved)")
    #expect(try await bootIdentities() == boots, "the nodes go on")
    #expect(try await post("after") == "200")
    #expect(try await rows().contains("after"))
    try await restore("built")
    #expect(try await rows().contains("before"))
    #expect(!(try await rows().contains("after")))
    #expect(try await bootIdentities() == boots, "the same boot goes on")
    #expect(try await lab("snapshot list").output == "built\n")
    #expect(try await lab("snapshot save", "built").status != 0, "a snapshot is not overwritten")
  }

  @Test("4. The volume group goes where the service goes, also with the share's server gone; the other node keeps its hands off")
  func switchover() async throws {
    let before = try #require(try await activeNode())
    let after = other(before)
    try await stopShareServer()
    let moved = try await pmmha("move")
    #expect(moved.status == 0 && moved.output.contains(after), "\(moved)")
    #expect(try await rows().contains("before"))
    #expect(try await owner() == after)
    let refused = try await on(before, "lvchange -ay pmm/srv")
    #expect(refused.status != 0 && refused.errors.contains("system ID \(after)"), "\(refused)")
    #expect(try await on(before, "dmsetup ls").output.contains("pmm-srv") == false)
    let plan = try await pmmha("plan")
    #expect(plan.status == 0 && plan.output.contains("the config share is down"), "\(plan)")
    let up = try await lab("up")
    #expect(up.status == 0, "\(up)")
  }

  @Test("5. The active node loses power: it is fenced by IPMI, comes back, and does not take the volume group; no acknowledged row is lost")
  func crash() async throws {
    try await restore("built")
    let before = try #require(try await activeNode())
    let boot = try await on(before, "cat /proc/sys/kernel/random/boot_id").output
    async let acknowledged = writeUntilRefused()
    // Some rows are written first.
    #expect(try await eventually(within: 60) { try await rows().contains("row-3") })
    #expect(try await lab("power off", before).status == 0)
    let kept = try await acknowledged
    #expect(kept.count >= 3)
    #expect(try await eventually(within: 300) { try await rows().contains("before") })
    let found = try await rows()
    #expect(kept.filter { !found.contains("\"\($0)\"") } == [])
    #expect(try await activeNode() == other(before))
    let fenced = try await on(other(before), "grep -c \"Operation 'reboot' .*targeting \(before).*: OK\" /var/log/pacemaker/pacemaker.log")
    #expect(fenced.status == 0, "\(fenced)")
    #expect(try await eventually(within: 300) { try await pmmha("status").status == 0 })
    #expect(try await on(before, "cat /proc/sys/kernel/random/boot_id").output != boot)
    #expect(try await owner() == other(before))
    #expect(try await on(before, "lvm systemid").output.contains(before))
    #expect(try await on(before, "dmsetup ls").output.contains("pmm-srv") == false)
    try await expectNothingToDo()
  }

  @Test("6. Down leaves nothing behind, and the look that says so finds a running lab")
  func down() async throws {
    let running = try await remains()
    #expect(running.contains { $0.contains("qemu-system") } && running.contains { $0.contains("ganesha") }, "\(running)")
    #expect(try await lab("down").status == 0)
    let left = try await remains()
    #expect(left.isEmpty, "\(left)")
  }

  /// Writes row after row through the virtual IP until one is not acknowledged; those that were.
  private func writeUntilRefused() async throws -> [String] {
    var acknowledged: [String] = []
    while true {
      let row = "row-\(acknowledged.count + 1)"
      guard try await post(row) == "200" else { return acknowledged }
      acknowledged.append(row)
    }
  }

  private func bootIdentities() async throws -> [String] {
    [
      try await on("pmm1", "cat /proc/sys/kernel/random/boot_id").output,
      try await on("pmm2", "cat /proc/sys/kernel/random/boot_id").output,
    ]
  }
}
