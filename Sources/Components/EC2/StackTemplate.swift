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
  private static let instances = ["NodeOne", "NodeTwo"]

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

  private func member(_ key: String, _ value: Document) -> Document.Member { .init(key: key, value: value) }
  private func reference(_ id: String) -> Document { ["Ref": .string(id)] }
  private func attribute(_ id: String, _ name: String) -> Document { ["Fn::GetAtt": [.string(id), .string(name)]] }
  private func substitute(_ text: String) -> Document { ["Fn::Sub": .string(text)] }
  private func tags(_ name: String) -> Document {
    [["Key": "Name", "Value": .string(name)], ["Key": "pmm-ha", "Value": .string(cluster)]]
  }

  private func resource(_ id: String, _ type: String, _ properties: Document, more: Members = []) -> Document.Member {
    member(id, .object([member("Type", .string(type))] + more + [member("Properties", properties)]))
  }

  private func parameter(_ id: String, _ type: String, _ words: String, _ more: Members = []) -> Document.Member {
    member(id, .object([member("Type", .string(type)), member("Description", .string(words))] + more))
  }

  private static let network =
    "^(([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])[.]){3}([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])/([0-9]|[12][0-9]|3[0-2])$"

  private var subnet: Document { reference(existingNetwork ? "SubnetId" : "Subnet") }
  private var vpc: Document { reference(existingNetwork ? "VpcId" : "Vpc") }

  private var parameters: Members {
    func text(_ id: String, _ words: String, _ value: String, pattern: String? = nil) -> Document.Member {
      parameter(
        id, "String", words, [member("Default", .string(value))] + (pattern.map { [member("AllowedPattern", .string($0))] } ?? []))
    }
    var result: Members = [
      parameter(
        "ImageId", "AWS::EC2::Image::Id",
        "The AMI of the nodes. CentOS Stream 9: aws ec2 describe-images --owners 125523088429 --filters 'Name=name,Values=CentOS Stream 9 x86_64*' --query 'sort_by(Images,&CreationDate)[-1].ImageId'"
      ),
      text(
        "InstanceType", "A type built on Nitro, which Multi-Attach needs", "m6i.xlarge", pattern: NitroTypes.templatePattern),
      parameter("KeyName", "AWS::EC2::KeyPair::KeyName", "The key pair by which you log in to the nodes"),
      parameter(
        "AdminNetwork", "String", "From where you log in by ssh: your address and /32",
        [member("AllowedPattern", .string(Self.network))]),
      parameter(
        "ClientNetwork", "String", "From where clients and monitored hosts reach PMM",
        [member("AllowedPattern", .string(Self.network))]),
      parameter("VolumeSize", "Number", "Size of PMM's volume, GiB", [member("Default", 100), member("MinValue", 4)]),
      parameter(
        "VolumeIops", "Number", "Provisioned IOPS of PMM's volume; they are a good part of the costs",
        [member("Default", 3000), member("MinValue", 100), member("MaxValue", 256000)]),
    ]
    if existingNetwork {
      result += [
        parameter("VpcId", "AWS::EC2::VPC::Id", "The VPC"),
        parameter(
          "SubnetPrefix", "Number", "The length of the subnet's prefix: 24 of 10.20.0.0/24",
          [member("MinValue", 16), member("MaxValue", 28)]),
        parameter("SubnetId", "AWS::EC2::Subnet::Id", "The subnet of both nodes; it must reach the EC2 API, by NAT or by an endpoint"),
      ]
      if address == .overlayRoute { result.append(parameter("RouteTableId", "String", "The route table of the clients' subnets")) }
      if thirdVote {
        result.append(parameter("ThirdSubnetId", "AWS::EC2::Subnet::Id", "A subnet in another availability zone, for the third vote"))
      }
    } else {
      result += [
        text("VpcNetwork", "The network of the new VPC", "10.20.0.0/16", pattern: Self.network),
        text("SubnetNetwork", "The nodes' subnet in it", "10.20.0.0/24", pattern: Self.network),
      ]
      if thirdVote { result.append(text("ThirdNetwork", "The third vote's subnet in it", "10.20.1.0/24", pattern: Self.network)) }
    }
    result += [
      text("NodeOneAddress", "\(nodes[0])'s address in the subnet", "10.20.0.11"),
      text("NodeTwoAddress", "\(nodes[1])'s address in the subnet", "10.20.0.12"),
    ]
    switch address {
    case .secondaryIP: result.append(text("VirtualAddress", "The address of PMM: free, in the subnet", "10.20.0.100"))
    case .overlayRoute: result.append(text("VirtualAddress", "The address of PMM: outside the VPC's networks", "10.99.0.100"))
    case .nlb: result.append(text("VirtualAddress", "The load balancer's address: free, in the subnet", "10.20.0.100"))
    case .none: result.append(text("VirtualAddress", "The address by which something of your own leads clients to PMM", "10.20.0.100"))
    }
    return result
  }

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
        prefix: "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}", instances: Self.instances.map { "${\($0)}" },
        routeTables: [existingNetwork ? "${RouteTableId}" : "${RouteTable}"], arn: substitute))
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
    case .secondaryIP, .none: return []
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

  private var outputs: Members {
    func output(_ key: String, _ value: Document) -> Document.Member { member(key, ["Value": value]) }
    var result = [
      output("Cluster", .string(cluster)), output("Region", reference("AWS::Region")), output("Vpc", vpc), output("SubnetUsed", subnet),
      output("SecurityGroup", attribute("NodeGroup", "GroupId")), output("RoleName", reference("Role")),
      output("VolumeId", reference("Volume")), output("ShareHost", substitute("${Share}.efs.${AWS::Region}.${AWS::URLSuffix}")),
      output("AddressKind", .string(address.rawValue)), output("Address", reference("VirtualAddress")), output("Port", .string("\(port)")),
    ]
    for (id, node) in zip(Self.instances, nodes) {
      result += [
        output("\(id)Name", .string(node.description)), output("\(id)Instance", reference(id)),
        output("\(id)PrivateIp", attribute(id, "PrivateIp")),
      ]
      if !existingNetwork { result.append(output("\(id)PublicIp", attribute(id, "PublicIp"))) }
    }
    if address == .overlayRoute { result.append(output("RouteTableUsed", reference(existingNetwork ? "RouteTableId" : "RouteTable"))) }
    let parts: Document = ["Fn::Split": ["/", reference("SubnetNetwork")]]
    result.append(output("Prefix", existingNetwork ? reference("SubnetPrefix") : ["Fn::Select": [1, parts]]))
    if thirdVote { result.append(output("ThirdPrivateIp", attribute("Third", "PrivateIp"))) }
    return result
  }
}
