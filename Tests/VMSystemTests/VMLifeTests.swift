import FoundationEssentials
import Testing

/// What comes to such a cluster in its later life, beside what VMClusterTests shows of it.
@Suite("The later life of a data-centre cluster on virtual machines", .virtualMachines, .serialized) struct VMLifeTests {
  @Test("1. Apply builds it with xfs; opens the firewalls for the other node and for clients, and adds the disk to LVM's devices file")
  func build() async throws {
    // Firewall and devices file as CentOS Stream 9 has them: on, and without what we need.
    let prepare = """
      systemctl -q enable --now firewalld.service && mkdir -p /etc/lvm/devices && : >/etc/lvm/devices/system.devices &&
      printf 'devices {\\n\\tuse_devicesfile = 1\\n}\\n' >>/etc/lvm/lvm.conf
      """
    try await buildCluster(filesystem: "xfs", prepare: prepare)
    let active = try #require(try await activeNode())
    #expect(try await on(active, "findmnt -no FSTYPE /srv/pmm").output == "xfs\n")
    for node in ["pmm1", "pmm2"] {
      let open = try await on(node, "for when in '' --permanent; do firewall-cmd $when --zone=public --list-services 2>/dev/null; done")
        .output
      let both = open.split(separator: "\n").map { Set($0.split(separator: " ")) }
      #expect(both.count == 2 && both.allSatisfy { $0.isSuperset(of: ["high-availability", "https"]) }, "\(open)")
      let devices = try await on(node, "lvm lvmdevices")
      // With what is on it: LVM 2.03.16 takes a virtio disk's name for its id.
      #expect(devices.output.contains("DEVNAME=/dev/vd") && !devices.output.contains("PVID=none"), "\(devices)")
    }
    try await expectNothingToDo()
  }

  @Test("2. A larger size grows volume and filesystem while PMM runs; a smaller one is refused")
  func grow() async throws {
    let active = try #require(try await activeNode())
    #expect(try await on(active, "echo PMM_TAG=by-hand >>/mnt/config/env").status == 0)
    let drift = try await pmmha("plan")
    #expect(drift.status == 2 && drift.output.contains("/mnt/config/env is not what the spec says"), "\(drift)")
    try await writeSpec(size: "95%", filesystem: "xfs")
    let process = try await on(active, "systemctl show -p MainPID pmm-server")
    let grown = try await pmmha("apply", "--yes")
    #expect(grown.status == 0 && grown.output.contains("Grow /dev/pmm/srv"), "\(grown)")
    let size = try await on(active, "lvs --noheadings --units m --nosuffix -o lv_size pmm/srv; df -BM --output=size /srv/pmm | tail -n 1")
    let sizes = size.output.split(separator: "\n").compactMap { Double($0.filter { "0123456789.".contains($0) }) }
    #expect(sizes.count == 2 && sizes[0] > 3800 && sizes[1] > 3600, "\(size)")
    #expect(try await on(active, "systemctl show -p MainPID pmm-server").output == process.output)
    #expect(try await on(active, "cat /mnt/config/env").output.contains("by-hand") == false, "what was changed by hand is mended too")
    try await writeSpec(size: "50%", filesystem: "xfs")
    let shrunk = try await pmmha("plan")
    #expect(shrunk.status == 1 && shrunk.output.contains("a volume is never made smaller"), "\(shrunk)")
    try await writeSpec(size: "95%", filesystem: "xfs")
  }

  @Test("3. The active node reboots in order: PMM goes first, its volume is let go, and nobody is fenced")
  func reboot() async throws {
    let before = try #require(try await activeNode())
    let boot = try await on(before, "cat /proc/sys/kernel/random/boot_id").output
    let history = try await on(other(before), "stonith_admin --history '*' --output-as=xml | grep -c '<fence_event'").output
    try await on(before, "systemctl reboot")
    #expect(try await eventually(within: 300) { try await owner(seenFrom: other(before)) == other(before) })
    #expect(try await eventually(within: 300) { try await pmmha("status").status == 0 })
    #expect(try await activeNode() == other(before))
    #expect(try await rows().contains("before"))
    #expect(try await on(before, "cat /proc/sys/kernel/random/boot_id").output != boot)
    #expect(try await on(other(before), "stonith_admin --history '*' --output-as=xml | grep -c '<fence_event'").output == history)
    try await expectNothingToDo()
  }

  @Test("4. The journal of a node that is off can be read; up repairs a lab that lost everything that ran, and keeps the disks")
  func repair() async throws {
    let damage = """
      group=$(find /sys/fs/cgroup -maxdepth 2 -type d -name 'pmm-ha-lab-\(VMLab.name)'); echo 1 >$group/cgroup.kill
      while grep -q 'populated 1' $group/cgroup.events; do sleep 0.05; done
      ip netns delete pmm-ha-lab-\(VMLab.name)
      """
    #expect(try await say("sh", ["-c", damage]).status == 0)
    #expect(try await lab("status").output.contains("is down"))
    let journal = try await say(binary, ["lab", "logs", "--name", VMLab.name, "pmm1", "--", "--no-pager", "-u", "pacemaker"])
    #expect(journal.status == 0 && journal.output.contains("pacemaker"), "\(journal.errors)")
    let up = try await lab("up")
    #expect(up.status == 0, "\(up)")
    #expect(try await on("pmm1", "ls /etc/pmm-ha").status == 0)
    let twice = try await lab("up")
    #expect(twice.status == 0, "\(twice)")
  }
}
