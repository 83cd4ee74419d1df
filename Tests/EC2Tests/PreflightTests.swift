import Core
import Testing
import VirtualIP

@testable import EC2

/// The fixtures are what ec2-survey.sh printed against moto, with the shipped policy enforced (moto knows no ARNs: its
/// resources were '*'). Of a Multi-Attach volume moto lists one attachment only; `account` adds the other.
@Suite("The preflight on EC2") struct PreflightTests {
  static let instances = [Sample.pmm1: "i-574bc1dfca1a0edcb", Sample.pmm2: "i-602267c70f18ff6f8"]
  static let spec = try! EC2Spec(region: "eu-central-1", instances: instances, volume: "vol-a150aa7a557b3d676", role: "pmm-ha")

  private func preflight(_ kind: VirtualIPSpec.EC2Kind = .secondaryIP) throws -> EC2Preflight {
    EC2Preflight(
      Self.spec, try Sample.address(kind), fencesByAPI: true, pmmPort: 443,
      nodes: [Sample.pmm1: "172.31.0.4", Sample.pmm2: "172.31.0.5"])
  }

  private func account(_ change: (inout EC2Account) -> Void = { _ in }) throws -> EC2Account {
    var account = try #require(try EC2Account.parsed(Sample.answer("moto-5.2.1-boto3-1.43.11-whole-policy.txt")))
    account.volume?.instances = Self.instances.values.sorted()
    change(&account)
    return account
  }

  static let key = "arn:aws:kms:eu-central-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"

  /// A private zone of the nodes' VPC with the name, which leads to the first node.
  private static func named(_ account: inout EC2Account) {
    account.zone = .init(name: "example.internal.", isPrivate: true, vpcs: ["vpc-0123456789abcdef0"])
    account.records = [.init(type: "A", ttl: 10, values: ["172.31.0.4"], alias: false, set: nil)]
    for index in account.instances?.list.indices ?? 0..<0 { account.instances?.list[index].vpc = "vpc-0123456789abcdef0" }
  }

  private func findings(_ kind: VirtualIPSpec.EC2Kind = .secondaryIP, _ change: (inout EC2Account) -> Void = { _ in }) throws -> [Finding] {
    try preflight(kind).findings([Sample.pmm1: account(change)])
  }

  @Test("An account with nothing wrong has no finding, and shows what that is known from")
  func right() throws {
    #expect(try findings().isEmpty)
    let evidence = try preflight().evidence([Sample.pmm1: account()])
    for words in ["role pmm-ha", "dry runs allowed: stop, start", "io2 Multi-Attach", "security groups: 3 rules"] {
      #expect(evidence.contains { $0.contains(words) }, "\(words): \(evidence)")
    }
  }

  @Test("A name in the right zone, and Amazon's own key, have no finding")
  func nameAndKey() throws {
    #expect(try findings(.route53) { Self.named(&$0) }.isEmpty)
    #expect(try findings { $0.key = .init(arn: Self.key, state: "Enabled", manager: "AWS") }.isEmpty)
    let evidence = try preflight(.route53).evidence([Sample.pmm1: account { Self.named(&$0) }])
    #expect(evidence.contains("Z0123456789ABCDEFGHIJ: example.internal., private; pmm.example.internal is 172.31.0.4"), "\(evidence)")
  }

  @Test("The shipped policy with one action less is found by that action's name")
  func oneActionLess() throws {
    let account = try #require(try EC2Account.parsed(Sample.answer("moto-5.2.1-boto3-1.43.11-without-stop.txt")))
    let found = try preflight().findings([Sample.pmm1: account]).filter { $0.place == "pmm1" && $0.message.contains("may not") }
    #expect(found.map(\.severity) == [.blocking] && found[0].message.contains("ec2:StopInstances"), "\(found)")
    #expect(found[0].hint.contains("pmm-ha ec2 policy"))
  }

  @Test("With API and metadata service silent it has answered within its limit, and says what does not answer")
  func silent() throws {
    for name in ["boto3-1.43.11-all-silent.txt", "boto3-1.43.11-metadata-silent.txt"] {
      let account = try #require(try EC2Account.parsed(Sample.answer(name)))
      let found = try preflight().findings([Sample.pmm1: account])
      #expect(found.allSatisfy { $0.severity == .blocking } && found.count == 2, "\(found)")
      #expect(found[0].message.contains("metadata service does not answer (TimeoutError)"))
      #expect(found[1].message.contains("EC2 API"))
    }
  }

  @Test("Before boto3 is there nothing is asked, and that is said")
  func bare() throws {
    #expect(try EC2Account.parsed(Answer("== missing boto3\n")) == nil)
    #expect(try preflight().findings([Sample.pmm1: nil]).map(\.severity) == [.note])
  }

  /// A fault in the account, and the words and the command that must come of it.
  struct Planted: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let words: String
    let command: String
    let kind: VirtualIPSpec.EC2Kind
    let plant: @Sendable (inout EC2Account) -> Void

    init(
      _ name: String, _ words: String, _ command: String, _ kind: VirtualIPSpec.EC2Kind = .secondaryIP,
      _ plant: @escaping @Sendable (inout EC2Account) -> Void
    ) {
      (testDescription, self.words, self.command, self.kind, self.plant) = (name, words, command, kind, plant)
    }
  }

  static let planted: [Planted] = [
    Planted("two zones", "an io2 volume is in one availability zone", "ec2 template") { $0.instances?.list[1].zone = "eu-central-1b" },
    Planted("Xen", "t2.large is not built on Nitro", "--instance-type") { $0.instances?.list[0].type = "t2.large" },
    Planted("gp3", "only io2 may be attached to both", "--volume-type io2") { $0.volume?.type = "gp3" },
    Planted("Multi-Attach off", "Multi-Attach is off", "--multi-attach-enabled") { $0.volume?.multiAttach = false },
    Planted("one attachment", "is not attached to i-602267c70f18ff6f8", "aws ec2 attach-volume") {
      $0.volume?.instances = ["i-574bc1dfca1a0edcb"]
    },
    Planted("a stranger's attachment", "is attached to i-0aaaaaaaaaaaaaaaa too", "aws ec2 detach-volume") {
      $0.volume?.instances.append("i-0aaaaaaaaaaaaaaaa")
    },
    Planted("root volume", "is the root volume", "volume of its own") { $0.instances?.list[0].rootVolume = "vol-a150aa7a557b3d676" },
    Planted("the volume's zone", "is in eu-central-1b, and", "one zone") { $0.volume?.zone = "eu-central-1b" },
    Planted("stop protection", "protected from being stopped", "--no-disable-api-stop") { $0.stopProtection = true },
    Planted("metadata disabled", "metadata service is disabled", "--http-endpoint enabled") { $0.instances?.list[0].endpoint = "disabled" },
    Planted("another instance", "fencing would stop another machine", "write pmm1: i-0aaaaaaaaaaaaaaaa") {
      $0.metadata?.instance = "i-0aaaaaaaaaaaaaaaa"
    },
    Planted("no role", "the instance has no role", "associate-iam-instance-profile") { $0.metadata?.role = "" },
    Planted("the clock", "ahead of the EC2 API's", "169.254.169.123") { $0.instances?.clock = 400 },
    Planted("another address", "is not an address of", "private address") { $0.instances?.list[0].addresses = ["172.31.0.99"] },
    Planted("Corosync's ports", "udp 5405-5412 (Corosync)", "authorize-security-group-ingress") {
      $0.rules?.removeAll { $0.transport == "udp" }
    },
    Planted("pcsd's port", "tcp 2224 (pcsd)", "--protocol tcp --port 2224") { $0.rules?.removeAll { $0.to == 2224 } },
    Planted("PMM's port to a stranger only", "tcp 443 (PMM's HTTPS)", "--port 443") {
      $0.rules = $0.rules?.map { rule in
        var rule = rule
        if rule.to == 443 { rule.source = "203.0.113.0/24" }
        return rule
      }
    },
    Planted("source/destination check", "source/destination check is on", "--no-source-dest-check", .overlayRoute) { _ in },
    Planted("no route", "has no route to 203.0.113.10/32", "aws ec2 create-route", .overlayRoute) {
      $0.routes = ["rtb-0123456789abcdef0": false, "rtb-0fedcba9876543210": true]
    },
    Planted("ReplaceRoute", "may not ec2:ReplaceRoute", "ec2 policy", .overlayRoute) {
      $0.errors["replace_route"] = .init(code: "UnauthorizedOperation", message: "")
    },
    Planted("DescribeInstances", "may not ec2:DescribeInstances", "ec2 policy") {
      $0.instances = nil
      $0.errors["instances"] = .init(code: "UnauthorizedOperation", message: "")
    },
    Planted("API away", "nothing would take over", "create-vpc-endpoint") {
      $0.instances = nil
      $0.errors["instances"] = .init(code: "ConnectTimeoutError", message: "")
    },
    Planted("a disabled key", "is Disabled", "aws kms enable-key --region eu-central-1") {
      $0.key = .init(arn: key, state: "Disabled", manager: "CUSTOMER")
    },
    Planted("a key that goes", "is PendingDeletion", "aws kms cancel-key-deletion") {
      $0.key = .init(arn: key, state: "PendingDeletion", manager: "CUSTOMER")
    },
    Planted("a key of one's own without a right", "cannot start it again", "kms_key: \(key)") {
      $0.key = .init(arn: key, state: "Enabled", manager: "CUSTOMER")
    },
    Planted("no zone", "there is no hosted zone Z0123456789ABCDEFGHIJ", "aws route53 list-hosted-zones-by-name", .route53) {
      named(&$0)
      $0.zone = nil
      $0.errors["zone"] = .init(code: "NoSuchHostedZone", message: "")
    },
    Planted("Route 53 away", "Route 53 does not answer", "aws ec2 create-nat-gateway", .route53) {
      $0.zone = nil
      for question in ["zone", "records", "change"] { $0.errors[question] = .init(code: "ConnectTimeoutError", message: "") }
    },
    Planted("another zone's name", "is not in the zone", "ends in .example.com", .route53) {
      named(&$0)
      $0.zone?.name = "example.com."
    },
    Planted("a name that only ends alike", "is not in the zone", "ends in .ample.internal", .route53) {
      named(&$0)
      $0.zone?.name = "ample.internal."
    },
    Planted("another VPC's zone", "is a private zone and not of", "associate-vpc-with-hosted-zone", .route53) {
      named(&$0)
      $0.zone?.vpcs = ["vpc-0fedcba9876543210"]
    },
    Planted("a CNAME", "is a CNAME", "list-resource-record-sets", .route53) {
      named(&$0)
      $0.records = [.init(type: "CNAME", ttl: 300, values: ["elsewhere.example."], alias: false, set: nil)]
    },
    Planted("an alias", "by an alias", "list-resource-record-sets", .route53) {
      named(&$0)
      $0.records = [.init(type: "A", ttl: nil, values: [], alias: true, set: nil)]
    },
    Planted("ListResourceRecordSets", "may not route53:ListResourceRecordSets", "ec2 policy", .route53) {
      named(&$0)
      $0.records = nil
      $0.errors["records"] = .init(code: "AccessDenied", message: "")
    },
    Planted("GetChange", "may not route53:GetChange", "ec2 policy", .route53) {
      named(&$0)
      $0.errors["change"] = .init(code: "AccessDenied", message: "")
    },
    Planted("unknown instances", "does not know them in eu-central-1", "describe-instances") {
      $0.instances = nil
      $0.errors["instances"] = .init(code: "InvalidInstanceID.NotFound", message: "i-1")
    },
  ]

  @Test("Each fault that is planted is found, with the command that mends it", arguments: planted)
  func found(_ fault: Planted) throws {
    let found = try findings(fault.kind, fault.plant)
    #expect(found.contains { $0.message.contains(fault.words) && $0.hint.contains(fault.command) && $0.severity >= .danger }, "\(found)")
  }

  @Test("A name that is not there yet, and one that leads to a stranger, are told and block nothing")
  func names() throws {
    let missing = try findings(.route53) {
      Self.named(&$0)
      $0.records = []
    }
    #expect(missing.map(\.severity) == [.note] && missing[0].hint.contains("\"Value\": \"172.31.0.4\""), "\(missing)")
    let stranger = try findings(.route53) {
      Self.named(&$0)
      $0.records?[0].values = ["10.9.9.9"]
    }
    #expect(stranger.map(\.severity) == [.warning] && stranger[0].message.contains("leads to 10.9.9.9"), "\(stranger)")
  }

  @Test("Without the right to ask about the key, or without an answer of KMS, that is said and blocks nothing")
  func unknownKey() throws {
    let denied = try findings { $0.errors["key"] = .init(code: "AccessDeniedException", message: "") }
    #expect(denied.map(\.severity) == [.warning] && denied[0].message.contains("may not kms:DescribeKey"), "\(denied)")
    let silent = try findings { $0.errors["key"] = .init(code: "Unanswered", message: "") }
    #expect(silent.map(\.severity) == [.note] && silent[0].message.contains("KMS does not answer"), "\(silent)")
  }

  @Test("What is only worth knowing blocks nothing")
  func notes() throws {
    let found = try findings { account in
      account.metadataWithoutToken = true
      account.instances?.list[0].hopLimit = 2
      account.volume?.encrypted = false
    }
    #expect(found.map(\.severity) == [.note, .note, .note])
  }
}
