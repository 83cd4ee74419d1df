import FoundationEssentials
import Testing

/// Fencing in levels, asked, used and answered for, on real nodes with real IPMI. The order of the tests is the order of
/// the cluster's life.
@Suite("Fencing devices", .ownLab, .serialized) struct FencingLabTests {
  @Test("1. A second way behind the BMC, and two devices of one level, are applied and known to Pacemaker")
  func levels() async throws {
    // The lab has one BMC a node. fence_idrac is fence_ipmilan by another name: another device to Pacemaker.
    let spec = try String(contentsOfFile: TestLab.spec, encoding: .utf8)
    var lines: [Substring] = []
    for line in spec.split(separator: "\n", omittingEmptySubsequences: false) {
      if line == "timing: fast" {
        for (node, level) in [("pmm1", 1), ("pmm2", 2)] {
          lines.append(
            "  - {node: \(node), agent: fence_idrac, address: 198.51.100.2\(node.last!), user: admin, level: \(level), password: {file: /var/lib/pmm-ha/labs/\(TestLab.name)/nodes/\(node)/bmc/password}}"
          )
        }
      }
      lines.append(line)
      if line.hasPrefix("    agent: fence_ipmilan") { lines.append("    level: 1") }
    }
    try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: TestLab.spec))
    let valid = try await pmmha("validate")
    #expect(valid.status == 0 && valid.output.contains("has this address, too"), "one BMC is one way: \(valid)")
    let applied = try await applyAll()
    #expect(applied.status == 0, "\(applied)")
    let topology = try await on("pmm1", "cibadmin --query --scope fencing-topology").output
    #expect(topology.contains("devices=\"fence_pmm1,fence_pmm1_2\"") && topology.contains("index=\"2\""), "\(topology)")
    let list = try await fence("list")
    #expect(list.output.contains("level 2  fence_pmm2_2") && list.output.contains("never really fenced"), "\(list)")
    #expect(try await pmmha("plan").status == 0)
  }

  @Test("2. Each device is asked from the node that uses it; the service does not notice")
  func test() async throws {
    let all = try await fence("test", "--json")
    #expect(all.status == 0, "\(all)")
    let tests = try JSONDecoder().decode(Tests.self, from: Data(all.output.utf8)).tests
    #expect(tests.map(\.device) == ["fence_pmm1", "fence_pmm1_2", "fence_pmm2", "fence_pmm2_2"])
    #expect(tests.allSatisfy { $0.passed && $0.from != $0.node })
    #expect(try await fence("test", "fence_pmm2").output.split(separator: "\n").count == 1)
    let nobody = try await fence("test", "fence_pm2")
    #expect(nobody.status != 0 && nobody.errors.contains("Did you mean 'fence_pmm2'?"), "\(nobody)")
  }

  @Test("3. Really: only the passive node, only when asked for by its name")
  func refusals() async throws {
    let active = try #require(try await activeNode())
    let one = try await fence("test", active, "--really", "--yes", active)
    #expect(one.status != 0 && one.errors.contains("The service runs on \(active), so it is not fenced"), "\(one)")
    let unasked = try await fence("test", "--really")
    #expect(unasked.status != 0 && unasked.errors.contains("Without a question: --yes \(other(active))"), "\(unasked)")
    let wrong = try await fence("test", "--really", "--yes", active)
    #expect(wrong.status != 0 && wrong.errors.contains("nobody was fenced"), "\(wrong)")
    let alive = try await fence("confirm", other(active), "--yes", other(active))
    #expect(alive.status != 0 && alive.errors.contains("says that it is on"), "\(alive)")
    #expect(try await fence("history").output.contains("Nobody was fenced"))
  }

  @Test("4. Really: the passive node is fenced by Pacemaker and comes back, and PMM runs on")
  func really() async throws {
    let active = try #require(try await activeNode())
    let passive = other(active)
    let before = try await on(active, "pgrep -xo postgres").output
    let said = try await fence("test", "--really", "--yes", passive, "--json")
    #expect(said.status == 0, "\(said)")
    let times = try JSONDecoder().decode(Really.self, from: Data(said.output.utf8))
    #expect(times.node == passive && 0 < times.confirmed && times.confirmed <= times.back && times.back <= times.online, "\(times)")
    #expect(try await on(active, "pgrep -xo postgres").output == before && !before.isEmpty)
    let status = try await pmmha("status")
    #expect(status.status == 0 && status.output.contains("really fenced"), "\(status)")
    let history = try await fence("history")
    #expect(history.output.contains("\(passive)  reboot success by \(active) for stonith_admin"), "\(history)")
    let list = try await fence("list")
    #expect(list.output.contains("fenced by Pacemaker at ") && list.output.contains("(reboot by \(active))"), "\(list)")
    #expect(try await pmmha("plan").status == 0)
  }

  @Test("5. Really, and back before the device has confirmed it: the node reboots itself once more and does not stay out")
  func backTooEarly() async throws {
    let active = try #require(try await activeNode())
    let passive = other(active)
    // The agent waits as long after "on" as a slow BMC or a hypervisor's API may take; the lab's nodes boot in less.
    for device in ["fence_\(passive)", "fence_\(passive)_2"] {
      #expect(try await on(active, "crm_resource --resource \(device) --set-parameter power_wait --parameter-value 4").status == 0)
    }
    #expect(try await on(active, "crm_resource --wait").status == 0)
    let before = try await on(active, "pgrep -xo postgres").output
    let said = try await fence("test", "--really", "--yes", passive, "--json")
    #expect(said.status == 0, "\(said)")
    let heard = try await on(passive, "grep -c 'We were allegedly just fenced' /var/log/pacemaker/pacemaker.log")
    #expect(heard.status == 0, "it was back in time, so this shows nothing: \(heard)")
    #expect(try await on(active, "pgrep -xo postgres").output == before && !before.isEmpty)
    let mended = try await pmmha("apply", "--yes")
    #expect(mended.status == 0, "\(mended)")
    #expect(try await pmmha("plan").status == 0)
  }

  @Test("6. When the first level's device fails, that is told, and the second one fences")
  func secondLevel() async throws {
    if try await activeNode() == "pmm2" { #expect(try await pmmha("move").status == 0) }
    #expect(try await on("pmm1", "echo wrong >/etc/pmm-ha/fencing/fence_pmm2.password").status == 0)
    let test = try await fence("test", "pmm2")
    #expect(test.status == 1 && test.output.contains("fence_pmm2 refuses the password"), "\(test)")
    #expect(try await pmmha("status").output.contains("DANGER fence_pmm2: its last test failed"))
    let refused = try await fence("test", "--really", "--yes", "pmm2")
    #expect(refused.status != 0 && refused.errors.contains("The cluster is not healthy, so nobody is fenced"), "\(refused)")
    let fenced = try await on("pmm1", "stonith_admin --reboot pmm2 && grep -c 'fence_pmm2_2' /var/log/pacemaker/pacemaker.log")
    #expect(fenced.status == 0, "\(fenced)")
    let mended = try await pmmha("apply", "--yes")
    #expect(mended.status == 0, "\(mended)")
    #expect(try await pmmha("status").output.contains("tested"))
  }

  @Test("7. A node that no device can fence counts as off on a person's word only")
  func confirm() async throws {
    #expect(try await eventually(within: 60) { try await pmmha("status").output.contains("pmm2          online") })
    for device in ["fence_pmm2", "fence_pmm2_2"] {
      #expect(try await on("pmm1", "echo wrong >/etc/pmm-ha/fencing/\(device).password").status == 0)
    }
    #expect(try await lab("power off", "pmm2").status == 0)
    #expect(try await eventually(within: 60) { try await pmmha("status").output.contains("UNCLEAN") })
    let unasked = try await fence("confirm", "pmm2")
    #expect(unasked.status != 0 && unasked.errors.contains("Nothing was confirmed. Without a question: --yes pmm2"), "\(unasked)")
    let confirmed = try await fence("confirm", "pmm2", "--yes", "pmm2")
    #expect(confirmed.status == 0 && confirmed.output.contains("The service runs on pmm1"), "\(confirmed)")
    #expect(!(try await pmmha("status").output.contains("UNCLEAN")))
  }

  private struct Tests: Decodable {
    struct One: Decodable {
      let device, node, from: String
      let passed: Bool
    }
    let tests: [One]
  }

  private struct Really: Decodable {
    let node: String
    let confirmed, back, online: Double
  }

  private func fence(_ verb: String, _ arguments: String...) async throws -> Said {
    try await say(binary, ["fence", verb, "--file", TestLab.spec] + arguments)
  }
}
