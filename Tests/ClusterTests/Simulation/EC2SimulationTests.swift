import Core
import Testing

@testable import Cluster

@Suite("A cluster on EC2, simulated") struct EC2SimulationTests {
  @Test("From two bare instances to an empty plan; what the agent turns out to offer is used in the second round")
  func applied() async throws {
    let spec = try LoadedSpec(yaml: EC2ClusterSpecTests.text, file: "pmm-ha.yml")
    let scenario = Scenario("EC2", Scenario.bare, spec, Consent(destroy: [EC2ClusterSpecTests.device]))
    let done = try await scenario.apply()
    #expect(try await scenario.plan(done.cluster).steps.isEmpty)
    let cib = "\(try #require(done.cluster[Scenario.pmm1].cib))"
    for words in ["pmm1:i-0123456789abcdef0", "awsvip", "name=\"disable_timeout\" value=\"false\"", "name=\"critical\" value=\"false\""] {
      #expect(cib.contains(words), "\(words)")
    }
    #expect(!cib.contains("skip_race_check"))
    #expect(done.cluster[Scenario.pmm1].packages.isSuperset(of: ["awscli", "python3-boto3"]))
  }
}
