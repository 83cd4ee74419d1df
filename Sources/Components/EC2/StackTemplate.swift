import Core
import VirtualIP

/// The infrastructure of one cluster as a CloudFormation template.
package struct StackTemplate: Sendable, Equatable {
  /// The cluster's name; the stack's resources carry it.
  package var cluster: String
  /// Two.
  package var nodes: [NodeName]
  package var address: VirtualIPSpec.EC2Kind
  /// The port on which the nodes publish PMM's HTTPS.
  package var port: Int
  /// PMM's own word for being ready, which a load balancer asks for.
  package var readinessPath: String
  /// In a VPC and subnet that exist: their ids are parameters then.
  package var existingNetwork: Bool
  /// A third machine, in another availability zone, for corosync-qnetd.
  package var thirdVote: Bool

  package init(
    cluster: String, nodes: [NodeName], address: VirtualIPSpec.EC2Kind, port: Int = 443, readinessPath: String = "/v1/server/readyz",
    existingNetwork: Bool = false, thirdVote: Bool = false
  ) {
    self.cluster = cluster
    self.nodes = nodes
    self.address = address
    self.port = port
    self.readinessPath = readinessPath
    self.existingNetwork = existingNetwork
    self.thirdVote = thirdVote
  }

  /// The logical ids of the two instances.
  static let instances = ["NodeOne", "NodeTwo"]

  package var document: Document {
    [
      "AWSTemplateFormatVersion": "2010-09-09",
      "Description": .string(
        "\(cluster): two instances with one io2 Multi-Attach volume for a highly available PMM, made by pmm-ha ec2 template"),
      "Parameters": .object(parameters),
      "Resources": .object(network + security + rights + machines + storage + share + addressResources + third),
      "Outputs": .object(outputs),
    ]
  }
}

extension StackTemplate {
  typealias Members = [Document.Member]

  func member(_ key: String, _ value: Document) -> Document.Member { .init(key: key, value: value) }
  func reference(_ id: String) -> Document { ["Ref": .string(id)] }
  func attribute(_ id: String, _ name: String) -> Document { ["Fn::GetAtt": [.string(id), .string(name)]] }
  func substitute(_ text: String) -> Document { ["Fn::Sub": .string(text)] }
  private func tags(_ name: String) -> Document {
    [["Key": "Name", "Value": .string(name)], ["Key": "pmm-ha", "Value": .string(cluster)]]
  }

  private func resource(_ id: String, _ type: String, _ properties: Document, more: Members = []) -> Document.Member {
    member(id, .object([member("Type", .string(type))] + more + [member("Properties", properties)]))
  }

  var subnet: Document { reference(existingNetwork ? "SubnetId" : "Subnet") }
  var vpc: Document { reference(existingNetwork ? "VpcId" : "Vpc") }

  private var network: Members {
    if existingNetwork { return [] }
    return [
      resource(
        "Vpc", "AWS::EC2::VPC",
        ["CidrBlock": reference("VpcNetwork"), "EnableDnsSupport": true, "EnableDnsHostnames": true, "Tags": tags(cluster)]),
      resource("Gateway", "AWS::EC2::InternetGateway", ["Tags": tags(cluster)]),
      resource("GatewayAttachment", "AWS::EC2::VPCGatewayAttachment", ["VpcId": vpc, "InternetGatewayId": reference("Gateway")]),
      resource(
        "Subnet", "AWS::EC2::Subnet",
        [
          "VpcId": vpc, "CidrBlock": reference("SubnetNetwork"), "AvailabilityZone": ["Fn::Select": [0, ["Fn::GetAZs": ""]]],
          "MapPublicIpOnLaunch": true, "Tags": tags(cluster),
        ]),
      resource("RouteTable", "AWS::EC2::RouteTable", ["VpcId": vpc, "Tags": tags(cluster)]),
      resource(
        "DefaultRoute", "AWS::EC2::Route",
        ["RouteTableId": reference("RouteTable"), "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": reference("Gateway")],
        more: [member("DependsOn", "GatewayAttachment")]),
      resource(
        "SubnetRoutes", "AWS::EC2::SubnetRouteTableAssociation",
        ["SubnetId": reference("Subnet"), "RouteTableId": reference("RouteTable")]),
    ]
  }

  private func ingress(_ id: String, _ group: String, _ rule: ClusterPorts.Rule, from source: Document.Member) -> Document.Member {
    resource(
      id, "AWS::EC2::SecurityGroupIngress",
      .object([
        member("GroupId", attribute(group, "GroupId")), member("Description", .string(rule.purpose)),
        member("IpProtocol", .string(rule.transport)), member("FromPort", .integer(rule.ports.lowerBound)),
        member("ToPort", .integer(rule.ports.upperBound)), source,
      ]))
  }

  private var security: Members {
    let nodes = member("SourceSecurityGroupId", attribute("NodeGroup", "GroupId"))
    func group(_ id: String, _ words: String) -> Document.Member {
      resource(
        id, "AWS::EC2::SecurityGroup",
        ["GroupDescription": .string("\(cluster): \(words)"), "VpcId": vpc, "Tags": tags("\(cluster) \(words)")])
    }
    var result = [group("NodeGroup", "nodes")]
    let ports = ClusterPorts(pmm: port)
    for (index, rule) in ports.betweenNodes.enumerated() {
      result.append(ingress("BetweenNodes\(index + 1)", "NodeGroup", rule, from: nodes))
    }
    result.append(ingress("Login", "NodeGroup", ports.login, from: member("CidrIp", reference("AdminNetwork"))))
    result.append(ingress("Clients", "NodeGroup", ports.clients, from: member("CidrIp", reference("ClientNetwork"))))
    result.append(group("ShareGroup", "config share"))
    result.append(ingress("ShareFromNodes", "ShareGroup", ClusterPorts.share, from: nodes))
    if address == .nlb {
      result.append(group("BalancerGroup", "load balancer"))
      result.append(ingress("BalancerFromClients", "BalancerGroup", ports.clients, from: member("CidrIp", reference("ClientNetwork"))))
      result.append(ingress("BalancerFromNodes", "BalancerGroup", ports.clients, from: nodes))
      result.append(
        ingress(
          "NodesFromBalancer", "NodeGroup", ports.clients, from: member("SourceSecurityGroupId", attribute("BalancerGroup", "GroupId"))))
    }
    if thirdVote {
      result.append(group("ThirdGroup", "third vote"))
      result.append(ingress("ThirdFromNodes", "ThirdGroup", ClusterPorts.thirdVote, from: nodes))
      result.append(ingress("ThirdLogin", "ThirdGroup", ports.login, from: member("CidrIp", reference("AdminNetwork"))))
    }
    return result
  }

  /// The same rights as `pmm-ha ec2 policy`, with references for ids.
  package var policy: EC2Policy {
    EC2Policy(
      address, fencesByAPI: true,
      .init(
        partition: "${AWS::Partition}", region: "${AWS::Region}", account: "${AWS::AccountId}",
        instances: Self.instances.map { "${\($0)}" }, routeTables: [existingNetwork ? "${RouteTableId}" : "${RouteTable}"],
        zone: "${HostedZoneId}", record: reference("RecordName"), arn: substitute))
  }

  private var rights: Members {
    [
      resource(
        "Role", "AWS::IAM::Role",
        [
          "AssumeRolePolicyDocument": [
            "Version": "2012-10-17",
            "Statement": [["Effect": "Allow", "Principal": ["Service": substitute("ec2.${AWS::URLSuffix}")], "Action": "sts:AssumeRole"]],
          ],
          "Tags": tags(cluster),
        ]),
      // Of its own: it names the instances, and they name the role.
      resource(
        "RolePolicy", "AWS::IAM::Policy",
        ["PolicyName": "pmm-ha", "PolicyDocument": policy.document, "Roles": [reference("Role")]]),
      resource("InstanceProfile", "AWS::IAM::InstanceProfile", ["Roles": [reference("Role")]]),
    ]
  }

  private var machines: Members {
    // One hop: PMM's container, one hop further, cannot take the role's credentials.
    let metadata: Document = ["HttpTokens": "required", "HttpPutResponseHopLimit": 1, "HttpEndpoint": "enabled"]
    var result = [
      resource(
        "LaunchTemplate", "AWS::EC2::LaunchTemplate",
        [
          "LaunchTemplateData": [
            "ImageId": reference("ImageId"), "InstanceType": reference("InstanceType"), "KeyName": reference("KeyName"),
            "IamInstanceProfile": ["Arn": attribute("InstanceProfile", "Arn")], "MetadataOptions": metadata, "DisableApiStop": false,
          ]
        ])
    ]
    for (id, node) in zip(Self.instances, nodes) {
      result.append(
        resource(
          id, "AWS::EC2::Instance",
          [
            "LaunchTemplate": [
              "LaunchTemplateId": reference("LaunchTemplate"), "Version": attribute("LaunchTemplate", "LatestVersionNumber"),
            ],
            "SubnetId": subnet, "PrivateIpAddress": reference("\(id)Address"), "SecurityGroupIds": [attribute("NodeGroup", "GroupId")],
            // A packet to an address outside the VPC's networks would be dropped.
            "SourceDestCheck": .boolean(address != .overlayRoute), "Tags": tags(node.description),
          ], more: existingNetwork ? [] : [member("DependsOn", "DefaultRoute")]))
    }
    return result
  }

  private var storage: Members {
    [
      resource(
        "Volume", "AWS::EC2::Volume",
        [
          "AvailabilityZone": attribute("NodeOne", "AvailabilityZone"), "VolumeType": "io2", "MultiAttachEnabled": true,
          "Size": reference("VolumeSize"), "Iops": reference("VolumeIops"), "Encrypted": true, "Tags": tags("\(cluster) data"),
        ],
        // Deleting the stack keeps PMM's data as a snapshot.
        more: [member("DeletionPolicy", "Snapshot"), member("UpdateReplacePolicy", "Snapshot")])
    ]
      + Self.instances.map { id in
        resource(
          "\(id)Volume", "AWS::EC2::VolumeAttachment",
          ["VolumeId": reference("Volume"), "InstanceId": reference(id), "Device": "/dev/sdf"])
      }
  }

  private var share: Members {
    [
      resource("Share", "AWS::EFS::FileSystem", ["Encrypted": true, "FileSystemTags": tags("\(cluster) config")]),
      resource(
        "ShareTarget", "AWS::EFS::MountTarget",
        ["FileSystemId": reference("Share"), "SubnetId": subnet, "SecurityGroups": [attribute("ShareGroup", "GroupId")]]),
    ]
  }

  private var addressResources: Members {
    switch address {
    case .secondaryIP, .route53, .none: return []
    case .overlayRoute:
      // aws-vpc-move-ip replaces a route, and never makes one.
      return [
        resource(
          "AddressRoute", "AWS::EC2::Route",
          [
            "RouteTableId": reference(existingNetwork ? "RouteTableId" : "RouteTable"),
            "DestinationCidrBlock": substitute("${VirtualAddress}/32"), "InstanceId": reference("NodeOne"),
          ])
      ]
    case .nlb:
      func attribute(_ key: String, _ value: String) -> Document { ["Key": .string(key), "Value": .string(value)] }
      return [
        resource(
          "Balancer", "AWS::ElasticLoadBalancingV2::LoadBalancer",
          [
            "Type": "network", "Scheme": "internal", "SecurityGroups": [self.attribute("BalancerGroup", "GroupId")],
            "SubnetMappings": [["SubnetId": subnet, "PrivateIPv4Address": reference("VirtualAddress")]], "Tags": tags(cluster),
          ]),
        resource(
          "Targets", "AWS::ElasticLoadBalancingV2::TargetGroup",
          [
            "VpcId": vpc, "Protocol": "TCP", "Port": .integer(port), "TargetType": "instance",
            "Targets": .list(Self.instances.map { ["Id": reference($0), "Port": .integer(port)] }), "HealthCheckProtocol": "HTTPS",
            "HealthCheckPath": .string(readinessPath), "HealthCheckPort": .string("\(port)"), "HealthCheckIntervalSeconds": 5,
            "HealthCheckTimeoutSeconds": 3, "HealthyThresholdCount": 2, "UnhealthyThresholdCount": 2, "Matcher": ["HttpCode": "200"],
            "TargetGroupAttributes": [
              attribute("deregistration_delay.timeout_seconds", "0"), attribute("preserve_client_ip.enabled", "false"),
            ], "Tags": tags(cluster),
          ]),
        resource(
          "Listener", "AWS::ElasticLoadBalancingV2::Listener",
          [
            "LoadBalancerArn": reference("Balancer"), "Protocol": "TCP", "Port": .integer(port),
            "DefaultActions": [["Type": "forward", "TargetGroupArn": reference("Targets")]],
          ]),
      ]
    }
  }

  private var third: Members {
    guard thirdVote else { return [] }
    let network: Members =
      existingNetwork
      ? []
      : [
        resource(
          "ThirdSubnet", "AWS::EC2::Subnet",
          [
            "VpcId": vpc, "CidrBlock": reference("ThirdNetwork"), "AvailabilityZone": ["Fn::Select": [1, ["Fn::GetAZs": ""]]],
            "MapPublicIpOnLaunch": true, "Tags": tags("\(cluster) third vote"),
          ]),
        resource(
          "ThirdRoutes", "AWS::EC2::SubnetRouteTableAssociation",
          ["SubnetId": reference("ThirdSubnet"), "RouteTableId": reference("RouteTable")]),
      ]
    return network + [
      resource(
        "Third", "AWS::EC2::Instance",
        [
          "ImageId": reference("ImageId"), "InstanceType": "t3.small", "KeyName": reference("KeyName"),
          "SubnetId": reference(existingNetwork ? "ThirdSubnetId" : "ThirdSubnet"),
          "SecurityGroupIds": [attribute("ThirdGroup", "GroupId")], "Tags": tags("\(cluster) third vote"),
        ])
    ]
  }
}
