import Core
import VirtualIP

/// What the cluster's instances may do: the rights of fencing and of the address, and reading for the preflight.
package struct EC2Policy: Sendable, Equatable {
  package struct Statement: Sendable, Equatable {
    package let id: String
    package let actions: [String]
    package let resources: [Document]
    /// nil: always.
    package var condition: Document?
  }

  package let statements: [Statement]

  /// How the policy names what it is about: ids here, references in a template.
  struct Names {
    /// `aws`, `eu-central-1`, `*`, or references.
    var partition: String
    var region: String
    var account: String
    var instances: [String]
    var routeTables: [String]
    /// For `route53`: the zone's id, and the record's name.
    var zone: String
    var record: Document
    /// The ARN of a key of KMS that encrypts the volume; nil: none of one's own.
    var key: String?
    /// An ARN, made from the prefix and a resource.
    var arn: (String) -> Document
  }

  init(_ address: VirtualIPSpec.EC2Kind?, fencesByAPI: Bool, _ names: Names) {
    func arn(_ resource: String, service: String = "ec2") -> Document {
      names.arn("arn:\(names.partition):\(service):\(names.region):\(names.account):\(resource)")
    }
    // Route 53 is one for all regions and accounts.
    func name(_ resource: String) -> Document { names.arn("arn:\(names.partition):route53:::\(resource)") }
    var statements: [Statement] = []
    if fencesByAPI {
      statements.append(
        Statement(
          id: "FenceTheOtherNode", actions: ["ec2:StartInstances", "ec2:StopInstances"],
          resources: names.instances.map { arn("instance/\($0)") }))
      // Whoever starts an instance lets EC2 use the key of its volumes.
      if let key = names.key {
        statements.append(
          Statement(
            id: "StartWithTheKey", actions: ["kms:CreateGrant"], resources: [names.arn(key)],
            condition: ["Bool": ["kms:GrantIsForAWSResource": "true"]]))
      }
    }
    switch address {
    case .secondaryIP:
      // By whichever interfaces the instances have. (AWS has no dry run of these two: the first start tells.)
      statements.append(
        Statement(
          id: "MoveTheAddress", actions: ["ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"],
          resources: [arn("network-interface/*")]))
    case .overlayRoute:
      statements.append(
        Statement(id: "MoveTheAddress", actions: ["ec2:ReplaceRoute"], resources: names.routeTables.map { arn("route-table/\($0)") }))
    case .route53:
      // This one record, and no other change of it than the agent's.
      statements += [
        Statement(
          id: "MoveTheName", actions: ["route53:ChangeResourceRecordSets"], resources: [name("hostedzone/\(names.zone)")],
          condition: [
            "ForAllValues:StringEquals": [
              "route53:ChangeResourceRecordSetsNormalizedRecordNames": [names.record],
              "route53:ChangeResourceRecordSetsRecordTypes": ["A"], "route53:ChangeResourceRecordSetsActions": ["UPSERT"],
            ]
          ]),
        Statement(
          id: "SeeTheName", actions: ["route53:GetHostedZone", "route53:ListResourceRecordSets"],
          resources: [name("hostedzone/\(names.zone)")]),
        Statement(id: "SeeTheChange", actions: ["route53:GetChange"], resources: [name("change/*")]),
      ]
    case .nlb, .some(.none), nil: break
    }
    // AWS knows these for all resources only.
    var reads = ["ec2:DescribeInstances"]
    if address == .overlayRoute { reads.append("ec2:DescribeRouteTables") }
    statements.append(Statement(id: "SeeInstances", actions: reads, resources: ["*"]))
    statements.append(
      Statement(
        id: "Preflight", actions: ["ec2:DescribeInstanceAttribute", "ec2:DescribeSecurityGroupRules", "ec2:DescribeVolumes"],
        resources: ["*"]))
    statements.append(Statement(id: "SeeTheKey", actions: ["kms:DescribeKey"], resources: [arn("key/*", service: "kms")]))
    self.statements = statements
  }

  /// `Version` and `Statement`, as IAM takes it.
  package var document: Document {
    [
      "Version": "2012-10-17",
      "Statement": .list(
        statements.map { statement in
          .object(
            [
              .init(key: "Sid", value: .string(statement.id)), .init(key: "Effect", value: "Allow"),
              .init(key: "Action", value: .list(statement.actions.map(Document.string))),
              .init(key: "Resource", value: .list(statement.resources)),
            ] + (statement.condition.map { [.init(key: "Condition", value: $0)] } ?? []))
        }),
    ]
  }
}

extension EC2Spec {
  /// `aws`, or what China and the US government's regions have in ARNs.
  var partition: String { region.hasPrefix("cn-") ? "aws-cn" : region.hasPrefix("us-gov-") ? "aws-us-gov" : "aws" }

  /// The rights that the instances' role needs, and no more.
  package func policy(_ address: VirtualIPSpec, fencesByAPI: Bool) -> EC2Policy {
    EC2Policy(
      address.ec2, fencesByAPI: fencesByAPI,
      .init(
        partition: partition, region: region, account: "*", instances: instances.sorted { $0.key < $1.key }.map(\.value),
        routeTables: address.routeTables, zone: address.record?.zone ?? "", record: .string(address.record?.name ?? ""), key: key,
        arn: Document.string))
  }
}
