import Core
import VirtualIP

// What of the account itself must be right.
extension EC2Preflight {
  private var ip: String { address.address?.description ?? "" }

  func instances(_ list: [EC2Account.Instance]) -> [Finding] {
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
            "its source/destination check is on: the VPC drops packets for \(ip), which is none of the instance's own addresses",
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
        instance.addresses.first == ip
      {
        result.append(
          Finding(
            .blocking, at: "virtual_ip/address", "\(ip) is \(node)'s primary address, which cannot move",
            hint: "take a free one of the subnet"))
      }
    }
    return result
  }

  func volume(_ volume: EC2Account.Volume, _ instances: [EC2Account.Instance]) -> [Finding] {
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

  /// A volume whose key is away attaches nowhere; and whoever starts an instance, as fencing does, must let EC2 use the key.
  func key(_ key: EC2Account.Key) -> [Finding] {
    let own = key.manager == "CUSTOMER"
    if key.state != "Enabled" {
      let mend =
        switch key.state {
        case "Disabled": "aws kms enable-key \(cli) --key-id \(key.arn)"
        case "PendingDeletion": "aws kms cancel-key-deletion \(cli) --key-id \(key.arn); aws kms enable-key \(cli) --key-id \(key.arn)"
        default: "see its state: aws kms describe-key \(cli) --key-id \(key.arn)"
        }
      return [
        Finding(
          .blocking, at: "ec2/volume",
          "the key that encrypts \(spec.volume) is \(key.state): once an instance was stopped, the volume attaches to it no more",
          hint: mend)
      ]
    }
    guard own, fencesByAPI else { return [] }
    guard let named = spec.key else {
      return [
        Finding(
          .danger, at: "ec2/kms_key",
          "\(spec.volume) is encrypted with a key of your own: without the right to it fencing stops a node and cannot start it again",
          hint: "write kms_key: \(key.arn), then \(policyCommand)")
      ]
    }
    guard named != key.arn else { return [] }
    return [
      Finding(
        .danger, at: "ec2/kms_key", "\(spec.volume) is encrypted with \(key.arn), and the spec names another key",
        hint: "write kms_key: \(key.arn), then \(policyCommand)")
    ]
  }

  func rules(_ rules: [EC2Account.Rule], _ instances: [EC2Account.Instance]) -> [Finding] {
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

  func routes(_ routes: [String: Bool]) -> [Finding] {
    guard address.ec2 == .overlayRoute else { return [] }
    return address.routeTables.filter { routes[$0] != true }.map { table in
      let instance = spec.instances.sorted { $0.key < $1.key }.first?.value ?? "i-..."
      return Finding(
        .blocking, at: "virtual_ip/route_tables",
        "\(table) has no route to \(ip)/32, and the agent replaces one and makes none",
        hint:
          "aws ec2 create-route \(cli) --route-table-id \(table) --destination-cidr-block \(ip)/32 --instance-id \(instance)")
    }
  }
}
