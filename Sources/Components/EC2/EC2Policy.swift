import Core
import VirtualIP

/// What the cluster's instances may do: the rights of fencing and of the address, and reading for the preflight.
package struct EC2Policy: Sendable, Equatable {
  package struct Statement: Sendable, Equatable {
    package let id: String
    package let actions: [String]
    package let resources: [Document]
  }

  package let statements: [Statement]

  /// How the policy names what it is about: ids here, references in a template.
  struct Names {
    /// `arn:aws:ec2:eu-central-1:*`, or with references.
    var prefix: String
    var instances: [String]
    var routeTables: [String]
    /// An ARN, made from the prefix and a resource.
    var arn: (String) -> Document
  }

  init(_ address: VirtualIPSpec.EC2Kind?, fencesByAPI: Bool, _ names: Names) {
    func arn(_ resource: String) -> Document { names.arn("\(names.prefix):\(resource)") }
    var statements: [Statement] = []
    if fencesByAPI {
      statements.append(
        Statement(
          id: "FenceTheOtherNode", actions: ["ec2:StartInstances", "ec2:StopInstances"],
          resources: names.instances.map { arn("instance/\($0)") }))
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
    self.statements = statements
  }

  /// `Version` and `Statement`, as IAM takes it.
  package var document: Document {
    [
      "Version": "2012-10-17",
      "Statement": .list(
        statements.map { statement in
          [
            "Sid": .string(statement.id), "Effect": "Allow", "Action": .list(statement.actions.map(Document.string)),
            "Resource": .list(statement.resources),
          ]
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
        prefix: "arn:\(partition):ec2:\(region):*", instances: instances.sorted { $0.key < $1.key }.map(\.value),
        routeTables: address.routeTables, arn: Document.string))
  }
}
