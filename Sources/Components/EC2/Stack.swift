import Core
import FoundationEssentials
import VirtualIP

/// A stack that was made from the template, as `aws cloudformation describe-stacks` tells of it.
package struct Stack: Sendable, Equatable {
  /// By their keys.
  let outputs: [String: String]

  private struct Description: Decodable {
    let Stacks: [Entry]
    struct Entry: Decodable {
      let StackName: String
      let StackStatus: String
      let Outputs: [Output]?
    }
    struct Output: Decodable {
      let OutputKey: String
      let OutputValue: String
    }
  }

  /// Throws what is wrong with the text, or with the stack.
  package init(describeStacks text: String) throws(UnusableStack) {
    guard let description = try? JSONDecoder().decode(Description.self, from: Data(text.utf8)) else {
      throw UnusableStack("it is not what 'aws cloudformation describe-stacks --stack-name NAME --output json' prints")
    }
    guard let stack = description.Stacks.first, description.Stacks.count == 1 else {
      throw UnusableStack("it tells of \(description.Stacks.count) stacks: name one with --stack-name")
    }
    guard stack.StackStatus.hasSuffix("_COMPLETE"), !stack.StackStatus.hasPrefix("DELETE"), stack.StackStatus != "ROLLBACK_COMPLETE" else {
      throw UnusableStack("the stack \(stack.StackName) is \(stack.StackStatus): wait until it is CREATE_COMPLETE, or see its events")
    }
    outputs = Dictionary((stack.Outputs ?? []).map { ($0.OutputKey, $0.OutputValue) }) { $1 }
    let missing = Self.needed(outputs["AddressKind"]).filter { outputs[$0] == nil }
    guard missing.isEmpty else {
      throw UnusableStack(
        "the stack \(stack.StackName) has no output \(missing.joined(separator: ", ")): was it made by pmm-ha ec2 template?")
    }
  }

  /// By the way in which the VPC learns of the address.
  static func needed(_ kind: String?) -> [String] {
    [
      "Cluster", "Region", "Vpc", "SubnetUsed", "SecurityGroup", "RoleName", "VolumeId", "ShareHost", "AddressKind", "Port", "NodeOneName",
      "NodeOneInstance", "NodeOnePrivateIp", "NodeTwoName", "NodeTwoInstance", "NodeTwoPrivateIp",
    ] + (kind == VirtualIPSpec.EC2Kind.route53.rawValue ? ["HostedZone", "Record"] : ["Address", "Prefix"])
  }

  /// A spec of the cluster. `user` logs in to the nodes; `tag` is PMM's.
  package func spec(user: String, tag: String) -> String {
    func output(_ key: String) -> String { outputs[key] ?? "" }
    func node(_ id: String) -> String {
      let host = outputs["\(id)PublicIp"].map { ", host: \($0)" } ?? ""
      return "  - {name: \(output("\(id)Name")), addresses: [\(output("\(id)PrivateIp"))], ssh: {user: \(user)\(host)}}"
    }
    let kind = output("AddressKind")
    let address =
      switch VirtualIPSpec.EC2Kind(rawValue: kind) {
      case .route53: "ec2: route53, hosted_zone: \(output("HostedZone")), record: \(output("Record"))"
      case .overlayRoute:
        "address: \(output("Address")), prefix: 32, ec2: \(kind), interface: eth0, route_tables: [\(outputs["RouteTableUsed"] ?? "rtb-")]"
      default: "address: \(output("Address")), prefix: \(output("Prefix")), ec2: \(kind)"
      }
    return """
      # A highly available PMM on Amazon EC2, from its CloudFormation stack. Check it with pmm-ha validate;
      # pmm-ha schema --example describes every key.
      cluster: \(output("Cluster"))
      platform: ec2
      ec2:
        region: \(output("Region"))
        instances: {\(output("NodeOneName")): \(output("NodeOneInstance")), \(output("NodeTwoName")): \(output("NodeTwoInstance"))}
        volume: \(output("VolumeId"))
        role: \(output("RoleName"))
        vpc: \(output("Vpc"))
        subnet: \(output("SubnetUsed"))
        security_group: \(output("SecurityGroup"))
      nodes:
      \(node("NodeOne"))
      \(node("NodeTwo"))
      virtual_ip: {\(address)}
      shared_storage:
        kind: filesystem
        device: /dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_\(output("VolumeId").filter { $0 != "-" })
      # The file system of EFS that the stack made.
      config_share: {kind: nfs, path: /mnt/pmm-ha, server: \(output("ShareHost")), export: /, version: "4.1"}
      fencing:
        - {node: \(output("NodeOneName")), agent: fence_aws}
        - {node: \(output("NodeTwoName")), agent: fence_aws}
      pmm:
        tag: \(tag)
        port: \(output("Port"))

      """
  }
}

/// What cannot become a spec.
package struct UnusableStack: Error, Equatable, CustomStringConvertible {
  package let description: String
  init(_ description: String) { self.description = description }
}
