import FoundationEssentials
import Testing

/// A cluster whose storage a third machine serves: the settings by an NFS export that apply makes there, the data on an iSCSI
/// disk of the kernel's own target (LIO), which takes reservations. Then the ways in which such storage goes away.
@Suite("Storage on a third machine", .virtualMachines, .serialized) struct VMStorageTests {
  @Test("1. The third machine gives a disk out by iSCSI; both nodes see one and the same")
  func target() async throws {
    try await SCSITarget.give()
    async let second = on("pmm2", SCSITarget.logIn())
    let logged = try await (on("pmm1", SCSITarget.logIn()), second)
    #expect(logged.0.status == 0 && logged.1.status == 0, "\(logged)")
    let device = try await SCSITarget.device()
    #expect(try await on("pmm1", "printf mark | dd of=\(device) oflag=direct conv=sync,fsync bs=512").status == 0)
    #expect(try await on("pmm2", "dd if=\(device) iflag=direct bs=512 count=1 status=none | head -c 4").output == "mark")
    #expect(try await on("pmm1", "dd if=/dev/zero of=\(device) bs=4k count=1 conv=fsync").status == 0)
  }

  @Test(
    "2. Apply exports the settings' directory there, makes the volume on that disk, and has both nodes registered with it; twice is silent")
  func apply() async throws {
    let device = try await SCSITarget.device()
    try await SCSITarget.writeSpec(device)
    let applied = try await pmmha("apply", "--yes", "--allow-destroy", device)
    #expect(applied.status == 0 && applied.output.contains("Export /srv/pmm-ha to the nodes"), "\(applied)")
    #expect(try await isReady())
    #expect(try await post("before") == "200")
    let exports = try await on("third", "exportfs -s; stat -c %a /srv/pmm-ha; ls /srv/pmm-ha").output
    #expect(exports.contains("/srv/pmm-ha  198.51.100.11(") && !exports.contains("*("), "\(exports)")
    #expect(exports.contains("\n700\n") && exports.contains("pmm-server.env"), "\(exports)")
    let active = try #require(try await activeNode())
    #expect(try await on(active, "findmnt -t nfs4 -no SOURCE /mnt/config").output == "198.51.100.13:/srv/pmm-ha\n")
    let keys = try await on(active, "sg_persist --in --read-keys \(device); sg_persist --in --read-reservation \(device)").output
    #expect(keys.contains("2 registered reservation keys") && keys.contains("Write Exclusive, registrants only"), "\(keys)")
    try await expectNothingToDo()
  }

  @Test("3. Each device answers when it is asked, and the disk's is asked of both nodes")
  func devices() async throws {
    let tested = try await pmmha("fence test")
    #expect(tested.status == 0 && !tested.output.contains("fails"), "\(tested)")
    for device in ["fence_pmm1 ", "fence_pmm2 ", "fence_pmm1_2 ", "fence_pmm2_2 "] { #expect(tested.output.contains(device), "\(tested)") }
    let saved = try await lab("snapshot save", "stored")
    #expect(saved.status == 0, "\(saved)")
  }

  @Test(
    "4. The settings' server hangs, then is gone when a node boots: the service moves, the node joins, and what was missed is written later"
  )
  func shareAway() async throws {
    let before = try #require(try await activeNode())
    // Packets that come and are not answered: the mount waits for them.
    #expect(try await on("third", "iptables -I INPUT -p tcp --dport 2049 -j DROP").status == 0)
    let moved = try await pmmha("move")
    #expect(moved.status == 0 && moved.output.contains(other(before)), "\(moved)")
    #expect(try await rows().contains("before"))
    let boot = try await on(before, "cat /proc/sys/kernel/random/boot_id").output
    try await on(before, "systemctl reboot")
    #expect(
      try await eventually(within: 300) {
        let now = try await on(before, "cat /proc/sys/kernel/random/boot_id").output
        return !now.isEmpty && now != boot
      })
    #expect(try await eventually(within: 300) { try await pmmha("status").status == 0 })
    let plan = try await pmmha("plan")
    #expect(plan.status == 0 && plan.output.contains("the config share is down"), "\(plan)")
    let back = try await pmmha("move")
    #expect(back.status == 0, "\(back)")
    #expect(try await activeNode() == before)
    #expect(try await rows().contains("before"))
    #expect(try await on("third", "iptables -D INPUT -p tcp --dport 2049 -j DROP").status == 0)
    #expect(try await eventually(within: 120) { try await !pmmha("plan").output.contains("the config share is down") })
    try await expectNothingToDo()
  }

  @Test(
    "5. The active node hangs and its BMC is silent: the disk locks it out, the other one serves, and what it writes on waking is refused")
  func reservation() async throws {
    try await restore("stored")
    let device = try await SCSITarget.device()
    let before = try #require(try await activeNode())
    let script = "\(VMLab.directory)/bin/bmc-fault.sh"
    #expect(try await say("sh", [script, VMLab.directory, before, "silent"]).status == 0)
    #expect(try await post("last") == "200")
    #expect(try await lab("freeze", before).status == 0)
    #expect(try await eventually(within: 600) { try await rows().contains("before") })
    #expect(try await rows().contains("last"), "what was acknowledged is there")
    let keys = try await on(other(before), "sg_persist --in --read-keys \(device)").output
    #expect(keys.contains("1 registered reservation key"), "\(keys)")
    #expect(try await lab("thaw", before).status == 0)
    // It still has the disk mounted, as it thinks: nothing of it may arrive there.
    let write = try await on(before, "timeout 30 dd if=/dev/zero of=\(device) bs=4k count=1 seek=700000 oflag=direct 2>&1; true")
    #expect(!write.output.contains("4096 bytes"), "\(write)")
    #expect(try await rows().contains("last"))
    // A person, or a watchdog, boots it.
    #expect(try await say("sh", [script, VMLab.directory, before, "mend"]).status == 0)
    #expect(try await lab("power off", before).status == 0)
    #expect(try await lab("power on", before).status == 0)
    // The BMC's silence was noted, and stays so until somebody says that it is mended.
    #expect(try await eventually(within: 400) { try await pmmha("status").output.contains("node     \(before)          online") })
    #expect(try await pmmha("cleanup").status == 0)
    #expect(try await eventually(within: 200) { try await pmmha("status").status == 0 })
    #expect(
      try await on(before, "sg_persist --in --read-keys \(device)").output.contains("2 registered reservation keys"),
      "it was given its key again")
    try await expectNothingToDo()
  }

  @Test("6. The active node's way to the disk is lost: it is given up, fenced if it cannot let go, and the other one serves")
  func sessionLost() async throws {
    try await restore("stored")
    let before = try #require(try await activeNode())
    #expect(try await post("last") == "200")
    #expect(try await on(before, "iptables -I OUTPUT -p tcp --dport 3260 -j DROP").status == 0)
    // What clients see comes from memory for a while: who has the disk is what counts.
    #expect(try await eventually(within: 900) { try await owner(seenFrom: other(before)) == other(before) })
    #expect(try await eventually(within: 300) { try await rows().contains("last") })
    #expect(try await activeNode() == other(before))
  }
}
