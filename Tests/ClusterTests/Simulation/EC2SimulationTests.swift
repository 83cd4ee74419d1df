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

  @Test("With a name in place of an address it is applied too, and no address is set anywhere")
  func named() async throws {
    let text = EC2ClusterSpecTests.text.replacing(
      "address: 198.51.100.100, prefix: 24, ec2: secondary-ip",
      with: "ec2: route53, hosted_zone: Z0123456789ABCDEFGHIJ, record: pmm.example.internal")
    let spec = try LoadedSpec(yaml: text, file: "pmm-ha.yml")
    let scenario = Scenario("EC2 by name", Scenario.bare, spec, Consent(destroy: [EC2ClusterSpecTests.device]))
    let done = try await scenario.apply()
    #expect(try await scenario.plan(done.cluster).steps.isEmpty)
    let cib = "\(try #require(done.cluster[Scenario.pmm1].cib))"
    #expect(cib.contains("aws-vpc-route53") && !cib.contains("IPaddr2"))
    #expect(done.cluster[Scenario.pmm1].packages.contains("bind9-dnsutils"))
  }
}
