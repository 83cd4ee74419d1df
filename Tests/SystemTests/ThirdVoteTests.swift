import FoundationEssentials
import Testing

/// A third machine's vote, on real nodes: brought to a cluster that runs, and taken away again.
@Suite("A third vote", .labOfThree, .serialized) struct ThirdVoteTests {
  /// The spec without its section.
  private var without: String { "\(TestLab.spec).two.yml" }

  @Test("1. It comes to a running cluster, whose service does not notice; applied twice is silent")
  func add() async throws {
    let spec = try String(contentsOfFile: TestLab.spec, encoding: .utf8)
    let two = spec.split(separator: "\n").filter { !$0.hasPrefix("quorum:") }.joined(separator: "\n") + "\n"
    #expect(two != spec, "the lab's spec has the section: \(spec)")
    try Data(two.utf8).write(to: URL(filePath: without))
    let built = try await applyAll(spec: without)
    #expect(built.status == 0, "\(built)")
    let began = try await container()
    // Without consent to a disruption.
    let added = try await pmmha("apply", "--yes")
    #expect(added.status == 0, "\(added)")
    #expect(try await container() == began)
    let plan = try await pmmha("plan")
    #expect(plan.status == 0 && plan.output.contains("Nothing to do"), "\(plan)")
    let status = try await pmmha("status")
    #expect(status.status == 0 && status.output.contains("with the third vote"), "\(status)")
  }

  @Test("2. While it is missing the service runs and status warns")
  func missing() async throws {
    #expect(try await on("third", "systemctl stop corosync-qnetd").status == 0)
    #expect(try await eventually(within: 30) { try await pmmha("status").output.contains("the third vote is missing") })
    #expect(try await activeNode() != nil)
    #expect(try await on("third", "systemctl start corosync-qnetd").status == 0)
    #expect(try await eventually(within: 30) { try await pmmha("status").status == 0 })
  }

  @Test("3. Nodes that lose each other: the active one gets the vote, clients notice nothing; a crash waits for no head start")
  func drills() async throws {
    let place = "/tmp/pmm-ha-\(TestLab.name)-votes"
    defer { try? FileManager.default.removeItem(atPath: place) }
    let said = try await pmmha("drill run", "partition", "power-cut-active", "--reports", place)
    #expect(said.status == 0, "\(said)")
    let cib = try await on("pmm1", "cibadmin --query --xpath \"//nvpair[@name='priority-fencing-delay']\"")
    #expect(cib.output.contains("value=\"0s\""), "\(cib)")
  }

  @Test("4. Taken out of the spec it goes, and the two nodes decide alone again")
  func remove() async throws {
    defer { try? FileManager.default.removeItem(atPath: without) }
    let began = try await container()
    let removed = try await pmmha("apply", "--yes", spec: without)
    #expect(removed.status == 0, "\(removed)")
    #expect(try await container() == began)
    for node in ["pmm1", "pmm2"] {
      let votes = try await on(node, "corosync-quorumtool -s; systemctl is-active corosync-qdevice")
      #expect(votes.output.contains("2Node") && votes.output.contains("inactive"), "\(votes)")
    }
  }

  /// When PMM's container was started, where it runs.
  private func container() async throws -> String {
    let node = try #require(try await activeNode())
    let said = try await on(node, "podman inspect --format '{{.Id}} {{.State.StartedAt}}' pmm-server")
    #expect(said.status == 0, "\(said)")
    return said.output
  }
}
