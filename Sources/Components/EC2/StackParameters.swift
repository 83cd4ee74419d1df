import VirtualIP

// What a template asks for, and what its stack tells.
extension StackTemplate {
  private func parameter(_ id: String, _ type: String, _ words: String, _ more: Members = []) -> Document.Member {
    member(id, .object([member("Type", .string(type)), member("Description", .string(words))] + more))
  }

  private static let network =
    "^(([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])[.]){3}([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])/([0-9]|[12][0-9]|3[0-2])$"

  var parameters: Members {
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
    case .route53:
      result += [
        parameter(
          "HostedZoneId", "AWS::Route53::HostedZone::Id", "The hosted zone of PMM's name; a private one must be of the nodes' VPC"),
        parameter(
          "RecordName", "String", "PMM's whole name in that zone, in small letters, without a dot at its end: pmm.example.internal",
          [member("AllowedPattern", "^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?[.])+[a-z0-9_-]*[a-z0-9]$")]),
      ]
    case .nlb: result.append(text("VirtualAddress", "The load balancer's address: free, in the subnet", "10.20.0.100"))
    case .none: result.append(text("VirtualAddress", "The address by which something of your own leads clients to PMM", "10.20.0.100"))
    }
    return result
  }

  var outputs: Members {
    func output(_ key: String, _ value: Document) -> Document.Member { member(key, ["Value": value]) }
    var result = [
      output("Cluster", .string(cluster)), output("Region", reference("AWS::Region")), output("Vpc", vpc), output("SubnetUsed", subnet),
      output("SecurityGroup", attribute("NodeGroup", "GroupId")), output("RoleName", reference("Role")),
      output("VolumeId", reference("Volume")), output("ShareHost", substitute("${Share}.efs.${AWS::Region}.${AWS::URLSuffix}")),
      output("AddressKind", .string(address.rawValue)), output("Port", .string("\(port)")),
    ]
    if address == .route53 {
      result += [output("HostedZone", reference("HostedZoneId")), output("Record", reference("RecordName"))]
    } else {
      result.append(output("Address", reference("VirtualAddress")))
    }
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
