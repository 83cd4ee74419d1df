import Core
import EC2
import Foundation
import Testing
import VirtualIP

@testable import Provisioning

/// The template of the project, the real AWS CLI, and moto's CloudFormation (see Fixtures/cloudformation.py for what that
/// was taught).
@Suite("A stack, with the AWS CLI against moto", .serialized, .timeLimit(.minutes(20))) struct StackTests {
  private func wish(_ name: String, _ change: (inout [String: String]) -> Void) throws -> StackWish {
    let template = StackTemplate(cluster: "pmm-ha", nodes: [try NodeName("pmm1"), try NodeName("pmm2")], address: .secondaryIP).document
    var values = [
      "ImageId": "ami-0123456789abcdef0", "KeyName": "ops", "AdminNetwork": "203.0.113.7/32", "ClientNetwork": "10.0.0.0/8",
    ]
    change(&values)
    return StackWish(name: name, template: template.yaml, parameters: TemplateParameter.all(of: template), values: values)
  }

  private func deployment(
    _ cli: AWSCLI, _ name: String = "pmm-ha", _ change: (inout [String: String]) -> Void = { _ in }
  ) throws -> Deployment {
    Deployment(cli, try wish(name, change), pause: .milliseconds(100))
  }

  @Test("It is made, is a spec's source, is not made twice, is changed, and goes")
  func whole() async throws {
    let server = try Server.shared.get()
    let cli = try server.cli()
    let first = try deployment(cli)
    let plan = try await first.plan { _ in }
    #expect(plan.isNew && plan.region == "eu-central-1" && plan.account == "123456789012")
    #expect(plan.changes.contains { $0.action == "Add" && $0.resourceType == "AWS::EC2::Volume" })
    #expect(plan.destroyed.isEmpty && plan.disrupting.isEmpty)
    let told = Told()
    let made = try await first.carryOut(plan) { await told.hear($0) }
    #expect(made.status.rawValue == "CREATE_COMPLETE")
    #expect(await told.events.contains { $0.logicalResourceId == "NodeTwo" && $0.resourceStatus.rawValue == "CREATE_COMPLETE" })

    // What init --from-stack reads.
    let text: String = try await cli.text("cloudformation", "describe-stacks", StackDescription.Request(stackName: "pmm-ha"))
    let spec = try Stack(describeStacks: text).spec(user: "ec2-user", tag: "3.4.1")
    #expect(spec.contains("  - {name: pmm2, addresses: [10.20.0.12], ssh: {user: ec2-user"), "\(spec)")
    let volume = try #require(made.outputs.first { $0.key == "VolumeId" }?.value)
    #expect(spec.contains("  volume: \(volume)\n"))

    // Values that a stack has are kept.
    let again = try await deployment(cli) { $0 = [:] }.plan { _ in }
    #expect(!again.isNew && again.changes.isEmpty)

    let wider = try deployment(cli) { $0 = ["ClientNetwork": "192.0.2.0/24"] }
    let change = try await wider.plan { _ in }
    #expect(change.changes.map(\.action) == ["Modify"] && change.changes.map(\.logicalResourceId) == ["Clients"], "\(change.changes)")
    #expect(try await wider.carryOut(change) { _ in }.status.rawValue == "UPDATE_COMPLETE")

    let removal = Removal(cli, stack: "pmm-ha", pause: .milliseconds(100))
    let going = try #require(try await removal.plan())
    #expect(going.destroyed.map(\.type) == ["AWS::EFS::FileSystem"])
    #expect(going.resources.contains { $0.physicalID == volume && $0.holds == .volume && $0.policy == .snapshot })
    try await removal.carryOut(going) { _ in }
    #expect(try await removal.plan() == nil)
  }

  @Test("What fails is said with AWS's reason, and what to do with the rest; the next up is refused until that is done")
  func failed() async throws {
    let server = try Server.shared.get()
    let cli = try server.cli()
    let bad = try deployment(cli, "bad") { $0["ImageId"] = "ami-0bad" }
    let plan = try await bad.plan { _ in }
    let failure = try await #require(throws: StackFailure.self) { _ = try await bad.carryOut(plan) { _ in } }
    #expect(failure.message.contains("bad is ROLLBACK_COMPLETE\n  NodeOne (AWS::EC2::Instance): The image id"), "\(failure)")
    #expect(failure.hint.contains("pmm-ha ec2 down --stack bad"))
    let refused = try await #require(throws: StackFailure.self) { _ = try await deployment(cli, "bad").plan { _ in } }
    #expect(refused.message.contains("is ROLLBACK_COMPLETE") && refused.hint.contains("can only be deleted"), "\(refused)")
    let removal = Removal(cli, stack: "bad", pause: .milliseconds(100))
    let going = try #require(try await removal.plan())
    #expect(going.destroyed.isEmpty)
    try await removal.carryOut(going) { _ in }
  }

  @Test("A plan that nobody agrees to leaves nothing behind")
  func abandoned() async throws {
    let server = try Server.shared.get()
    let cli = try server.cli()
    let deployment = try deployment(cli, "no")
    let plan = try await deployment.plan { _ in }
    #expect(try await cli.stack("no")?.stackStatus.isEmpty == true)
    try await deployment.abandon(plan)
    #expect(try await cli.stack("no") == nil)
  }

  @Test("Without credentials, and with a server that is away, it says what to do")
  func unreachable() async throws {
    let server = try Server.shared.get()
    let nobody = try server.cli(["AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""])
    let failure = try await #require(throws: AWSFailure.self) { _ = try await nobody.stack("pmm-ha") }
    #expect(failure.hint.hasPrefix("log in: 'aws configure'"), "\(failure)")
    let away = try server.cli(["AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"])
    let silence = try await #require(throws: AWSFailure.self) { _ = try await away.stack("pmm-ha") }
    #expect(silence.hint.contains("does this machine reach AWS"), "\(silence)")
  }
}

/// Remembers what was reported.
private actor Told {
  private(set) var events: [StackEvent] = []
  func hear(_ event: StackEvent) { events.append(event) }
}
