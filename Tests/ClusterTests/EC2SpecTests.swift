import Cluster
import Core
import EC2
import SpecFile
import Testing
import VirtualIP

@Suite("A spec of platform ec2") struct EC2ClusterSpecTests {
  static let device = "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0123456789abcdef0"
  static let text = """
    cluster: pmm-ha
    platform: ec2
    ec2:
      region: eu-central-1
      instances: {pmm1: i-0123456789abcdef0, pmm2: i-0fedcba9876543210}
      volume: vol-0123456789abcdef0
      role: pmm-ha
    nodes:
      - {name: pmm1, addresses: [198.51.100.11]}
      - {name: pmm2, addresses: [198.51.100.12]}
    virtual_ip: {address: 198.51.100.100, prefix: 24, ec2: secondary-ip}
    shared_storage: {device: /dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0123456789abcdef0}
    config_share: {path: /mnt/share/pmm}
    fencing:
      - {node: pmm1, agent: fence_aws}
      - {node: pmm2, agent: fence_aws}
    pmm: {tag: 3.9.1}

    """

  @Test("It loads, with the cloud's times by default")
  func loads() throws {
    let loaded = try LoadedSpec(yaml: Self.text, file: "pmm-ha.yml")
    #expect(loaded.problems.isEmpty)
    #expect(loaded.cluster.platform == .ec2 && loaded.cluster.timing == .cloud)
    #expect(loaded.cluster.timing.token == 30000 && loaded.cluster.timing.consensus == 36000)
    #expect(loaded.cluster.ec2?.volume == "vol-0123456789abcdef0" && loaded.cluster.virtualIP.ec2 == .secondaryIP)
  }

  @Test("With route53 there is a name and no address, and clients ask for PMM by it")
  func route53() throws {
    let text = Self.text.replacing(
      "address: 198.51.100.100, prefix: 24, ec2: secondary-ip",
      with: "ec2: route53, hosted_zone: Z0123456789ABCDEFGHIJ, record: pmm.example.internal., ttl: 5")
    let loaded = try LoadedSpec(yaml: text, file: "pmm-ha.yml")
    #expect(loaded.problems.isEmpty, "\(loaded.problems)")
    #expect(loaded.cluster.virtualIP.address == nil && loaded.cluster.virtualIP.record?.ttl == 5)
    #expect(loaded.cluster.readinessURL == "https://pmm.example.internal:443/v1/server/readyz")
    let slow = try LoadedSpec(yaml: text.replacing("ttl: 5", with: "ttl: 300"), file: "pmm-ha.yml")
    #expect(slow.findings.map(\.place) == ["virtual_ip/ttl"], "\(slow.findings)")
  }

  @Test("The example with its commented ec2 keys set is one, too")
  func example() throws {
    // Whoever copies the reference's lines gets a spec that works.
    let schema = try Schema.ofSpec()
    #expect(
      schema["ec2"]?.fields.map(\.name) == [
        "region", "instances", "volume", "role", "vpc", "subnet", "security_group", "kms_key", "fence_action",
      ])
    #expect(schema["virtual_ip"]?["ec2"] != nil)
  }

  @Test(
    "What cannot work on EC2 is said so, with what would",
    arguments: [
      (", ec2: secondary-ip", "", "virtual_ip/ec2", "invisible on EC2"),
      ("platform: ec2", "platform: datacenter", "ec2", "the platform is not ec2"),
      ("i-0fedcba9876543210", "i-0123456789abcdef0", "ec2/instances", "fencing one would stop the other"),
      ("pmm2: i-0fed", "pmm3: i-0fed", "ec2/instances/pmm3", "there is no node pmm3"),
      (", pmm2: i-0fedcba9876543210", "", "ec2/instances", "pmm2's instance is missing"),
      ("region: eu-central-1", "region: eu-central-1a", "ec2/region", "is not a region"),
      ("/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0123456789abcdef0", "/dev/nvme1n1", "shared_storage/device", "another disk"),
      ("Store_vol0123456789abcdef0", "Store_vol0fedcba9876543210", "shared_storage/device", "another volume"),
      ("agent: fence_aws}", "agent: fence_ipmilan, address: 198.51.100.21}", "fencing/pmm1/agent", "no BMC"),
      ("agent: fence_aws}", "agent: fence_aws, user: AKIA}", "fencing/pmm1/user", "needs neither user nor password"),
      (
        "agent: fence_aws}", "agent: fence_aws, parameters: {access_key: AKIA}}", "fencing/pmm1/parameters/access_key",
        "keys would stand"
      ),
      (
        "agent: fence_aws}", "agent: fence_aws, parameters: {power_timeout: 60}}", "fencing/pmm1/parameters/power_timeout",
        "takes minutes"
      ),
      ("ec2: secondary-ip}", "ec2: overlay-route}", "virtual_ip/route_tables", "no route table is named"),
      (
        "ec2: secondary-ip}", "ec2: overlay-route, interface: ens5, route_tables: [rtb-0123456789abcdef0]}", "virtual_ip/address",
        "overlay-route has no say"
      ),
      ("ec2: secondary-ip}", "ec2: elastic-ip}", "virtual_ip/ec2", "is not known"),
      ("ec2: secondary-ip}", "ec2: route53}", "virtual_ip/record", "none is named"),
      (
        "ec2: secondary-ip}", "ec2: route53, hosted_zone: Z0123456789ABCDEFGHIJ, record: pmm.example.internal}", "virtual_ip/address",
        "no address moves"
      ),
      (
        "address: 198.51.100.100, prefix: 24, ec2: secondary-ip}", "ec2: route53, record: pmm.example.internal}", "virtual_ip/hosted_zone",
        "zone is missing"
      ),
      (
        "address: 198.51.100.100, prefix: 24, ec2: secondary-ip}", "ec2: route53, hosted_zone: example.internal, record: pmm}",
        "virtual_ip/hosted_zone", "not a hosted zone's id"
      ),
      (
        "address: 198.51.100.100, prefix: 24, ec2: secondary-ip}", "ec2: route53, hosted_zone: Z0123456789ABCDEFGHIJ, record: PMM.example}",
        "virtual_ip/record", "in small letters"
      ),
      ("address: 198.51.100.100, ", "", "virtual_ip/address", "is missing"),
      (", prefix: 24", "", "virtual_ip/prefix", "is missing"),
    ])
  func refused(_ right: String, _ wrong: String, _ place: String, _ words: String) throws {
    #expect(Self.text.contains(right))
    let text = Self.text.replacing(right, with: wrong)
    let error = try #require(throws: UnusableSpec.self) { try LoadedSpec(yaml: text, file: "pmm-ha.yml") }
    #expect(error.problems.contains { $0.isError && $0.finding.place == place && $0.finding.message.contains(words) }, "\(error)")
  }

  @Test("Without the section ec2 nothing is known of the instances")
  func section() throws {
    let text = Self.text.split(separator: "\n").filter { line in
      !["ec2:", "  region", "  instances", "  volume", "  role"].contains { line.hasPrefix($0) }
    }.joined(separator: "\n")
    let error = try #require(throws: UnusableSpec.self) { try LoadedSpec(yaml: text, file: "pmm-ha.yml") }
    #expect(error.problems.map(\.finding.place) == ["ec2"])
  }

  @Test("Impatient times are a warning")
  func timing() throws {
    let loaded = try LoadedSpec(yaml: Self.text + "timing: fast\n", file: "pmm-ha.yml")
    #expect(loaded.cluster.timing == .fast && loaded.problems.map(\.finding.place) == ["timing"])
  }
}
