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
    let devices = record.pair.map { node in
      """
        - node: \(node.name)
          agent: fence_ipmilan
          address: \(node.bmcAddress)
          user: admin
          password: {file: \(place.password(node))}
          parameters: {lanplus: "1", cipher: "3"}
      """
    }
    return """
      # The cluster of lab '\(name)', as `pmm-ha lab spec` wrote it.
      cluster: \(name)
      platform: datacenter
      nodes:
      \(nodes.joined(separator: "\n"))
      virtual_ip: {address: \(record.virtualIP), prefix: 24}
      shared_storage: {kind: filesystem, device: \(record.device), filesystem: ext4, mount_point: /srv/pmm}
      config_share: {kind: directory, path: /mnt/share/pmm}
      fencing:
      \(devices.joined(separator: "\n"))
      timing: \(record.timing)
      pmm:
        image: \(record.pmm.image)
        tag: \(tag ?? record.pmm.tag)
        archive: \(record.pmm.archive)

      """
  }
}
