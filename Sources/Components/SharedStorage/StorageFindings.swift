import Core

extension FilesystemSpec {
  /// What is to be done with the disk.
  enum Fate: Equatable {
    /// It has its filesystem, or must not be touched.
    case keep
    /// A filesystem is made; `overwritten` names the signatures that go with it, empty for a blank disk.
    case make(overwritten: String)
  }

  private var disk: SharedDisk { SharedDisk(device: device, mountPoint: mountPoint) }

  func judgement(_ known: Known, consent: Consent) -> (findings: [Finding], disk: Fate) {
    var findings = known.flatMap { node, facts in
      place(node, facts) + fstab(node, facts) + disk.usability(node, facts) + health(node, facts)
    }
    let disks = known.disks
    findings += disk.differences(disks) + mountedTwice(disks)
    guard let first = disks.first?.disk, disks.count == known.count else { return (findings, .keep) }
    // The disks are one, so what the first node sees on it stands for all.
    let content = first.signatures
    let names = first.words
    if names.isEmpty { return (findings, .make(overwritten: "")) }
    let isMounted = known.contains { if case .mounted = $0.facts.mountPoint { true } else { false } }
    let fits = content.count == 1 && names == filesystem.rawValue
    if fits && (content[0].label == Self.label || isMounted) { return (findings, .keep) }
    if consent.covers("\(device)=\(names)"), !isMounted { return (findings, .make(overwritten: names)) }
    findings.append(fits ? unknownFilesystem(content[0]) : disk.foreign(first))
    return (findings, .keep)
  }

  /// Neither made here nor mounted where PMM's data belongs: whose data is it?
  func unknownFilesystem(_ signature: StorageFacts.Signature) -> Finding {
    let command = filesystem == .ext4 ? "e2label \(device) \(Self.label)" : "xfs_admin -L \(Self.label) \(device)"
    return Finding(
      .blocking, at: device,
      "it holds an \(signature.type) filesystem that was not made by this tool (\(signature.label.isEmpty ? "no label" : "label \(signature.label)"), UUID \(signature.uuid))",
      hint: "if its data is PMM's and shall be kept, label it on one node: \(command); "
        + "if it may go, apply with --allow-destroy \(device)=\(signature.type)")
  }

  func place(_ node: NodeName, _ facts: StorageFacts) -> [Finding] {
    switch facts.mountPoint {
    case .absent: return []
    case .notDirectory:
      return [
        Finding(.blocking, at: node.description, "\(mountPoint) is not a directory", hint: "move it away, or choose another mount_point")
      ]
    case .directory(_, let entries):
      guard entries > 0 else { return [] }
      return [
        Finding(
          .warning, at: node.description,
          "\(mountPoint) holds \(entries >= 100 ? "100 or more" : "\(entries)") files while nothing is mounted there: the mount will hide them",
          hint: "look what they are, and move them away: 'ls -la \(mountPoint)' on \(node) while it is passive")
      ]
    case .mounted(let source):
      if case .disk(let disk) = facts.device, disk.mounts.contains(mountPoint) { return [] }
      return [
        Finding(
          .blocking, at: node.description, "\(source) is mounted at \(mountPoint), not \(device)",
          hint: "unmount it, or choose another mount_point")
      ]
    }
  }

  /// What /etc/fstab mounts at boot, both nodes mount: the filesystem would be destroyed.
  func fstab(_ node: NodeName, _ facts: StorageFacts, aliases: [String] = []) -> [Finding] {
    var sources = [device] + aliases
    if case .disk(let disk) = facts.device {
      let tags = disk.signatures.flatMap { ["UUID=\($0.uuid)", "LABEL=\($0.label)"] }.filter { !$0.hasSuffix("=") }
      sources += [disk.real] + tags
    }
    let lines = facts.fstab.filter { line in
      let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
      guard words.count >= 2, sources.contains(words[0].filter { $0 != "\"" }) || words[1] == mountPoint else { return false }
      return !(words.count > 3 && words[3].split(separator: ",").contains("noauto"))
    }
    return lines.map {
      Finding(
        .blocking, at: node.description, "/etc/fstab mounts the shared disk at boot: \($0)",
        hint: "take that line out on every node: two nodes that mount it at once destroy its data; only Pacemaker may mount it")
    }
  }

  /// A journal is replayed at the mount; anything more is repaired by a person only, who has looked first.
  func health(_ node: NodeName, _ facts: StorageFacts) -> [Finding] {
    guard case .disk(let disk) = facts.device, let reason = disk.damage else { return [] }
    let check = filesystem == .xfs ? "xfs_repair -n \(device)" : "e2fsck -fn \(device)"
    let repair = filesystem == .xfs ? "xfs_repair \(device)" : "e2fsck -f \(device)"
    return [
      Finding(
        .danger, at: node.description, "the filesystem on \(device) has errors: \(reason)",
        hint: "make a backup; then stop PMM and unmount "
          + "(crm_resource --resource pmm_fs --meta --set-parameter target-role --parameter-value Stopped), look with '\(check)', repair with '\(repair)', and delete that target-role again. It is never repaired by itself"
      )
    ]
  }

  func mountedTwice(_ disks: [(node: NodeName, disk: StorageFacts.Disk)]) -> [Finding] {
    let mounting = disks.filter { $0.disk.mounts.contains(mountPoint) }.map(\.node.description)
    guard mounting.count > 1 else { return [] }
    return [
      Finding(
        .blocking, at: mounting.joined(separator: ", "), "\(device) is mounted on both nodes at once: its data is being destroyed",
        hint: "unmount it at once on the node where PMM does not run, then check the filesystem (fsck) while no node has it mounted")
    ]
  }
}
