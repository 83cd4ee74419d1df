import FoundationEssentials
import Testing

/// The runbook's commands by hand as they stand, with LVM on the shared disk and its unit's wrong directory (bench/runbook), and
/// what pmm-ha makes of it.
@Suite("A cluster built by hand with LVM", .virtualMachines, .serialized) struct VMAdoptTests {
  @Test("1. Built by the runbook, the volume group is the active node's, and PMM writes to the node's own disk")
  func build() async throws {
    let up = try await lab("up", "--driver", "vm")
    #expect(up.status == 0, "\(up)")
    let prepare = """
      podman load --quiet --input /mnt/share/images/pmm-lab-3.0.0.tar && echo hacluster:by-hand | chpasswd &&
      systemctl enable --quiet --now pcsd && mkdir -p /mnt/pmm/srv && chown 1000:0 /mnt/pmm/srv
      """
    async let second = on("pmm2", prepare)
    let prepared = try await (on("pmm1", prepare), second)
    #expect(prepared.0.status == 0 && prepared.1.status == 0, "\(prepared)")
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../bench/runbook/build.sh").standardized.path
    let built = try await say(
      "sh", [script],
      environment: [
        "ssh_config": "\(VMLab.directory)/ssh_config", "trace": "/dev/null", "share": "/mnt/share", "device": disk,
        "virtual_ip": "198.51.100.100", "prefix": "24", "address1": "198.51.100.11", "address2": "198.51.100.12",
        "image": "localhost/pmm-lab", "tag": "3.0.0", "password": "by-hand", "volume": "/mnt/pmm/srv", "volume_group": "pmm-server",
        "container_port": "8443",
      ])
    #expect(built.status == 0, "\(built)")
    #expect(try await eventually(within: 300) { try await isReady() })
    #expect(try await post("by-hand") == "200")
    let active = try await owner("pmm-server")
    #expect(["pmm1", "pmm2"].contains(active))
    #expect(try await on(active, "findmnt /mnt/pmm-server/srv && ls /mnt/pmm/srv/postgres14 >/dev/null").status == 0)
  }

  @Test("2. Adopted and applied, with consent: fencing works, the data is on the volume, and nothing is left to do")
  func adopt() async throws {
    let adopted = try await say(
      binary,
      [
        "adopt", "--node", "pmm1", "--ssh-config", "\(VMLab.directory)/ssh_config", "--output", VMLab.spec, "--force",
        "--fencing", "fence_ipmilan", "--fence-device", "pmm1=198.51.100.21", "--fence-device", "pmm2=198.51.100.22",
      ])
    #expect(adopted.status == 0, "\(adopted)")
    for words in [
      "fencing is off", "takes PMM's data from /mnt/pmm/srv, and the cluster mounts the shared disk at /mnt/pmm-server/srv",
      "takes all of the volume group",
    ] { #expect(adopted.output.contains(words), "\(adopted)") }
    let spec = try String(contentsOfFile: VMLab.spec, encoding: .utf8)
    for words in ["kind: lvm", "device: \(disk)", "volume_group: pmm-server", "logical_volume: srv", "size: \"100%\""] {
      #expect(spec.contains(words), "\(spec)")
    }
    let uuid = try await on("pmm1", "vgs --foreign --noheadings -o vg_uuid pmm-server").output
    let without = try await pmmha("apply", "--yes")
    #expect(without.status == 1 && without.errors.contains("--allow-disruption"), "\(without)")
    let applied = try await pmmha("apply", "--yes", "--allow-disruption")
    #expect(applied.status == 0 && applied.output.contains("PMM answers"), "\(applied)")
    #expect(try await rows().contains("by-hand"))
    #expect(try await on("pmm1", "vgs --foreign --noheadings -o vg_uuid pmm-server").output == uuid, "the group is the same one")
    try await expectNothingToDo()
    let configuration = try await on("pmm1", "cibadmin --query --scope configuration").output
    #expect(configuration.contains("name=\"stonith-enabled\" value=\"true\"") && !configuration.contains("VirtualIP"))
  }

  @Test("3. A failover takes the volume and the data along")
  func failover() async throws {
    let before = try #require(try await activeNode())
    let moved = try await pmmha("move")
    #expect(moved.status == 0, "\(moved)")
    #expect(try await owner("pmm-server") == other(before))
    #expect(try await rows().contains("by-hand"))
  }
}
