import ConfigShare
import Core
import Corosync
import Fencing
import PMMServer
import SharedStorage
import SpecFile
import VirtualIP

// What no section can know alone.
extension SpecSections {
  /// All checks. The order does not matter: problems are shown by line.
  func check(_ problems: inout ProblemList) {
    checkNames(&problems)
    checkAddresses(&problems)
    checkRings(&problems)
    checkVirtualIP(&problems)
    checkPaths(&problems)
    checkShare(&problems)
    checkQuorum(&problems)
    checkFencing(&problems)
    checkPMM(&problems)
    checkConstraints(&problems)
    checkEC2(&problems)
  }

  private func checkNames(_ problems: inout ProblemList) {
    if let name, let problem = CorosyncSpec.problem(clusterName: name) {
      problems.add(Path("cluster"), problem, "Write another name, such as pmm-ha.")
    }
    var seen: [NodeName: Int] = [:]
    for (index, node) in nodeList {
      if seen[node.name] != nil {
        problems.add(
          Path("nodes") / index / "name", "another node has the name \(node.name) already", "Give each node what its `uname -n` says.")
      }
      seen[node.name] = index
    }
  }

  private func checkAddresses(_ problems: inout ProblemList) {
    var owners: [IPAddress: NodeName] = [:]
    for (index, node) in nodeList {
      for (ring, text) in node.addresses.enumerated() {
        guard let address = IPAddress(text) else { continue }
        let path = Path("nodes") / index / "addresses" / ring
        if let owner = owners[address] {
          problems.add(
            path, "\(address) is \(owner == node.name ? "listed twice" : "\(owner)'s address already")",
            "Give each ring of each node its own.")
        }
        if address.isLocal {
          problems.add(path, "\(address) never leaves the node itself", "Write the address that the other node reaches it by.")
        }
        owners[address] = owners[address] ?? node.name
      }
    }
    if let first = nodeList.first {
      for (index, node) in nodeList.dropFirst() where node.addresses.count != first.node.addresses.count {
        let counts = [node.addresses.count, first.node.addresses.count].map { $0 == 1 ? "1 address" : "\($0) addresses" }
        problems.add(
          Path("nodes") / index / "addresses", "this node has \(counts[0]), the first one has \(counts[1])",
          "List one address for each ring on every node, in the same order.")
      }
    }
  }

  private func checkRings(_ problems: inout ProblemList) {
    for (index, node) in nodeList {
      let addresses = node.addresses.map(IPAddress.init)
      for (ring, address) in addresses.enumerated() {
        guard let address else { continue }
        let path = Path("nodes") / index / "addresses" / ring
        if let first = nodeList.first, index != first.index, first.node.addresses.indices.contains(ring),
          let counterpart = IPAddress(first.node.addresses[ring]), counterpart.isIPv4 != address.isIPv4
        {
          problems.add(
            path, "\(address) and \(first.node.name)'s \(counterpart) cannot be one ring: one is IPv4, the other IPv6",
            "Use one kind of address in a ring, and the same order on every node.")
        }
        // Only the first ring's prefix is known, from the virtual IP.
        if ring > 0, let prefix = virtualIP?.prefix, let first = addresses[0], first.shares(prefix: prefix, with: address) {
          problems.add(
            path, "\(address) is in the same network as \(first), so that both rings fail together",
            "Use a second network, or leave the second ring out.")
        }
      }
    }
  }

  private func checkVirtualIP(_ problems: inout ProblemList) {
    guard let virtualIP, let address = virtualIP.address, let prefix = virtualIP.prefix else { return }
    let path = Path("virtual_ip") / "address"
    if address.isLocal {
      problems.add(path, "\(address) never leaves a node", "Take a free address of the clients' network.")
      return
    }
    for (_, node) in nodeList {
      if node.addresses.contains(where: { IPAddress($0) == address }) {
        problems.add(path, "\(address) is \(node.name)'s own address", "Take a free address of the same network.")
      }
    }
    // An overlay address lies outside the VPC's networks, and is reached by routes alone.
    if virtualIP.ec2 != .overlayRoute,
      let (_, node) = nodeList.first(where: { entry in entry.node.addresses.first.map { !virtualIP.covers($0) } ?? false })
    {
      let first = node.addresses.first ?? ""
      let network = "\(address)/\(prefix)"
      problems.add(
        path, "\(network) does not reach \(node.name)'s first address \(first)",
        "Take a free address and the prefix of the network that the nodes' first addresses are in.")
    }
    for (index, node) in nodeList {
      guard let first = node.addresses.first.flatMap(IPAddress.init), virtualIP.covers(first.description),
        first.isReserved(prefix: prefix)
      else { continue }
      problems.add(
        Path("nodes") / index / "addresses" / 0, "\(first)/\(prefix) is a network's or a broadcast address",
        "Write the node's own address, or correct virtual_ip/prefix.")
    }
    for (index, device) in devices where device.address.flatMap(IPAddress.init) == address {
      problems.add(Path("fencing") / index / "address", "\(address) is the virtual IP", "Write the fencing device's own address.")
    }
  }

  private func checkPaths(_ problems: inout ProblemList) {
    let system = [
      "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/opt", "/proc", "/root", "/run", "/sbin", "/sys", "/tmp", "/usr", "/var",
    ]
    let kernel = ["/boot", "/dev", "/etc", "/proc", "/run", "/sys", "/usr"]
    if let mountPoint = sharedStorage?.mountPoint {
      let path = Path("shared_storage") / "mount_point"
      if system.contains(mountPoint) || mountPoint == "/var/lib" || kernel.contains(where: { mountPoint.isPath(below: $0) }) {
        problems.add(path, "mounting over \(mountPoint) would hide a part of the system", "Use a directory of its own, such as /srv/pmm.")
      }
      if let share = configShare?.path, share == mountPoint || share.isPath(below: mountPoint) {
        problems.add(
          Path("config_share") / "path", "\(share) lies on the shared storage, which the passive node has not mounted",
          "Use a directory that both nodes see at the same time, such as an NFS mount.")
      } else if let share = configShare?.path, mountPoint.isPath(below: share) {
        problems.add(path, "\(mountPoint) lies inside the config share \(share)", "Use a directory of its own, such as /srv/pmm.")
      }
    }
    let own: [(Path, String?)] = [
      (Path("shared_storage") / "mount_point", sharedStorage?.mountPoint), (Path("config_share") / "path", configShare?.path),
      (Path("config_share") / "brick", configShare?.brick),
    ]
    for (path, place) in own {
      guard let place, let directory = Remains.ownDirectories.first(where: { place.isAt(or: $0) || $0.isPath(below: place) }) else {
        continue
      }
      problems.add(
        path, "\(place) and pmm-ha's own \(directory) lie in one another, and destroy removes \(directory)",
        "Use a directory of its own, such as /srv/pmm.")
    }
    if let share = configShare?.path, system.contains(share) || kernel.contains(where: { share.isPath(below: $0) }) {
      problems.add(
        Path("config_share") / "path", "\(share) is a directory of the system",
        "Use one that both nodes have mounted, such as /mnt/share/pmm.")
    }
    if let disk = sharedStorage?.disk, disk.isUnstableDeviceName {
      problems.add(
        Path("shared_storage") / "device", "the name \(disk) can change at any boot and differ between the nodes",
        "Use the disk's name in /dev/disk/by-id.", severity: .warning)
    }
  }

  private func checkQuorum(_ problems: inout ProblemList) {
    guard let machine = quorum?.device.machine else { return }
    let owner = nodeList.first { $0.node.name == machine.name || $0.node.addresses.contains(machine.addresses[0]) }
    if let owner {
      problems.add(
        Path("quorum") / "device" / "host", "\(machine.addresses[0]) is the node \(owner.node.name), which votes already",
        "Name a third machine, at a third place if you can.")
    }
  }

  private func checkShare(_ problems: inout ProblemList) {
    let path = Path("config_share")
    if let mountPoint = sharedStorage?.mountPoint, case .glusterfs(let share)? = configShare,
      share.brick == mountPoint || share.brick.isPath(below: mountPoint) || mountPoint.isPath(below: share.brick)
    {
      problems.add(
        path / "brick", "\(share.brick) lies on the shared storage, which only one node has mounted",
        "Use a directory of each node's own, such as /srv/glusterfs/pmm-ha.")
    }
    if let helper = configShare?.helper {
      let owner = nodeList.first { $0.node.name == helper.name || $0.node.addresses.contains(helper.addresses[0]) }
      let key = if case .nfs? = configShare { path / "server" } else { path / "arbiter" / "host" }
      if let owner {
        problems.add(
          key, "\(helper.addresses[0]) is the node \(owner.node.name), whose failure the share must outlive",
          "Name a machine beside the nodes.")
      }
    } else if case .nfs(let share)? = configShare,
      let owner = nodeList.first(where: { $0.node.name.description == share.server || $0.node.addresses.contains(share.server) })
    {
      problems.add(
        path / "server", "\(share.server) is the node \(owner.node.name): the share is gone when that node is",
        "Name a machine beside the nodes, or use kind: glusterfs.",
        severity: .warning)
    }
  }

  private func checkConstraints(_ problems: inout ProblemList) {
    guard let preferred = constraints?.preferredNode, knowsAllNodes else { return }
    let names = nodeList.map(\.node.name.description)
    if !names.contains(preferred.description) {
      problems.add(Path("constraints") / "preferred_node", "there is no node \(preferred)", advice(preferred.description, names))
    } else if constraints?.stickiness == 0 {
      problems.add(
        Path("constraints") / "stickiness", "the service moves back to \(preferred) as soon as it is up again: one more outage each time",
        "Write 100 to let it stay.", severity: .note)
    }
  }

  func advice(_ word: String, _ names: [String]) -> String {
    let known = Set(names).sorted()
    let near = didYouMean(word, among: known).map { "Did you mean '\($0)'? " } ?? ""
    return near
      + (known.count == 1
        ? "The only node is \(known[0])." : "The nodes are \(known.joined(separator: known.count == 2 ? " and " : ", ")).")
  }
}

extension IPAddress {
  /// Loopback, unspecified or multicast: nothing that a node could be reached by.
  fileprivate var isLocal: Bool {
    if isIPv4 {
      return ["127.0.0.0", "0.0.0.0"].compactMap(IPAddress.init).contains { shares(prefix: 8, with: $0) }
        || IPAddress("224.0.0.0").map { shares(prefix: 4, with: $0) } ?? false
    }
    return ["::1", "::"].contains(description) || IPAddress("ff00::").map { shares(prefix: 8, with: $0) } ?? false
  }
}

extension String {
  fileprivate func isPath(below directory: String) -> Bool { hasPrefix(directory + "/") }

  /// `/dev/sdb1`, `/dev/nvme1n1`: given out in the order of discovery. Not `/dev/disk/...`, `/dev/mapper/...`.
  fileprivate var isUnstableDeviceName: Bool {
    ["/dev/sd", "/dev/nvme", "/dev/vd", "/dev/xvd", "/dev/dm-"].contains { hasPrefix($0) }
  }
}
