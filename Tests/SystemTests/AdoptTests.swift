import FoundationEssentials
import Testing

/// The runbook's commands by hand, its unit's wrong directory and all (bench/runbook), and what pmm-ha makes of it.
@Suite("A cluster built by hand", .ownLab, .serialized) struct AdoptSystemTests {
  private static let spec = "/tmp/pmm-ha-\(TestLab.name)-adopted.yml"
  private let url = "https://198.51.100.100"

  @Test("1. Built by the runbook, PMM serves, and writes to the node's own disk")
  func build() async throws {
    for node in ["pmm1", "pmm2"] {
      let ready = try await on(
        node,
        "podman load --quiet --input /mnt/share/images/pmm-lab-3.0.0.tar && echo hacluster:by-hand | chpasswd && systemctl enable --quiet pcsd && mkdir -p /mnt/pmm/srv && chown 1000:0 /mnt/pmm/srv && until systemctl is-active --quiet pcsd; do sleep 0.1; done"
      )
      #expect(ready.status == 0, "\(ready)")
    }
    #expect(try await on("pmm1", "mkfs.ext4 -q /dev/sdb").status == 0)
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../bench/runbook/build.sh").standardized.path
    let built = try await say(
      "sh", [script],
      environment: [
        "ssh_config": "/var/lib/pmm-ha/labs/\(TestLab.name)/ssh_config", "trace": "/dev/null", "share": "/mnt/share", "device": "/dev/sdb",
        "virtual_ip": "198.51.100.100", "prefix": "24", "address1": "198.51.100.11", "address2": "198.51.100.12",
        "image": "localhost/pmm-lab", "tag": "3.0.0", "password": "by-hand", "volume": "/mnt/pmm/srv", "container_port": "8443",
      ])
    #expect(built.status == 0, "\(built)")
    #expect(try await eventually(within: 90) { try await ready() })
    #expect(
      try await outside("curl -sk -X POST -d '{\"id\": \"by-hand-1\"}' \(url)/lab/rows -o /dev/null -w '%{http_code}'").output.hasPrefix(
        "2"))
    // What a person does one day: a move by the older tool, and the unit at boot.
    #expect(
      try await on(
        "pmm1", "crm_resource --ban --resource pmm --node pmm2 --quiet ; systemctl enable pmm-server; systemctl is-enabled pmm-server"
      ).output.hasSuffix("enabled\n"))
    #expect(try await on("pmm1", "ls /mnt/pmm/srv && [ -z \"$(ls /mnt/pmm-server/srv | grep -v lost+found)\" ]").status == 0)
  }

  @Test("2. adopt changes nothing, names the defects, and writes a spec from one node's name")
  func adopt() async throws {
    let before = (try await configuration(of: "pmm1"), try await configuration(of: "pmm2"))
    let adopted = try await say(
      binary,
      [
        "adopt", "--node", "pmm1", "--ssh-config", "/var/lib/pmm-ha/labs/\(TestLab.name)/ssh_config", "--output", Self.spec, "--force",
        "--fencing", "fence_ipmilan", "--fence-device", "pmm1=198.51.100.21", "--fence-device", "pmm2=198.51.100.22",
      ])
    #expect(adopted.status == 0, "\(adopted)")
    for words in [
      "fencing is off", "takes PMM's data from /mnt/pmm/srv, and the cluster mounts the shared disk at /mnt/pmm-server/srv",
      "pmm1: /mnt/pmm/srv, on this node's own disk, holds data of PMM's", "starts where the shared disk is not mounted",
      "it starts at boot, whatever Pacemaker says", "Restart=on-failure", "sees a live process, not a PMM that answers", "dc-deadtime",
      "cli-ban-pmm-on-pmm2",
    ] { #expect(adopted.output.contains(words), "\(adopted)") }
    let after = (try await configuration(of: "pmm1"), try await configuration(of: "pmm2"))
    #expect(after == before)
  }

  @Test("3. Without consent nothing is changed; with it the defects are gone, and every row is there")
  func apply() async throws {
    let passwords = try Dictionary(
      uniqueKeysWithValues: ["pmm1", "pmm2"].map { node in
        let file = "/var/lib/pmm-ha/labs/\(TestLab.name)/nodes/\(node)/bmc/password"
        return (
          "PMM_HA_BMC_\(node.uppercased())", try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map(String.init)[0]
        )
      })
    let before = (try await configuration(of: "pmm1"), try await configuration(of: "pmm2"))
    let without = try await say(binary, ["apply", "--file", Self.spec, "--yes"], environment: passwords)
    let after = (try await configuration(of: "pmm1"), try await configuration(of: "pmm2"))
    #expect(without.status == 1 && after == before)
    #expect(without.errors.contains("--allow-disruption") && without.errors.contains("/mnt/pmm/srv.before-pmm-ha"), "\(without)")
    let applied = try await say(binary, ["apply", "--file", Self.spec, "--yes", "--allow-disruption"], environment: passwords)
    #expect(applied.status == 0 && applied.output.contains("PMM answers"), "\(applied)")
    #expect(try await outside("curl -sk \(url)/lab/rows").output.contains("by-hand-1"))
    #expect(try await on("pmm1", "ls /mnt/pmm/srv.before-pmm-ha/postgres14 && [ ! -e /mnt/pmm/srv ]").status == 0, "the original is kept")
    let plan = try await pmmha("plan", spec: Self.spec)
    #expect(plan.status == 0, "\(plan)")
    let status = try await pmmha("status", spec: Self.spec)
    #expect(status.status == 0 && status.output.contains("fence_pmm1") && status.output.contains("tested"), "\(status)")
    let cib = try await on("pmm1", "cibadmin --query --scope configuration").output
    for gone in ["VirtualIP", "\"pmm-server\" class", "cli-ban", "target-role", "pmm-ha-taking-over"] {
      #expect(!cib.contains(gone), "\(cib)")
    }
    #expect(cib.contains("name=\"stonith-enabled\" value=\"true\"") && cib.contains("value=\"198.51.100.100\""))
    #expect(try await on("pmm1", "systemctl is-enabled pmm-server").output != "enabled\n")
    let pcs = try await on("pmm2", "pcs status --full")
    #expect(pcs.status == 0 && pcs.output.contains("pmm_server") && !pcs.output.contains("Unable to authenticate"), "\(pcs)")
  }

  @Test("4. Now a failover takes the data along")
  func move() async throws {
    let moved = try await pmmha("move", spec: Self.spec)
    #expect(moved.status == 0 && moved.output.contains("pmm2"), "\(moved)")
    #expect(try await ready())
    #expect(try await outside("curl -sk \(url)/lab/rows").output.contains("by-hand-1"))
    try? FileManager.default.removeItem(atPath: Self.spec)
  }

  /// Of a node whose cluster runs, what nobody but an administrator changes.
  /// Without what PMM, which runs, writes in its own directories by itself.
  private func configuration(of node: String) async throws -> String {
    let look = """
      find /etc /usr/lib/systemd /lib/systemd /usr/lib/ocf /usr/lib/pmm-ha /mnt/share /mnt/pmm -maxdepth 4 ! -path '/mnt/pmm/srv/*/*' -printf '%p %s %m %U\\n' 2>/dev/null
      cibadmin --query --scope configuration
      e2label /dev/sdb; cat /etc/shadow /etc/corosync/corosync.conf; systemctl is-active corosync pacemaker pmm-server
      """
    let said = try await on(node, look)
    #expect(said.output.count > 1000)
    return said.output
  }

  private func ready() async throws -> Bool {
    try await outside("curl -sk -m 2 \(url)/v1/server/readyz -o /dev/null -w '%{http_code}'").output == "200"
  }
}
