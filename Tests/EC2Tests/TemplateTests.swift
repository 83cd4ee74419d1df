import Core
import Foundation
import Testing
import VirtualIP

@testable import EC2

@Suite("The CloudFormation template") struct StackTemplateTests {
  private func template(
    _ kind: VirtualIPSpec.EC2Kind = .secondaryIP, existingNetwork: Bool = false, thirdVote: Bool = false
  ) -> StackTemplate {
    StackTemplate(
      cluster: "pmm-ha", nodes: [Sample.pmm1, Sample.pmm2], address: kind, existingNetwork: existingNetwork, thirdVote: thirdVote)
  }

  private static let variants = VirtualIPSpec.EC2Kind.allCases.flatMap { kind in
    [false, true].flatMap { existing in [false, true].map { (kind, existing, $0) } }
  }

  @Test("No variant has what AWS would refuse and cfn-lint does not see, or a reference to nothing", arguments: variants)
  func rules(_ kind: VirtualIPSpec.EC2Kind, _ existing: Bool, _ third: Bool) throws {
    let document = template(kind, existingNetwork: existing, thirdVote: third).document
    #expect(TemplateRules.violations(document).isEmpty)
    var known: Set = ["AWS::Region", "AWS::Partition", "AWS::AccountId", "AWS::URLSuffix"]
    for section in ["Parameters", "Resources"] {
      guard case .object(let members)? = document[section] else { continue }
      known.formUnion(members.map(\.key))
    }
    let used = references(document)
    #expect(used.subtracting(known).isEmpty)
    // A parameter that nothing uses would be asked for in vain. The address and the prefix are for the spec.
    guard case .object(let parameters)? = document["Parameters"] else { return }
    #expect(Set(parameters.map(\.key)).subtracting(used).isEmpty)
  }

  private func references(_ document: Document) -> Set<String> {
    switch document {
    case .string(let text):
      return Set(text.matches(of: /\$\{([A-Za-z:]+)\}/).map { String($0.output.1) })
    case .list(let items): return items.reduce(into: []) { $0.formUnion(references($1)) }
    case .object(let members):
      if let name = document["Ref"]?.text { return [name] }
      if case .list(let parts)? = document["Fn::GetAtt"], let name = parts.first?.text { return [name] }
      return members.reduce(into: []) { $0.formUnion(references($1.value)) }
    default: return []
    }
  }

  /// The template with one property of a resource set to something else; nil takes it away.
  private func changed(_ id: String, _ key: String, _ value: Document?) -> Document {
    func map(_ document: Document, _ path: [String]) -> Document {
      guard let head = path.first, case .object(var members) = document else { return document }
      if path.count == 1 {
        members.removeAll { $0.key == head }
        if let value { members.append(.init(key: head, value: value)) }
      } else {
        members = members.map { $0.key == head ? .init(key: head, value: map($0.value, Array(path.dropFirst()))) : $0 }
      }
      return .object(members)
    }
    return map(template().document, ["Resources", id, "Properties"] + key.split(separator: ".").map(String.init))
  }

  @Test("Each rule finds what it is for")
  func rulesFind() {
    #expect(TemplateRules.violations(changed("Volume", "VolumeType", "gp3")) == ["Volume: Multi-Attach needs an io2 volume, and it is gp3"])
    #expect(TemplateRules.violations(changed("Volume", "Iops", nil)) == ["Volume: an io2 volume needs Iops"])
    #expect(
      TemplateRules.violations(changed("LaunchTemplate", "LaunchTemplateData.InstanceType", "t2.large")) == [
        "LaunchTemplate: t2.large is not built on Nitro, which Multi-Attach needs"
      ])
    #expect(
      TemplateRules.violations(changed("NodeTwoVolume", "InstanceId", ["Ref": "NodeOne"])) == [
        "Volume: it has Multi-Attach, and is attached to fewer than two instances"
      ])
  }

  @Test("Types on Xen are told from those on Nitro")
  func nitro() {
    for type in ["t2.micro", "m4.large", "i3.large", "p3.2xlarge", "nonsense"] { #expect(!NitroTypes.contains(type), "\(type)") }
    for type in ["t3.micro", "m6i.xlarge", "i3.metal", "i3en.large", "p3dn.24xlarge", "x1.metal"] {
      #expect(NitroTypes.contains(type), "\(type)")
    }
  }

  @Test("Its role's rights are those that pmm-ha ec2 policy prints", arguments: VirtualIPSpec.EC2Kind.allCases)
  func policy(_ kind: VirtualIPSpec.EC2Kind) throws {
    let printed = Sample.spec.policy(try Sample.address(kind), fencesByAPI: true)
    let inTemplate = template(kind).policy
    #expect(inTemplate.statements.map(\.actions) == printed.statements.map(\.actions))
    #expect(inTemplate.statements.map(\.id) == printed.statements.map(\.id))
  }

  @Test("cfn-lint has nothing to say")
  func linted() throws {
    #expect(
      try Self.lint(Self.variants.map { template($0.0, existingNetwork: $0.1, thirdVote: $0.2).document.yaml }) == "")
    // It can fail.
    #expect(try Self.lint([changed("Volume", "VolumeType", "io9").yaml]).contains("io9"))
  }

  /// The machine's own, or the one that scripts/need brought.
  private static let linter: String? = {
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    // Their types are told: left to itself the compiler makes of the two lists one of Any, with character arrays in it.
    let directories: [String] = path + ["\(package)/.build/cfn-lint/bin"]
    return directories.map { "\($0)/cfn-lint" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  /// One call for all: it takes seconds to start.
  private static func lint(_ templates: [String]) throws -> String {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("pmm-ha-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    var files: [String] = []
    for template in templates {
      files.append(directory.appendingPathComponent("\(files.count).yml").path)
      try template.write(toFile: files[files.count - 1], atomically: true, encoding: .utf8)
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(linter, "install cfn-lint: scripts/need ec2"))
    process.arguments = ["--regions", "eu-central-1", "--"] + files
    let output = Pipe()
    (process.standardOutput, process.standardError) = (output, output)
    try process.run()
    let words = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return words
  }
}

@Suite("A stack as the source of a spec") struct StackTests {
  private func text() throws -> String { try Sample.answer("aws-cli-1.45.11-describe-stacks.json").output }

  @Test("Its outputs are the ids that a spec needs")
  func spec() throws {
    let spec = try Stack(describeStacks: text()).spec(user: "ec2-user", tag: "3.4.1")
    for line in [
      "  instances: {pmm1: i-0123456789abcdef0, pmm2: i-0fedcba9876543210}",
      "virtual_ip: {address: 10.20.0.100, prefix: 24, ec2: secondary-ip}",
      "  device: /dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0123456789abcdef0",
      "  - {name: pmm2, addresses: [10.20.0.12], ssh: {user: ec2-user, host: 198.51.100.12}}",
    ] {
      #expect(spec.split(separator: "\n").contains(Substring(line)), "\(line)")
    }
  }

  @Test("A stack with a name in Route 53 becomes a spec without an address")
  func name() throws {
    let text = try text().replacing("secondary-ip", with: "route53").replacing("\"Address\"", with: "\"HostedZone\"")
      .replacing("\"Prefix\"", with: "\"Record\"").replacing("\"10.20.0.100\"", with: "\"Z0123456789ABCDEFGHIJ\"")
      .replacing("\"24\"", with: "\"pmm.example.internal\"")
    let spec = try Stack(describeStacks: text).spec(user: "ec2-user", tag: "3.4.1")
    #expect(
      spec.contains("\nvirtual_ip: {ec2: route53, hosted_zone: Z0123456789ABCDEFGHIJ, record: pmm.example.internal}\n"), "\(spec)")
  }

  @Test(
    "What is no finished stack of this template is said so",
    arguments: [
      ("CREATE_COMPLETE", "CREATE_IN_PROGRESS", "is CREATE_IN_PROGRESS"), ("CREATE_COMPLETE", "ROLLBACK_COMPLETE", "is ROLLBACK_COMPLETE"),
      ("VolumeId", "Volume", "has no output VolumeId"), ("\"Stacks\"", "\"Stack\"", "it is not what"),
    ])
  func refused(_ right: String, _ wrong: String, _ words: String) throws {
    let text = try text()
    #expect(text.contains(right))
    let error = try #require(throws: UnusableStack.self) { try Stack(describeStacks: text.replacing(right, with: wrong)) }
    #expect(error.description.contains(words), "\(error)")
  }

  @Test("Every output that a spec needs is one of the template's", arguments: VirtualIPSpec.EC2Kind.allCases)
  func outputs(_ kind: VirtualIPSpec.EC2Kind) throws {
    for existing in [false, true] {
      let template = StackTemplate(cluster: "pmm-ha", nodes: [Sample.pmm1, Sample.pmm2], address: kind, existingNetwork: existing)
      guard case .object(let outputs)? = template.document["Outputs"] else { return #expect(Bool(false)) }
      #expect(Set(Stack.needed(kind.rawValue)).isSubset(of: outputs.map(\.key)))
    }
  }
}
