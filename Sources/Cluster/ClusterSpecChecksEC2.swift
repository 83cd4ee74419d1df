import Core
import EC2
import Fencing
import SpecFile
import VirtualIP

// The EC2 variant: what no section can know alone.
extension SpecSections {
  func checkEC2(_ problems: inout ProblemList) {
    switch platform {
    case .datacenter: checkNoEC2(&problems)
    case .ec2:
      if problems.root["ec2"] == nil {
        problems.add(
          Path("ec2"), "is missing: on platform ec2 fencing and the volume go by ids",
          "Add it with its keys, at least region, instances, volume; pmm-ha schema --example shows it.")
      }
      checkInstances(&problems)
      checkVirtualIPOnEC2(&problems)
      checkVolume(&problems)
      checkFencingOnEC2(&problems)
      if timing == .fast || timing == .standard {
        problems.add(
          Path("timing"), "instances pause for seconds now and then, and would be fenced for it",
          "Leave timing out: on platform ec2 it is cloud (token 30 s).", severity: .warning)
      }
    case nil: break
    }
  }

  private func checkNoEC2(_ problems: inout ProblemList) {
    let hint = "Write platform: ec2, or leave it out."
    if problems.root["ec2"] != nil { problems.add(Path("ec2"), "the platform is not ec2", hint) }
    if virtualIP?.ec2 != nil { problems.add(Path("virtual_ip") / "ec2", "the platform is not ec2", hint) }
    for (index, device) in devices where device.agent == EC2Spec.fenceAgent {
      problems.add(Path("fencing") / index / "agent", "fence_aws stops EC2 instances, and the platform is not ec2", "Write platform: ec2.")
    }
  }

  private func checkInstances(_ problems: inout ProblemList) {
    guard let ec2, knowsAllNodes else { return }
    let path = Path("ec2") / "instances"
    let names = nodeList.map(\.node.name)
    for name in ec2.instances.keys.sorted() where !names.contains(name) {
      problems.add(path / name.description, "there is no node \(name)", advice(name.description, names.map(\.description)))
    }
    for name in names where ec2.instances[name] == nil {
      problems.add(path, "\(name)'s instance is missing", "Add it: \(name): i-0123456789abcdef0.")
    }
    let owners = Dictionary(grouping: names.filter { ec2.instances[$0] != nil }) { ec2.instances[$0] ?? "" }
    for (instance, nodes) in owners.sorted(by: { $0.key < $1.key }) where nodes.count > 1 {
      problems.add(
        path, "\(instance) is \(nodes.map(\.description).joined(separator: "'s and "))'s: fencing one would stop the other",
        "Give each node its own instance's id.")
    }
  }

  private func checkVirtualIPOnEC2(_ problems: inout ProblemList) {
    guard let virtualIP else { return }
    let path = Path("virtual_ip")
    guard let kind = virtualIP.ec2 else {
      problems.add(
        path / "ec2",
        "is missing: an address that only the node sets (IPaddr2) is invisible on EC2, for the VPC delivers what its API knows and nothing else",
        "Write ec2: secondary-ip, or another way that the VPC learns of it: overlay-route, route53, nlb, none.")
      return
    }
    if let ttl = virtualIP.record?.ttl, ttl > 60 {
      problems.add(
        path / "ttl", "for \(ttl) s after a failover resolvers may lead clients to the lost node",
        "Write ttl: \(Route53Record.usualTTL), unless clients can wait.", severity: .warning)
    }
    guard let address = virtualIP.address else { return }
    if kind == .overlayRoute, let (_, node) = nodeList.first(where: { $0.node.addresses.first.map(virtualIP.covers) ?? false }) {
      problems.add(
        path / "address",
        "\(address) is in the network of \(node.name)'s address, where the VPC delivers by itself and overlay-route has no say",
        "Take an address outside the VPC's networks, such as 198.51.100.100, or write ec2: secondary-ip.")
    }
    if !address.isIPv4 {
      problems.add(path / "address", "the agents for EC2 know IPv4 only", "Take an IPv4 address.")
    }
  }

  private func checkVolume(_ problems: inout ProblemList) {
    guard let ec2, let device = problems.root["shared_storage"]?["device"]?.text, device != ec2.device, device.hasPrefix("/dev/") else {
      return
    }
    let path = Path("shared_storage") / "device"
    if device.hasPrefix("/dev/nvme") || device.hasPrefix("/dev/sd") || device.hasPrefix("/dev/xvd") {
      problems.add(
        path, "\(device) is another disk after some boot: EC2 numbers them in the order of their discovery",
        "Write \(ec2.device), which is \(ec2.volume) on every node.")
    } else if device.hasPrefix("/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol") {
      problems.add(path, "it is another volume than ec2/volume", "Write \(ec2.device), or correct ec2/volume.")
    }
  }

  private func checkFencingOnEC2(_ problems: inout ProblemList) {
    let ipmi = [
      "fence_ipmilan", "fence_ipmilanplus", "fence_idrac", "fence_ilo3", "fence_ilo4", "fence_ilo5", "fence_imm", "fence_redfish",
    ]
    for (index, device) in devices.sorted(by: { $0.key < $1.key }) {
      let path = Path("fencing") / index
      if ipmi.contains(device.agent) {
        problems.add(path / "agent", "an EC2 instance has no BMC", "Write agent: fence_aws, without address, user and password.")
      }
      guard device.agent == EC2Spec.fenceAgent else { continue }
      let keys = ["access_key", "secret_key"].filter { device.parameters[$0] != nil }
      for key in keys {
        problems.add(
          path / "parameters" / key, "keys would stand in the cluster's configuration, which others on the nodes can read",
          "Leave it out: the instances' role gives fence_aws its rights; pmm-ha ec2 policy prints them.")
      }
      if device.user != nil || device.password != nil {
        problems.add(
          path / (device.password != nil ? "password" : "user"), "fence_aws needs neither user nor password",
          "Leave them out: the instances' role gives it its rights; pmm-ha ec2 policy prints them.")
      }
      for (key, limit) in [("power_timeout", 60), ("pcmk_reboot_timeout", 120)] {
        guard let text = device.parameters[key], let seconds = Int(text.prefix { $0.isNumber }), seconds <= limit else { continue }
        problems.add(
          path / "parameters" / key,
          "stopping an instance takes minutes at times: with \(text) fencing would fail, and nothing would take over",
          "Leave it out: pmm-ha sets 240 s to stop or start, 600 s in all.")
      }
    }
  }
}
