import Core

extension FilesystemSpec {
  /// What is to be done with the disk.
  enum Fate: Equatable {
    /// It has its filesystem, or must not be touched.
    case keep
    /// A filesystem is made; `overwritten` names the signatures that go with it, empty for a blank disk.
    case make(overwritten: String)
  }

  typealias Known = [(node: NodeName, facts: StorageFacts)]

  func judgement(_ known: Known, consent: Consent) -> (findings: [Finding], disk: Fate) {
    var findings = known.flatMap { place($0.node, $0.facts) + fstab($0.node, $0.facts) + disk($0.node, $0.facts) }
    let disks = known.compactMap { node, facts in
      if case .disk(let disk) = facts.device { (node: node, disk: disk) } else { nil }
    }
    findings += differences(disks)
    guard let first = disks.first?.disk, disks.count == known.count else { return (findings, .keep) }
    // The disks are one, so what the first node sees on it stands for all.
    let content = first.signatures
    if content.isEmpty { return (findings, .make(overwritten: "")) }
    let isMounted = known.contains { if case .mounted = $0.facts.mountPoint { true } else { false } }
    let fits = content.count == 1 && content[0].type == filesystem.rawValue
    if fits && (content[0].label == Self.label || isMounted) { return (findings, .keep) }
    let names = Self.names(content)
    if consent.covers("\(device)=\(names)"), !isMounted { return (findings, .make(overwritten: names)) }
    findings.append(fits ? unknownFilesystem(content[0]) : foreign(content, names))
    return (findings, .keep)
  }

  /// Types, each once, in the order and form that make-filesystem.sh compares.
  static func names(_ signatures: [StorageFacts.Signature]) -> String {
    Set(signatures.map(\.type)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.joined(separator: "+")
  }

  private func foreign(_ content: [StorageFacts.Signature], _ names: String) -> Finding {
    Finding(
      .blocking, at: device, "it holds foreign data: \(describe(content))",
      hint: "name another disk in the spec; or, if all that is on it may go, apply with --allow-destroy \(device)=\(names)")
  }

  /// Neither made here nor mounted where PMM's data belongs: whose data is it?
  private func unknownFilesystem(_ signature: StorageFacts.Signature) -> Finding {
    let command = filesystem == .ext4 ? "e2label \(device) \(Self.label)" : "xfs_admin -L \(Self.label) \(device)"
    return Finding(
      .blocking, at: device,
      "it holds an \(signature.type) filesystem that was not made by this tool (\(signature.label.isEmpty ? "no label" : "label \(signature.label)"), UUID \(signature.uuid))",
      hint: "if its data is PMM's and shall be kept, label it on one node: \(command); "
        + "if it may go, apply with --allow-destroy \(device)=\(signature.type)")
  }

  private func describe(_ signatures: [StorageFacts.Signature]) -> String {
    guard !signatures.isEmpty else { return "nothing" }
    return signatures.map { signature in
      signature.uuid.isEmpty ? signature.type : "\(signature.type) (UUID \(signature.uuid))"
    }.reduce(into: []) { list, name in if !list.contains(name) { list.append(name) } }.joined(separator: ", ")
  }

  private func disk(_ node: NodeName, _ facts: StorageFacts) -> [Finding] {
    func finding(_ message: String, _ hint: String) -> Finding { Finding(.blocking, at: node.description, message, hint: hint) }
    switch facts.device {
    case .absent:
      return [
        finding(
          "there is no \(device)",
          "attach the shared disk to \(node); its names there: ls -l /dev/disk/by-id")
      ]
    case .other(let kind):
      return [finding("\(device) is a \(kind), not a block device", "write the disk's name in /dev/disk/by-id into the spec")]
    case .disk(let disk):
      var findings: [Finding] = []
      if disk.readOnly {
        findings.append(finding("\(device) is read-only", "let \(node) write to it: see 'lsblk -o NAME,RO' and the storage's settings"))
      }
      let elsewhere = (disk.mounts + disk.users.map(\.mount)).filter { !$0.isEmpty && $0 != mountPoint }
      if !elsewhere.isEmpty {
        findings.append(
          finding(
            "\(device) (\(disk.real)) is mounted at \(elsewhere.joined(separator: ", "))",
            "name another disk in the spec, or unmount it there; only Pacemaker may mount it"))
      }
      let users = disk.users.filter { $0.type != "part" && $0.mount.isEmpty }
      if !users.isEmpty {
        let names = users.map { "\($0.name) (\($0.type))" }.joined(separator: ", ")
        let hint =
          users.contains { $0.type == "mpath" }
          ? "it is one path of a multipath disk: name /dev/mapper/\(users.first { $0.type == "mpath" }?.name ?? "...") in the spec"
          : "name another disk in the spec, or take that away first"
        findings.append(finding("\(device) is in use by \(names)", hint))
      }
      return findings
    }
  }

  private func place(_ node: NodeName, _ facts: StorageFacts) -> [Finding] {
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
  private func fstab(_ node: NodeName, _ facts: StorageFacts) -> [Finding] {
    guard case .disk(let disk) = facts.device else { return [] }
    let sources = [device, disk.real] + disk.signatures.flatMap { ["UUID=\($0.uuid)", "LABEL=\($0.label)"] }.filter { !$0.hasSuffix("=") }
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

  /// Whether the nodes can be looking at one disk.
  private func differences(_ disks: [(node: NodeName, disk: StorageFacts.Disk)]) -> [Finding] {
    guard let first = disks.first else { return [] }
    var findings: [Finding] = []
    for other in disks.dropFirst() {
      let place = "\(first.node), \(other.node)"
      func differ(_ what: String, _ left: String, _ right: String) {
        findings.append(
          Finding(
            .blocking, at: place, "\(device) is not one disk: \(what) is \(left) on \(first.node) and \(right) on \(other.node)",
            hint:
              "attach one and the same disk to both nodes, and give its name in /dev/disk/by-id (compare 'lsblk -o NAME,SIZE,SERIAL,WWN')"))
      }
      if first.disk.size != other.disk.size {
        differ("its size", "\(first.disk.size) bytes", "\(other.disk.size) bytes")
      } else if !first.disk.wwn.isEmpty, !other.disk.wwn.isEmpty, first.disk.wwn != other.disk.wwn {
        differ("its WWN", first.disk.wwn, other.disk.wwn)
      } else if !first.disk.serial.isEmpty, !other.disk.serial.isEmpty, first.disk.serial != other.disk.serial {
        differ("its serial number", first.disk.serial, other.disk.serial)
      } else if Set(first.disk.signatures) != Set(other.disk.signatures) {
        differ("what it holds", describe(first.disk.signatures), describe(other.disk.signatures))
      }
    }
    let mounting = disks.filter { $0.disk.mounts.contains(mountPoint) }.map(\.node.description)
    if mounting.count > 1 {
      findings.append(
        Finding(
          .blocking, at: mounting.joined(separator: ", "), "\(device) is mounted on both nodes at once: its data is being destroyed",
          hint: "unmount it at once on the node where PMM does not run, then check the filesystem (fsck) while no node has it mounted"))
    }
    return findings
  }
}
