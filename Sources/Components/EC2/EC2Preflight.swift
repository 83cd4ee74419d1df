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

  private var cli: String { "--region \(spec.region)" }

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
      ("routes", "ec2:DescribeRouteTables"),
    ]
    for (question, action) in reads where denied(question) {
      result.append(
        Finding(.warning, at: "\(node)", "the role may not \(action), so the preflight is blind there", hint: "give it: \(policyCommand)"))
    }
    let silent = account.errors.filter { $0.key != "metadata" && $0.key != "metadata_v1" && !$0.value.isDenial }
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

  private var policyCommand: String {
    "pmm-ha ec2 policy >policy.json; aws iam put-role-policy --role-name \(spec.role ?? "ROLE") --policy-name pmm-ha --policy-document file://policy.json"
  }

  private func missing(_ action: String, _ node: NodeName) -> Finding {
    Finding(.blocking, at: "\(node)", "the instance's role may not \(action)", hint: "give it what the cluster needs: \(policyCommand)")
  }

  // MARK: the account

  private func instances(_ list: [EC2Account.Instance]) -> [Finding] {
    var result: [Finding] = []
    let names = Dictionary(spec.instances.map { ($1, $0) }) { first, _ in first }
    func name(_ instance: EC2Account.Instance) -> String { names[instance.id]?.description ?? instance.id }
    let zones = Set(list.map(\.zone))
    if zones.count > 1 {
      result.append(
        Finding(
          .blocking, at: "ec2/instances",
          "the nodes are in \(zones.sorted().joined(separator: " and ")): an io2 volume is in one availability zone, and attaches to instances there only",
          hint: "make both in one: pmm-ha ec2 template"))
    }
    for instance in list.sorted(by: { name($0) < name($1) }) {
      if !NitroTypes.contains(instance.type) {
        result.append(
          Finding(
            .blocking, at: name(instance), "\(instance.type) is not built on Nitro, which Multi-Attach needs",
            hint: "stop it, then: aws ec2 modify-instance-attribute \(cli) --instance-id \(instance.id) --instance-type m6i.xlarge"))
      }
      if let hops = instance.hopLimit, hops > 1 {
        result.append(
          Finding(
            .note, at: name(instance), "the metadata service answers over \(hops) hops, so PMM's container can take the role's rights",
            hint: "aws ec2 modify-instance-metadata-options \(cli) --instance-id \(instance.id) --http-put-response-hop-limit 1"))
      }
      if instance.endpoint == "disabled" {
        result.append(
          Finding(
            .blocking, at: name(instance), "its metadata service is disabled, so its agents have no credentials",
            hint: "aws ec2 modify-instance-metadata-options \(cli) --instance-id \(instance.id) --http-endpoint enabled"))
      }
      if address.ec2 == .overlayRoute, instance.sourceDestCheck {
        result.append(
          Finding(
            .blocking, at: name(instance),
            "its source/destination check is on: the VPC drops packets for \(address.address), which is none of the instance's own addresses",
            hint: "aws ec2 modify-instance-attribute \(cli) --instance-id \(instance.id) --no-source-dest-check"))
      }
      if let node = names[instance.id], let first = nodes[node], !instance.addresses.isEmpty, !instance.addresses.contains(first) {
        result.append(
          Finding(
            .blocking, at: "nodes/\(node)/addresses",
            "\(first) is not an address of \(instance.id), which has \(instance.addresses.joined(separator: ", "))",
            hint: "write the instance's private address, or correct ec2/instances"))
      }
      if let node = names[instance.id], address.ec2 == .secondaryIP, nodes[node] != nil,
        instance.addresses.first == address.address.description
      {
        result.append(
          Finding(
            .blocking, at: "virtual_ip/address", "\(address.address) is \(node)'s primary address, which cannot move",
            hint: "take a free one of the subnet"))
      }
    }
    return result
  }

  private func volume(_ volume: EC2Account.Volume, _ instances: [EC2Account.Instance]) -> [Finding] {
    var result: [Finding] = []
    if volume.type != "io2" {
      result.append(
        Finding(
          .blocking, at: "ec2/volume", "\(spec.volume) is \(volume.type): only io2 may be attached to both nodes",
          hint:
            "make one from a snapshot: aws ec2 create-volume \(cli) --volume-type io2 --iops 3000 --multi-attach-enabled --availability-zone \(volume.zone) --snapshot-id snap-..."
        ))
    } else if !volume.multiAttach {
      result.append(
        Finding(
          .blocking, at: "ec2/volume", "Multi-Attach is off for \(spec.volume)",
          hint: "detach it, then: aws ec2 modify-volume \(cli) --volume-id \(spec.volume) --multi-attach-enabled"))
    }
    for (node, instance) in spec.instances.sorted(by: { $0.key < $1.key }) where !volume.instances.contains(instance) {
      result.append(
        Finding(
          .blocking, at: "\(node)", "\(spec.volume) is not attached to \(instance)",
          hint: "aws ec2 attach-volume \(cli) --volume-id \(spec.volume) --instance-id \(instance) --device /dev/sdf"))
    }
    let strangers = volume.instances.filter { !spec.instances.values.contains($0) }
    if !strangers.isEmpty {
      result.append(
        Finding(
          .danger, at: "ec2/volume",
          "\(spec.volume) is attached to \(strangers.joined(separator: ", ")) too, which no fencing keeps from writing to it",
          hint: "aws ec2 detach-volume \(cli) --volume-id \(spec.volume) --instance-id \(strangers[0])"))
    }
    if let instance = instances.first(where: { $0.rootVolume == spec.volume }) {
      result.append(
        Finding(
          .blocking, at: "ec2/volume", "\(spec.volume) is the root volume of \(instance.id)",
          hint: "name a volume of its own for PMM's data"))
    }
    if let instance = instances.first(where: { $0.zone != volume.zone }) {
      result.append(
        Finding(
          .blocking, at: "ec2/volume", "\(spec.volume) is in \(volume.zone), and \(instance.id) in \(instance.zone)",
          hint: "everything of the cluster is in one zone: pmm-ha ec2 template makes it so"))
    }
    if !volume.encrypted {
      result.append(
        Finding(
          .note, at: "ec2/volume", "\(spec.volume) is not encrypted",
          hint: "a copy can be: aws ec2 create-volume ... --snapshot-id snap-... --encrypted; an existing volume stays as it is"))
    }
    return result
  }

  private func rules(_ rules: [EC2Account.Rule], _ instances: [EC2Account.Instance]) -> [Finding] {
    guard let first = instances.first?.groups, let group = first.first, !rules.isEmpty || !first.isEmpty else { return [] }
    func allows(_ rule: ClusterPorts.Rule, from source: (String) -> Bool) -> Bool {
      rules.contains { open in
        first.contains(open.group) && source(open.source)
          && (open.transport == "-1"
            || open.transport == rule.transport && open.from <= rule.ports.lowerBound && open.to >= rule.ports.upperBound)
      }
    }
    var result: [Finding] = []
    let groups = Set(instances.flatMap(\.groups))
    let addresses = nodes.values.compactMap { IPAddress($0) }
    for rule in ports.betweenNodes {
      let open = allows(rule) { source in
        let parts = source.split(separator: "/")
        if parts.count == 2, let network = IPAddress(String(parts[0])), let prefix = Int(parts[1]) {
          return addresses.allSatisfy { $0.shares(prefix: prefix, with: network) }
        }
        return groups.contains(source)
      }
      guard !open else { continue }
      let ports = rule.ports.count == 1 ? "\(rule.ports.lowerBound)" : "\(rule.ports.lowerBound)-\(rule.ports.upperBound)"
      result.append(
        Finding(
          .blocking, at: "ec2/security_group", "nothing lets the nodes reach each other on \(rule.transport) \(ports) (\(rule.purpose))",
          hint:
            "aws ec2 authorize-security-group-ingress \(cli) --group-id \(group) --protocol \(rule.transport) --port \(ports) --source-group \(group)"
        ))
    }
    return result
  }

  private func routes(_ routes: [String: Bool]) -> [Finding] {
    guard address.ec2 == .overlayRoute else { return [] }
    return address.routeTables.filter { routes[$0] != true }.map { table in
      let instance = spec.instances.sorted { $0.key < $1.key }.first?.value ?? "i-..."
      return Finding(
        .blocking, at: "virtual_ip/route_tables",
        "\(table) has no route to \(address.address)/32, and the agent replaces one and makes none",
        hint:
          "aws ec2 create-route \(cli) --route-table-id \(table) --destination-cidr-block \(address.address)/32 --instance-id \(instance)")
    }
  }
}

extension EC2Preflight {
  /// What was asked and what the answer was, a line each.
  package func evidence(_ accounts: [NodeName: EC2Account?]) -> [String] {
    var lines: [String] = []
    for case (let node, let account?) in accounts.sorted(by: { $0.key < $1.key }) {
      if let metadata = account.metadata {
        lines.append(
          "\(node): the metadata service says \(metadata.instance) in \(metadata.zone), role \(metadata.role.isEmpty ? "none" : metadata.role)"
        )
      }
      if let instances = account.instances {
        let clock = instances.clock.map { ", clock within \(abs($0)) s" } ?? ""
        lines.append("\(node): the EC2 API of \(spec.region) answers in \(instances.seconds) s\(clock)")
      }
      let rights = [("stop", account.stop), ("start", account.start), ("replace the route", account.replaceRoute)]
      let allowed = rights.filter { $0.1 == "allowed" }.map(\.0)
      if !allowed.isEmpty { lines.append("\(node): dry runs allowed: \(allowed.joined(separator: ", "))") }
    }
    let known = accounts.values.compactMap(\.self)
    for instance in known.lazy.compactMap({ $0.instances }).first?.list ?? [] {
      lines.append("\(instance.id): \(instance.type), \(instance.state), \(instance.zone), \(instance.addresses.joined(separator: " "))")
    }
    if let volume = known.lazy.compactMap({ $0.volume }).first {
      lines.append(
        "\(spec.volume): \(volume.type)\(volume.multiAttach ? " Multi-Attach" : ""), \(volume.zone), attached to \(volume.instances.joined(separator: " "))"
          + (volume.encrypted ? ", encrypted" : ""))
    }
    if let rules = known.lazy.compactMap({ $0.rules }).first { lines.append("security groups: \(rules.count) rules that let in") }
    return lines
  }
}
