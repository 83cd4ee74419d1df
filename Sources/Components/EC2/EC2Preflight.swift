import Core
import VirtualIP

/// What AWS must have right for the cluster to work, asked from the nodes themselves: nothing is changed, rights are asked
/// for by dry runs. Each finding has the AWS CLI's command that mends it.
package struct EC2Preflight: Sendable {
  let spec: EC2Spec
  let address: VirtualIPSpec
  let fencesByAPI: Bool
  let ports: ClusterPorts
  /// Each node's first address.
  let nodes: [NodeName: String]

  package init(_ spec: EC2Spec, _ address: VirtualIPSpec, fencesByAPI: Bool, pmmPort: Int, nodes: [NodeName: String]) {
    self.spec = spec
    self.address = address
    self.fencesByAPI = fencesByAPI
    ports = ClusterPorts(pmm: pmmPort)
    self.nodes = nodes
  }

  var cli: String { "--region \(spec.region)" }

  /// All that is wrong or risky; empty where the account is right. nil: a node that could not ask yet.
  package func findings(_ accounts: [NodeName: EC2Account?]) -> [Finding] {
    var result: [Finding] = []
    var known: [(NodeName, EC2Account)] = []
    for (node, account) in accounts.sorted(by: { $0.key < $1.key }) {
      guard let account else {
        result.append(
          Finding(
            .note, at: "\(node)", "AWS was not asked from here: boto3 is not installed yet",
            hint: "apply installs it; then 'pmm-ha check' asks"))
        continue
      }
      known.append((node, account))
      result += metadata(node, account) + interface(node, account) + rights(node, account)
    }
    // The account is one: whoever was answered tells of it.
    if let instances = known.lazy.compactMap({ $0.1.instances }).first { result += self.instances(instances.list) }
    if let volume = known.lazy.compactMap({ $0.1.volume }).first {
      result += self.volume(volume, known.lazy.compactMap { $0.1.instances }.first?.list ?? [])
    }
    let groups = known.lazy.compactMap { $0.1.instances }.first?.list ?? []
    if let rules = known.lazy.compactMap({ $0.1.rules }).first { result += self.rules(rules, groups) }
    if let routes = known.lazy.compactMap({ $0.1.routes }).first { result += self.routes(routes) }
    if let key = known.lazy.compactMap({ $0.1.key }).first { result += self.key(key) }
    result += name(known.map(\.1))
    return result
  }

  // MARK: a node's own answers

  private func metadata(_ node: NodeName, _ account: EC2Account) -> [Finding] {
    let instance = spec.instances[node] ?? "i-..."
    if let error = account.errors["metadata"] {
      let enable =
        "aws ec2 modify-instance-metadata-options \(cli) --instance-id \(instance) --http-endpoint enabled --http-tokens required"
      return [
        Finding(
          .blocking, at: "\(node)",
          "the instance metadata service does not answer (\(error.code)): without it there are no credentials, and the agents hang",
          hint: "enable it: \(enable); and look for a firewall rule or a proxy that takes 169.254.169.254")
      ]
    }
    guard let metadata = account.metadata else { return [] }
    var result: [Finding] = []
    if metadata.instance != instance {
      result.append(
        Finding(
          .blocking, at: "ec2/instances/\(node)",
          "\(node) is \(metadata.instance), and the spec says \(instance): fencing would stop another machine",
          hint: "write \(node): \(metadata.instance)"))
    }
    if metadata.role.isEmpty {
      let profile = spec.role ?? "PROFILE"
      result.append(
        Finding(
          .blocking, at: "\(node)", "the instance has no role, so neither fencing nor the address may ask the EC2 API",
          hint:
            "give it one: aws ec2 associate-iam-instance-profile \(cli) --instance-id \(instance) --iam-instance-profile Name=\(profile)"))
    } else if let role = spec.role, role != metadata.role {
      result.append(
        Finding(
          .warning, at: "\(node)", "its role is \(metadata.role), and the spec says \(role)",
          hint: "write role: \(metadata.role), or change it"))
    }
    if account.metadataWithoutToken == true {
      result.append(
        Finding(
          .note, at: "\(node)",
          "the metadata service answers without a token (IMDSv1), so a confused web service hands out the role's rights",
          hint: "require tokens: aws ec2 modify-instance-metadata-options \(cli) --instance-id \(instance) --http-tokens required"))
    }
    return result
  }

  private func interface(_ node: NodeName, _ account: EC2Account) -> [Finding] {
    guard let error = account.errors["instances"] else {
      guard let clock = account.instances?.clock, abs(clock) > 60 else { return [] }
      return [
        Finding(
          .blocking, at: "\(node)",
          "its clock is \(Int(abs(clock))) s \(clock > 0 ? "ahead of" : "behind") the EC2 API's: from 5 min on every request is refused",
          hint: "let chrony use Amazon's time service: server 169.254.169.123 prefer iburst in chrony.conf")
      ]
    }
    if error.isDenial { return [missing("ec2:DescribeInstances", node)] }
    if error.code.hasPrefix("InvalidInstanceID") {
      return [
        Finding(
          .blocking, at: "ec2/instances", "the EC2 API does not know them in \(spec.region): \(error.message)",
          hint: "look them up: aws ec2 describe-instances \(cli) --query 'Reservations[].Instances[].InstanceId'")
      ]
    }
    let credentials = ["NoCredentialsError", "AuthFailure", "RequestExpired", "InvalidClientTokenId"].contains(error.code)
    return [
      Finding(
        .blocking, at: "\(node)",
        credentials
          ? "the EC2 API gets no valid credentials from here (\(error.code))"
          : "the EC2 API does not answer from here (\(error.code)): no node could be fenced, and nothing would take over",
        hint: credentials
          ? "give the instance its role, and look at its clock: chronyc tracking"
          : "give the subnet a way to ec2.\(spec.region).amazonaws.com: a NAT gateway, or an endpoint: aws ec2 create-vpc-endpoint \(cli) --vpc-endpoint-type Interface --service-name com.amazonaws.\(spec.region).ec2 --vpc-id \(spec.vpc ?? "vpc-...") --subnet-ids \(spec.subnet ?? "subnet-...")"
      )
    ]
  }

  /// The monitor of fence_aws stays green without the right to stop: only a dry run tells.
  private func rights(_ node: NodeName, _ account: EC2Account) -> [Finding] {
    var result: [Finding] = []
    // Whoever is not answered at all has been told so already.
    func denied(_ question: String) -> Bool { account.errors[question]?.isDenial ?? false }
    if fencesByAPI {
      if denied("stop") { result.append(missing("ec2:StopInstances", node)) }
      if spec.fenceAction == .reboot, denied("start") { result.append(missing("ec2:StartInstances", node)) }
    }
    if denied("replace_route") { result.append(missing("ec2:ReplaceRoute", node)) }
    let reads = [
      ("volume", "ec2:DescribeVolumes"), ("stop_protection", "ec2:DescribeInstanceAttribute"), ("rules", "ec2:DescribeSecurityGroupRules"),
      ("routes", "ec2:DescribeRouteTables"), ("key", "kms:DescribeKey"),
    ]
    result += nameRights(node, account)
    for (question, action) in reads where denied(question) {
      result.append(
        Finding(.warning, at: "\(node)", "the role may not \(action), so the preflight is blind there", hint: "give it: \(policyCommand)"))
    }
    if let error = account.errors["key"], !error.isDenial {
      result.append(
        Finding(
          .note, at: "\(node)", "KMS does not answer from here (\(error.code)), so nothing is known of the volume's key",
          hint: "give the subnet a way to kms.\(spec.region).amazonaws.com, or look by yourself: aws kms describe-key \(cli) --key-id ..."))
    }
    let others = ["metadata", "metadata_v1", "key"] + Self.nameQuestions
    let silent = account.errors.filter { !others.contains($0.key) && !$0.value.isDenial }
    if account.errors["instances"] == nil, !silent.isEmpty {
      let list = silent.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.code)" }.joined(separator: ", ")
      result.append(
        Finding(
          .warning, at: "\(node)", "the EC2 API left questions unanswered (\(list))",
          hint: "run 'pmm-ha check' again; if it stays so, see the API's error"))
    }
    if account.stopProtection == true, let other = nodes.keys.first(where: { $0 != node }), let instance = spec.instances[other] {
      result.append(
        Finding(
          .blocking, at: "\(other)", "its instance is protected from being stopped (disableApiStop), so it cannot be fenced",
          hint: "end it: aws ec2 modify-instance-attribute \(cli) --instance-id \(instance) --no-disable-api-stop"))
    }
    return result
  }

  var policyCommand: String {
    "pmm-ha ec2 policy >policy.json; aws iam put-role-policy --role-name \(spec.role ?? "ROLE") --policy-name pmm-ha --policy-document file://policy.json"
  }

  func missing(_ action: String, _ node: NodeName) -> Finding {
    Finding(.blocking, at: "\(node)", "the instance's role may not \(action)", hint: "give it what the cluster needs: \(policyCommand)")
  }
}
