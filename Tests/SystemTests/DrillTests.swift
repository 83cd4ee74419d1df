import FoundationEssentials
import Testing

/// Drills on real nodes: that they pass where all is well, and that each checker fails where it must.
@Suite("Drills", .ownLab, .serialized) struct DrillTests {
  @Test("1. The short set passes: an outage is measured, no acknowledged write is lost, reports are written")
  func short() async throws {
    try await withDirectory { place in
      let said = try await drill("run", "--short", "--reports", place, "--json")
      #expect(said.status == 0, "\(said)")
      let results = try JSONDecoder().decode([Result].self, from: Data(said.output.utf8))
      #expect(results.count >= 3)
      for result in results {
        #expect(result.passed, "\(result)")
        #expect((result.records?.acknowledged ?? 0) > 5 && result.records?.lost == 0, "\(result)")
      }
      for result in results {
        let samples = try #require(result.samples, "\(result)")
        #expect(samples.scraped > 10 && samples.isSettled && samples.dropped == 0, "\(result)")
      }
      // A planned move loses none: what PMM did not take while it was away, the client sent afterwards.
      let move = try #require(results.first { $0.drill == "move" }?.samples)
      #expect(move.missing == 0, "\(move)")
      let crash = try #require(results.first { $0.drill == "power-cut-active" })
      #expect(crash.outages.contains { ($0.ended ?? 0) - $0.began > 500 }, "\(crash)")
      // The address was away, and with it TCP.
      #expect(crash.outages.flatMap(\.missing).contains { $0.stage == "tcp" }, "\(crash)")
      #expect(
        ["detection", "fencing", "storage", "address", "PMM's start"].allSatisfy { crash.phases.map(\.name).contains($0) }, "\(crash)")
      let files = try FileManager.default.contentsOfDirectory(atPath: place)
      #expect(files.count { $0.hasSuffix(".html") } == results.count && files.contains("junit.xml"), "\(files)")
      let history = try await say(binary, ["drill", "history", "--reports", place])
      #expect(history.output.split(separator: "\n").count { $0.contains("passed") } == results.count, "\(history)")
    }
  }

  @Test("2. Filesystem, address and PMM on two nodes, and a lost write: a drill in which they are planted fails by each")
  func planted() async throws {
    let mine = """
      title: Violations are planted while nobody but the checkers looks
      proves: That the checkers can fail.
      acts:
        - do: [{fault: cleanup}]
          expect: {service: any, hold: 25}
      """
    try await withDirectory { place in
      let file = "\(place)/planted.yml"
      try Data(mine.utf8).write(to: URL(filePath: file))
      let active = try #require(try await activeNode())
      let running = Task { try await drill("run", file, "--reports", place) }
      let watched = try await eventually(within: 60) {
        try await say("pgrep", ["--full", "watch.py.*pmm-ha-lab-\(TestLab.name) "]).status == 0
      }
      #expect(watched)
      try await Task.sleep(for: .seconds(8))
      let plant = """
        ip address add 198.51.100.100/32 dev lo; mount /dev/sdb /srv/pmm
        group=/sys/fs/cgroup/system.slice/pmm-server.service; mkdir -p $group
        sh -c "echo \\$\\$ >$group/cgroup.procs && exec unshare --pid --fork sleep 3"
        umount /srv/pmm; ip address del 198.51.100.100/32 dev lo; rmdir $group; true
        """
      let planted = try await on(other(active), plant)
      #expect(planted.status == 0 && planted.errors.isEmpty, "\(planted)")
      let gone = try await on(
        active,
        "podman exec pmm-server psql -qtAh /run/postgresql -U postgres -c \"DELETE FROM lab_rows WHERE number = (SELECT min(number) FROM lab_rows WHERE id LIKE 'planted-%') RETURNING id\""
      )
      #expect(gone.output.hasPrefix("planted-"), "\(gone)")
      let said = try await running.value
      #expect(said.status == 1, "\(said)")
      for violation in [
        "✗ the filesystem is never on two nodes", "✗ the virtual IP is never on two nodes", "✗ PMM is never on two nodes",
        "✗ nothing starts before the other node is fenced or has let go", "✗ no acknowledged write is lost",
      ] {
        #expect(said.output.contains(violation), "\(violation): \(said)")
      }
    }
  }

  @Test("3. A cluster of one's own is broken only after its name was given, and then through ssh alone")
  func own() async throws {
    try await withDirectory { place in
      let config = try String(contentsOfFile: "/var/lib/pmm-ha/labs/\(TestLab.name)/ssh_config", encoding: .utf8)
      try Data(config.utf8).write(to: URL(filePath: "\(place)/ssh"))
      let text = try String(contentsOfFile: "/var/lib/pmm-ha/labs/\(TestLab.name)/drills.yml", encoding: .utf8)
      let spec = "\(place)/own.yml"
      try Data(text.replacing("/var/lib/pmm-ha/labs/\(TestLab.name)/ssh_config", with: "\(place)/ssh").utf8).write(to: URL(filePath: spec))
      let before = try await activeNode()
      for agreement in [[], ["--agree", "another"]] {
        let refused = try await inLab(["drill", "run", "move", "--file", spec, "--reports", place] + agreement)
        #expect(refused.status == 1 && refused.errors.contains("Nothing was broken"), "\(refused)")
      }
      let lab = try await inLab(["drill", "run", "power-cut-active", "--file", spec, "--reports", place, "--agree", TestLab.name])
      #expect(lab.status == 1 && lab.errors.contains("only a lab can mend"), "\(lab)")
      #expect(try await activeNode() == before)
      let said = try await inLab(["drill", "run", "move", "--file", spec, "--reports", place, "--agree", TestLab.name])
      #expect(said.status == 0 && said.output.contains("mounts the filesystem"), "\(said)")
      #expect(try await activeNode() != before)
    }
  }

  private func drill(_ arguments: String...) async throws -> Said {
    try await say(binary, ["drill"] + arguments + ["--lab", TestLab.name])
  }

  /// As on a machine in the nodes' own network.
  private func inLab(_ arguments: [String]) async throws -> Said {
    try await say("nsenter", ["--net=/run/netns/pmm-ha-lab-\(TestLab.name)", binary] + arguments)
  }

  private struct Result: Decodable {
    let drill: String
    let passed: Bool
    let outages: [Outage]
    let records: Records?
    let samples: Samples?
    let phases: [Phase]

    struct Outage: Decodable {
      let began: Double
      let ended: Double?
      let missing: [Lack]
    }
    struct Lack: Decodable { let stage: String }
    struct Records: Decodable {
      let acknowledged: Int
      let lost: Int
    }
    struct Samples: Decodable {
      let scraped: Int
      let missing: Int
      let dropped: Int
      let isSettled: Bool
    }
    struct Phase: Decodable { let name: String }
  }
}
