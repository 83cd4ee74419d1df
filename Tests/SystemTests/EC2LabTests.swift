import FoundationEssentials
import Testing

/// A cluster whose nodes are instances of an EC2 API, with the distribution's own fence_aws, awsvip and AWS CLI.
@Suite("A cluster of EC2 instances", .ec2Lab, .serialized) struct EC2LabTests {
  @Test("1. The preflight has nothing against two new instances; one right less is found by its name")
  func preflight() async throws {
    let right = try await pmmha("check")
    #expect(right.output.contains("dry runs allowed: stop, start") && !right.output.contains("may not"), "\(right)")
    #expect(!right.output.contains("blocking") && !right.output.contains("danger"), "\(right)")
    let policy = try await pmmha("ec2 policy")
    #expect(policy.output.contains("\"ec2:StopInstances\""), "\(policy)")
    let less = "/tmp/pmm-ha-\(TestLab.name)-policy.json"
    defer { try? FileManager.default.removeItem(atPath: less) }
    try Data(policy.output.replacing("ec2:StopInstances", with: "ec2:DescribeTags").utf8).write(to: URL(filePath: less))
    #expect(try await lab("cloud", "--policy", less).status == 0)
    let lacking = try await pmmha("check")
    #expect(lacking.status != 0 && lacking.output.contains("may not ec2:StopInstances"), "\(lacking)")
    try Data(policy.output.utf8).write(to: URL(filePath: less))
    #expect(try await lab("cloud", "--policy", less).status == 0)
  }

  @Test("2. From two bare instances to an answer where the API says that the address is; applied twice is silent")
  func apply() async throws {
    #expect(try await outside(EC2.ask).output == "000", "before: the address leads nowhere")
    let applied = try await EC2.apply()
    #expect(applied.status == 0 && applied.output.contains("PMM answers"), "\(applied)")
    #expect(try await outside(EC2.ask).output == "200")
    let again = try await pmmha("apply")
    #expect(again.status == 0 && again.output.contains("Nothing to do"), "\(again)")
    // Nothing waits for the address's resource, which looks once more after the API has taken its word.
    #expect(try await eventually(within: 60) { try await pmmha("status").status == 0 })
    let status = try await pmmha("status")
    #expect(status.output.contains("healthy") && status.output.contains("pmm_ec2_ip"), "\(status)")
  }

  @Test("3. The active instance hangs: fence_aws has the API cut its power, then the other one serves at the same address")
  func crash() async throws {
    let before = try #require(try await activeNode())
    #expect(try await lab("freeze", before).status == 0)
    #expect(try await eventually(within: 120) { try await outside(EC2.ask).output == "200" })
    #expect(try await activeNode() == other(before))
    let owner = try EC2.calls().last { $0.contains("AssignPrivateIpAddresses") && $0.hasSuffix(" 200") }
    #expect(owner?.contains(other(before) == "pmm1" ? " 198.51.100.11 " : " 198.51.100.12 ") == true, "\(owner ?? "nobody")")
    let calls = try EC2.calls().filter { $0.contains("StopInstances") && $0.hasSuffix(" 200") }
    #expect(calls.count == 1, "one stop, by the agent: \(calls)")
    // By the clock of both (one kernel): the last process of the lost node was dead before the disk was mounted elsewhere.
    let power = try EC2.powerLog(before)
    let dead = try #require(power.last { $0.what == "dead" }?.at, "\(power)")
    let mounted = try await on(
      other(before),
      "date -d \"$(grep 'execution of start operation for pmm_fs' /var/log/pacemaker/pacemaker.log | tail -n 1 | cut -d' ' -f1-3)\" +%s.%3N"
    )
    let began = try #require(Double(mounted.output.split(separator: "\n").first ?? ""), "\(mounted)")
    #expect(power.contains { $0.what == "ec2 off" } && dead < began, "dead at \(dead), mounted at \(began)")
    // The instance is started again, boots, and takes nothing away.
    #expect(try await eventually(within: 120) { try await pmmha("status").status == 0 })
    #expect(try await activeNode() == other(before))
    #expect(try await outside(EC2.ask).output == "200")
    #expect(try await pmmha("plan").status == 0)
  }
}

/// What tests of instances share.
enum EC2 {
  /// The code with which the service answers an outside client; 000 where nobody does.
  static let ask = "curl -sk -m 2 https://198.51.100.100/v1/server/readyz -o /dev/null -w '%{http_code}'"
  private static let directory = "/var/lib/pmm-ha/labs/\(TestLab.name)"

  /// With the agreement that a first apply needs.
  static func apply() async throws -> Said {
    let spec = try String(contentsOfFile: TestLab.spec, encoding: .utf8)
    let words = spec.split { ", \n".contains($0) }
    let device = try #require(words.first { $0.hasPrefix("/dev/disk/by-id/nvme-Amazon") })
    return try await pmmha("apply", "--yes", "--allow-destroy", String(device), "--allow-disruption")
  }

  /// `EPOCH ACTION CALLER STATUS` a line.
  static func calls() throws -> [Substring] {
    try String(contentsOfFile: "\(directory)/cloud/calls.log", encoding: .utf8).split(separator: "\n")
  }

  static func powerLog(_ node: String) throws -> [(at: Double, what: String)] {
    try String(contentsOfFile: "\(directory)/nodes/\(node)/power.log", encoding: .utf8).split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ", maxSplits: 1)
      return words.count == 2 ? Double(words[0]).map { ($0, String(words[1])) } : nil
    }
  }
}
