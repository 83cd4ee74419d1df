import FoundationEssentials
import Testing

/// What takes minutes: slow stops, an API or a metadata service that is away. `make test-ec2`; figures in docs/ec2.md.
@Suite("A cluster of EC2 instances in hard times", .ec2Lab, .serialized) struct EC2ExperimentTests {
  @Test("1. With the metadata services standing still, status and check answer, and PMM serves on")
  func metadataAway() async throws {
    #expect(try await EC2.apply().status == 0)
    for node in ["pmm1", "pmm2"] { #expect(try await on(node, "systemctl kill --signal STOP lab-metadata").status == 0) }
    let status = try await say("timeout", ["60", binary, "status", "--file", TestLab.spec])
    #expect(status.status == 0 && status.output.contains("healthy"), "\(status)")
    let check = try await say("timeout", ["120", binary, "check", "--file", TestLab.spec])
    #expect(check.output.contains("metadata service does not answer"), "\(check)")
    #expect(try await outside(EC2.ask).output == "200")
    for node in ["pmm1", "pmm2"] { #expect(try await on(node, "systemctl kill --signal CONT lab-metadata").status == 0) }
    #expect(try await eventually(within: 60) { try await !pmmha("check").output.contains("metadata service does not answer") })
  }

  @Test("2. The API silent for ten minutes, both nodes healthy: not one outage")
  func apiAway() async throws {
    let node = try #require(try await activeNode())
    let before = try await on(node, "pgrep -xo postgres").output
    #expect(try await lab("cloud", "--api", "silent").status == 0)
    let probe = try await lab("probe", "--every", "200", "--seconds", "600")
    #expect(probe.status == 0 && probe.output.contains(" 0 outages"), "\(probe)")
    #expect(try await on(node, "pgrep -xo postgres").output == before && !before.isEmpty, "PMM was not restarted")
    let check = try await say("timeout", ["120", binary, "check", "--file", TestLab.spec])
    #expect(check.status != 0 && check.output.contains("the EC2 API does not answer"), "\(check)")
    #expect(try await lab("cloud", "--api", "heard").status == 0)
    #expect(try await eventually(within: 600) { try await pmmha("status").status == 0 })
  }

  @Test("3. The API silent while the active node dies: nothing takes over, status says why; heard again, it recovers by itself")
  func apiAwayAtACrash() async throws {
    let node = try #require(try await activeNode())
    #expect(try await lab("cloud", "--api", "silent").status == 0)
    #expect(try await lab("power off", node).status == 0)
    #expect(try await eventually(within: 300) { try await pmmha("status").output.contains("it is lost and not fenced yet") })
    let status = try await pmmha("status")
    #expect(status.status != 0 && status.output.contains("UNCLEAN"), "\(status)")
    #expect(try await held(by: other(node)).isEmpty, "the survivor has not touched the disk")
    #expect(try await outside(EC2.ask).output == "000")
    #expect(try await lab("cloud", "--api", "heard").status == 0)
    #expect(try await eventually(within: 900) { try await outside(EC2.ask).output == "200" })
    #expect(try await activeNode() == other(node))
    #expect(try await eventually(within: 600) { try await pmmha("status").status == 0 })
  }

  @Test("4. However long a stop takes, the other node serves after it and not before", arguments: [5, 40, 120])
  func slowStop(_ seconds: Int) async throws {
    let node = try #require(try await activeNode())
    #expect(try await lab("cloud", "--stop-time", "\(seconds)").status == 0)
    let began = Date.now.timeIntervalSince1970
    #expect(try await lab("freeze", node).status == 0)
    #expect(try await eventually(within: 600) { try await outside(EC2.ask).output == "200" })
    let answered = Date.now.timeIntervalSince1970
    let dead = try #require(try EC2.powerLog(node).last { $0.what == "dead" }?.at)
    #expect(began < dead && dead < answered)
    let asked = try #require(
      try EC2.calls().last { $0.contains("StopInstances") }.flatMap { Double($0.split(separator: " ")[0]) })
    print("stop \(seconds) s: asked for after \(asked - began) s, dead after \(dead - began), answer after \(answered - began)")
    #expect(try await eventually(within: 300) { try await pmmha("status").status == 0 })
  }
}
