import FoundationEssentials
import Testing

/// One cluster of virtual machines through its life. The order of the tests is the order of that life; times are not
/// asserted, as nodes may be emulated.
@Suite(.virtualMachines, .serialized) struct VMClusterTests {
  private let url = "https://198.51.100.100"

  @Test("1. Two nodes boot, with kernels, disks and a watchdog of their own, and see one disk and one directory")
  func boots() async throws {
    let up = try await lab("up", "--driver", "vm")
    #expect(up.status == 0, "\(up)")
    let spec = try await lab("spec")
    try Data(spec.output.utf8).write(to: URL(filePath: VMLab.spec))
    let here = try await say("uname", ["-r"]).output
    for node in ["pmm1", "pmm2"] {
      let kernel = try await on(node, "uname -r; hostname; test -c /dev/watchdog && lsblk -dno SIZE /dev/disk/by-id/virtio-pmm-sbd")
      let lines = kernel.output.split(separator: "\n").map { $0.filter { $0 != " " } }
      #expect(lines.count == 3 && lines[0] != here.dropLast() && lines[1] == node && lines[2] == "16M", "\(kernel)")
    }
    #expect(try await on("pmm1", "echo here >/mnt/share/file && printf mark | dd of=/dev/disk/by-id/virtio-pmm-sh conv=fsync").status == 0)
    #expect(try await on("pmm2", "cat /mnt/share/file; head -c 4 /dev/disk/by-id/virtio-pmm-sh").output == "here\nmark")
    #expect(
      try await on("pmm1", "dd if=/dev/zero of=/dev/disk/by-id/virtio-pmm-sh bs=4k count=1 conv=fsync; rm /mnt/share/file").status == 0)
    #expect(try await outside("ip route show default").output.isEmpty)
  }

  @Test("2. LVM as the runbook uses it works on the shared disk: the other node sees the group and keeps its hands off")
  func volumes() async throws {
    let device = "/dev/disk/by-id/virtio-pmm-sh"
    let uname = "--config 'global {system_id_source=uname}'"
    let made = try await on(
      "pmm1",
      "pvcreate \(uname) -y \(device) && vgcreate \(uname) --setautoactivation n vgt \(device) && lvcreate \(uname) -y -l 50%VG -n lv vgt")
    #expect(made.status == 0, "\(made)")
    let refused = try await on("pmm2", "vgs \(uname) vgt")
    #expect(refused.status != 0 && refused.errors.contains("system ID pmm1"), "\(refused)")
    #expect(try await on("pmm1", "vgremove \(uname) -y vgt && pvremove \(uname) \(device) && wipefs -a \(device)").status == 0)
  }

  @Test("3. Apply builds a fenced cluster that answers at the virtual IP; applied twice is silent")
  func apply() async throws {
    let device = "/dev/disk/by-id/virtio-pmm-sh"
    let applied = try await pmmha("apply", "--yes", "--allow-destroy", device, "--allow-disruption")
    #expect(applied.status == 0, "\(applied)")
    #expect(try await outside("curl -sk -m 20 \(url)/v1/server/readyz -o /dev/null -w '%{http_code}'").output == "200")
    let plan = try await pmmha("plan")
    #expect(plan.status == 0, "\(plan)")
    let again = try await pmmha("apply")
    #expect(again.status == 0 && again.output.contains("Nothing to do"), "\(again)")
  }

  @Test("4. A snapshot of the running cluster comes back with all that was true then, and nothing that came after")
  func snapshot() async throws {
    #expect(try await post("before") == "200")
    let boots = try await bootIdentities()
    let saved = try await lab("snapshot save", "built")
    #expect(saved.status == 0, "\(saved)")
    #expect(try await bootIdentities() == boots, "the nodes go on")
    #expect(try await post("after") == "200")
    #expect(try await rows().contains("after"))
    let restored = try await lab("snapshot restore", "built")
    #expect(restored.status == 0, "\(restored)")
    #expect(try await eventually(within: 60) { try await rows().contains("before") })
    #expect(!(try await rows().contains("after")))
    #expect(try await bootIdentities() == boots, "the same boot goes on")
    #expect(try await eventually(within: 60) { try await pmmha("status").status == 0 })
    #expect(try await lab("snapshot list").output == "built\n")
    #expect(try await lab("snapshot save", "built").status != 0, "a snapshot is not overwritten")
  }

  @Test("5. The active node loses power: it is fenced by IPMI, boots cold, and every acknowledged row is at the other node")
  func crash() async throws {
    let before = try #require(try await activeNode())
    let boot = try await on(before, "cat /proc/sys/kernel/random/boot_id").output
    #expect(try await post("acknowledged") == "200")
    #expect(try await lab("power off", before).status == 0)
    #expect(try await eventually(within: 180) { try await rows().contains("acknowledged") })
    #expect(try await activeNode() == other(before))
    let fenced = try await on(other(before), "grep -c \"Operation 'reboot' .*targeting \(before).*: OK\" /var/log/pacemaker/pacemaker.log")
    #expect(fenced.status == 0, "\(fenced)")
    #expect(try await eventually(within: 300) { try await pmmha("status").status == 0 })
    #expect(try await on(before, "cat /proc/sys/kernel/random/boot_id").output != boot)
    #expect(try await activeNode() == other(before))
    #expect(try await pmmha("plan").status == 0)
  }

  @Test("6. A frozen active node is fenced, and the journal of a node that is off can be read")
  func frozen() async throws {
    #expect(try await lab("snapshot restore", "built").status == 0)
    #expect(try await eventually(within: 60) { try await pmmha("status").status == 0 })
    let before = try #require(try await activeNode())
    #expect(try await lab("freeze", before).status == 0)
    #expect(try await eventually(within: 180) { try await rows().contains("before") })
    #expect(try await lab("power off", before).status == 0)
    let journal = try await say(binary, ["lab", "logs", "--name", VMLab.name, before, "--", "--no-pager", "-u", "pacemaker"])
    #expect(journal.status == 0 && journal.output.contains("pacemaker"), "\(journal.errors)")
  }

  @Test("7. Up repairs a lab that lost everything that ran, and keeps the nodes' disks")
  func repair() async throws {
    let damage = """
      group=$(find /sys/fs/cgroup -maxdepth 2 -type d -name 'pmm-ha-lab-\(VMLab.name)'); echo 1 >$group/cgroup.kill
      while grep -q 'populated 1' $group/cgroup.events; do sleep 0.05; done
      ip netns delete pmm-ha-lab-\(VMLab.name)
      """
    #expect(try await say("sh", ["-c", damage]).status == 0)
    #expect(try await lab("status").output.contains("is down"))
    let up = try await lab("up")
    #expect(up.status == 0, "\(up)")
    #expect(try await on("pmm1", "ls /etc/pmm-ha").status == 0)
    let twice = try await lab("up")
    #expect(twice.status == 0, "\(twice)")
  }

  @Test("8. Down leaves nothing behind, and the look that says so finds a running lab")
  func down() async throws {
    let running = try await remains()
    #expect(running.contains { $0.contains("qemu-system") } && running.contains { $0.contains("ganesha") }, "\(running)")
    #expect(try await lab("down").status == 0)
    let left = try await remains()
    #expect(left.isEmpty, "\(left)")
  }

  private func post(_ row: String) async throws -> String {
    try await outside("curl -sk -m 20 -X POST -d '{\"id\": \"\(row)\"}' \(url)/lab/rows -o /dev/null -w '%{http_code}'").output
  }

  private func rows() async throws -> String { try await outside("curl -sk -m 5 \(url)/lab/rows").output }

  private func bootIdentities() async throws -> [String] {
    [
      try await on("pmm1", "cat /proc/sys/kernel/random/boot_id").output,
      try await on("pmm2", "cat /proc/sys/kernel/random/boot_id").output,
    ]
  }
}
