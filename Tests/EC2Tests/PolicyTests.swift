import Foundation
import Testing
import VirtualIP

@testable import EC2

@Suite("The rights that the instances need") struct EC2PolicyTests {
  private func actions(_ kind: VirtualIPSpec.EC2Kind, fencing: Bool = true) throws -> [String] {
    Sample.spec.policy(try Sample.address(kind), fencesByAPI: fencing).statements.flatMap(\.actions)
  }

  @Test("Each way of the address asks for its own rights and for no other's")
  func actions() throws {
    let fencing = ["ec2:StartInstances", "ec2:StopInstances"]
    let preflight = ["ec2:DescribeInstanceAttribute", "ec2:DescribeSecurityGroupRules", "ec2:DescribeVolumes", "kms:DescribeKey"]
    #expect(
      try actions(.secondaryIP) == fencing + ["ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses", "ec2:DescribeInstances"]
        + preflight)
    #expect(
      try actions(.overlayRoute) == fencing + ["ec2:ReplaceRoute", "ec2:DescribeInstances", "ec2:DescribeRouteTables"] + preflight)
    let name = [
      "route53:ChangeResourceRecordSets", "route53:GetHostedZone", "route53:ListResourceRecordSets", "route53:GetChange",
    ]
    #expect(try actions(.route53) == fencing + name + ["ec2:DescribeInstances"] + preflight)
    #expect(try actions(.nlb) == fencing + ["ec2:DescribeInstances"] + preflight)
    #expect(try actions(.nlb, fencing: false) == ["ec2:DescribeInstances"] + preflight)
  }

  @Test("Only the two instances may be stopped, and only the named routes replaced; nothing may be changed on '*'")
  func resources() throws {
    let policy = Sample.spec.policy(try Sample.address(.overlayRoute), fencesByAPI: true)
    #expect(
      policy.statements[0].resources == [
        "arn:aws:ec2:eu-central-1:*:instance/i-0123456789abcdef0", "arn:aws:ec2:eu-central-1:*:instance/i-0fedcba9876543210",
      ])
    #expect(
      policy.statements[1].resources == [
        "arn:aws:ec2:eu-central-1:*:route-table/rtb-0123456789abcdef0", "arn:aws:ec2:eu-central-1:*:route-table/rtb-0fedcba9876543210",
      ])
    for statement in policy.statements where statement.resources.contains("*") {
      #expect(statement.actions.allSatisfy { $0.hasPrefix("ec2:Describe") })
    }
  }

  @Test("It is JSON that reads back")
  func json() throws {
    let text = Sample.spec.policy(try Sample.address(.secondaryIP), fencesByAPI: true).document.json
    let object = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(object["Version"] as? String == "2012-10-17")
    #expect(
      (object["Statement"] as? [[String: Any]])?.map { $0["Sid"] as? String } == [
        "FenceTheOtherNode", "MoveTheAddress", "SeeInstances", "Preflight", "SeeTheKey",
      ])
  }

  @Test("Of a zone only the one record may be changed, and a key of one's own is used for what EC2 starts alone")
  func conditions() throws {
    let policy = Sample.spec.policy(try Sample.address(.route53), fencesByAPI: true)
    let move = try #require(policy.statements.first { $0.id == "MoveTheName" })
    #expect(move.resources == ["arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ"])
    let condition = try #require(move.condition?["ForAllValues:StringEquals"])
    #expect(condition["route53:ChangeResourceRecordSetsNormalizedRecordNames"] == ["pmm.example.internal"])
    #expect(condition["route53:ChangeResourceRecordSetsActions"] == ["UPSERT"])
    #expect(policy.statements.first { $0.id == "StartWithTheKey" } == nil)
    let key = "arn:aws:kms:eu-central-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"
    let spec = try EC2Spec(region: "eu-central-1", instances: Sample.instances, volume: "vol-0123456789abcdef0", key: key)
    let start = try #require(
      spec.policy(try Sample.address(.secondaryIP), fencesByAPI: true).statements.first { $0.id == "StartWithTheKey" })
    #expect(start.actions == ["kms:CreateGrant"] && start.resources == [.string(key)])
    #expect(start.condition == ["Bool": ["kms:GrantIsForAWSResource": "true"]])
  }

  @Test("Partitions of their own are named in ARNs")
  func partition() throws {
    let spec = try EC2Spec(region: "cn-north-1", instances: Sample.instances, volume: "vol-0123456789abcdef0")
    #expect(spec.partition == "aws-cn" && Sample.spec.partition == "aws")
  }
}
