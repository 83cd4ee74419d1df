import Core

extension Lab {
  /// A spec that fits this lab, with `tag` as PMM's (nil: the lab's own).
  package func specYAML(tag: String? = nil) throws -> String {
    let record = try record()
    let nodes = record.pair.map { node in
      """
        - name: \(node.name)
          addresses: [\(node.addresses.joined(separator: ", "))]
          ssh: {user: root, config: \(place.sshConfig)}
      """
    }
    let cloud = record.cloud
    let devices = record.pair.map { node in
      if cloud != nil { return "  - {node: \(node.name), agent: fence_aws}" }
      if record.fencing == .sbd { return "  - {node: \(node.name), agent: fence_sbd, device: \(LabRecord.slots)}" }
      return """
          - node: \(node.name)
            agent: fence_ipmilan
            address: \(node.bmcAddress)
            user: admin
            password: {file: \(place.password(node))}
            parameters: {lanplus: "1", cipher: "3"}
        """
    }
    // A third virtual machine serves storage; a third container has nothing else to do.
    let third = record.driver == .container && cloud == nil ? record.nodes.first { $0.number == 3 } : nil
    let vote = third.map {
      "quorum: {device: {host: \($0.addresses[0]), ssh: {user: root, host: \($0.name), config: \(place.sshConfig)}}}\n"
    }
    return """
      # The cluster of lab '\(name)', as `pmm-ha lab spec` wrote it.
      cluster: \(name)
      platform: \(cloud?.kind.rawValue ?? "datacenter")
      \(cloud.map { "\($0.section(record.pair))\n" } ?? "")\
      nodes:
      \(nodes.joined(separator: "\n"))
      virtual_ip: {address: \(record.virtualIP), prefix: 24\(cloud == nil ? "" : ", ec2: secondary-ip")}
      shared_storage: \(record.sharedStorage)
      config_share: \(record.configShare)
      fencing:
      \(devices.joined(separator: "\n"))
      \(cloud == nil ? "" : "# Seconds, for trying things out. On EC2 leave it out: it is cloud then, with a token of 30 s.\n")\
      \(vote ?? "")timing: \(record.timing)
      \(record.headStart.map { "# Emulated nodes take seconds to shoot.\nconstraints: {priority_fencing_delay: \($0)}\n" } ?? "")\
      pmm:
        image: \(record.pmm.image)
        tag: \(tag ?? record.pmm.tag)
        archive: \(record.pmm.archive)

      """
  }
}

extension LabRecord {
  /// Containers have no device-mapper.
  fileprivate var sharedStorage: String {
    switch driver {
    case .container: "{kind: filesystem, device: \(device), filesystem: ext4, mount_point: /srv/pmm}"
    case .vm: "{kind: lvm, device: \(device), filesystem: ext4, mount_point: /srv/pmm}"
    }
  }

  /// Longer than an emulated node's shot takes: the BMC acts after 4.9 s, fence_sbd's message stands on the disk after 6.5 s.
  fileprivate var headStart: Int? {
    guard accelerator == .tcg else { return nil }
    return fencing == .sbd ? 15 : 10
  }

  /// Nor has the kernel that they share NFS.
  fileprivate var configShare: String {
    switch driver {
    case .container: "{kind: directory, path: /mnt/share/pmm}"
    case .vm: "{kind: nfs, path: /mnt/config, server: \(Self.shareServer), export: /share/pmm}"
    }
  }
}
