import FoundationEssentials
import Testing

/// A shared disk that each node reaches by two paths, one a ring, under device-mapper's multipath.
@Suite("A shared disk with two paths", .virtualMachines, .serialized) struct VMMultipathTests {
  @Test("1. Both nodes see the third machine's disk by two paths, as one disk of one name")
  func paths() async throws {
    try await SCSITarget.give()
    for node in ["pmm1", "pmm2"] {
      let logged = try await on(node, "\(Self.configure)\n\(SCSITarget.logIn(paths: 2))")
      #expect(logged.status == 0, "\(logged)")
      #expect(try await eventually(within: 60) { try await activePaths(of: node) == 2 })
    }
    let name = try await map("pmm1")
    #expect(try await map("pmm2") == name && name.hasPrefix("36001405"), "\(name)")
  }

  @Test("2. One path in the spec is refused, and told the name of the whole")
  func onePath() async throws {
    let path = try await on("pmm1", "readlink -f /dev/disk/by-path/ip-198.51.100.13:3260-*-lun-0").output.filter { $0 != "\n" }
    try await writeSpec(device: path)
    let plan = try await pmmha("plan")
    let name = try await map("pmm1")
    #expect(plan.status == 1 && plan.output.contains("name /dev/mapper/\(name) in the spec"), "\(plan)")
  }

  @Test("3. Apply makes the volume on the whole disk; twice is silent")
  func apply() async throws {
    let device = "/dev/mapper/\(try await map("pmm1"))"
    try await writeSpec(device: device)
    let applied = try await pmmha("apply", "--yes", "--allow-destroy", device)
    #expect(applied.status == 0, "\(applied)")
    #expect(try await post("before") == "200")
    let active = try #require(try await activeNode())
    let volumes = try await on(active, "pvs --noheadings -o pv_name").output.split(separator: "\n").map { $0.filter { $0 != " " } }
    #expect(volumes == [device], "\(volumes)")
    try await expectNothingToDo()
  }

  @Test("4. One path of the active node is cut: it goes on by the other one, and nobody is fenced")
  func lostPath() async throws {
    let active = try #require(try await activeNode())
    let boot = try await on(active, "cat /proc/sys/kernel/random/boot_id").output
    #expect(try await on(active, "iptables -I OUTPUT -d 198.51.101.13 -p tcp --dport 3260 -j DROP").status == 0)
    #expect(try await eventually(within: 120) { try await activePaths(of: active) == 1 })
    #expect(try await eventually(within: 60) { try await post("by-one-path") == "200" })
    #expect(try await activeNode() == active)
    #expect(try await on(active, "cat /proc/sys/kernel/random/boot_id").output == boot)
    #expect(try await on(active, "iptables -D OUTPUT -d 198.51.101.13 -p tcp --dport 3260 -j DROP").status == 0)
    #expect(try await eventually(within: 120) { try await activePaths(of: active) == 2 })
    let moved = try await pmmha("move")
    #expect(moved.status == 0, "\(moved)")
    #expect(try await activeNode() == other(active))
    #expect(try await rows().contains("by-one-path"))
    try await expectNothingToDo()
  }

  // Names by serial number are the same on both nodes; mpatha need not be.
  private static let configure = """
    set -e
    printf '%s\\n' 'defaults {' 'user_friendly_names no' 'find_multipaths yes' 'polling_interval 2' '}' >/etc/multipath.conf
    systemctl enable --quiet --now multipathd.service
    """

  private func map(_ node: String) async throws -> String {
    try await on(node, "lsblk --noheadings --list --output NAME,TYPE | awk '$2 == \"mpath\" { print $1; exit }'").output.filter {
      $0 != "\n"
    }
  }

  private func activePaths(of node: String) async throws -> Int {
    let said = try await on(node, "multipathd show paths raw format '%t %T'").output
    return said.split(separator: "\n").count { $0.hasPrefix("active ready") }
  }

  private func writeSpec(device: String) async throws {
    let spec = try await lab("spec").output
    #expect(spec.contains("device: \(disk),"), "\(spec)")
    try Data(spec.replacing("device: \(disk),", with: "device: \(device),").utf8).write(to: URL(filePath: VMLab.spec))
  }
}
