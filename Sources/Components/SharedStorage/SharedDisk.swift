import Core

typealias Known = [(node: NodeName, facts: StorageFacts)]

extension Known {
  /// The nodes that see a block device by the spec's name.
  var disks: [(node: NodeName, disk: StorageFacts.Disk)] {
    compactMap { node, facts in
      if case .disk(let disk) = facts.device { (node: node, disk: disk) } else { nil }
    }
  }
}

/// The block device of the spec, whatever stands on it: judged the same way for every kind of shared storage.
struct SharedDisk {
  /// As the spec names it.
  let device: String
  let mountPoint: String
  /// What the kind itself puts on the disk, such as its logical volumes.
  var isOwn: (StorageFacts.User) -> Bool = { _ in false }

  /// Types, each once, in the order and form that make-filesystem.sh compares.
  static func names(_ signatures: [StorageFacts.Signature]) -> String {
    Set(signatures.map(\.type)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.joined(separator: "+")
  }

  func foreign(_ disk: StorageFacts.Disk) -> Finding {
    Finding(
      .blocking, at: device, "it holds foreign data: \(describe(disk))",
      hint: "name another disk in the spec; or, if all that is on it may go, apply with --allow-destroy \(device)=\(disk.words)")
  }

  /// With its partitions, for these go with the disk.
  func describe(_ disk: StorageFacts.Disk) -> String {
    let own = disk.signatures.isEmpty && disk.unknownData ? "data of a kind that no tool knows" : describe(disk.signatures)
    let parts = disk.partitions.map { part in
      let name = part.path.split(separator: "/").last.map(String.init) ?? part.path
      return "\(name) (\(part.types.isEmpty ? "blank" : part.types.joined(separator: ", ")))"
    }
    return parts.isEmpty ? own : "\(own), with the partitions \(parts.joined(separator: ", "))"
  }

  func describe(_ signatures: [StorageFacts.Signature]) -> String {
    guard !signatures.isEmpty else { return "nothing" }
    return signatures.map { signature in
      signature.uuid.isEmpty ? signature.type : "\(signature.type) (UUID \(signature.uuid))"
    }.reduce(into: []) { list, name in if !list.contains(name) { list.append(name) } }.joined(separator: ", ")
  }

  func usability(_ node: NodeName, _ facts: StorageFacts) -> [Finding] {
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
      if let unreadable = disk.unreadable {
        findings.append(
          finding(
            "what is on \(device) cannot be read (\(unreadable)), so it does not count as blank",
            "see the kernel's words on \(node): dmesg; is the disk healthy, and is it there on all its paths?"))
      }
      if disk.readOnly {
        findings.append(finding("\(device) is read-only", "let \(node) write to it: see 'lsblk -o NAME,RO' and the storage's settings"))
      }
      let others = disk.users.filter { !isOwn($0) }
      let elsewhere = (disk.mounts + others.map(\.mount)).filter { !$0.isEmpty && $0 != mountPoint }
      if !elsewhere.isEmpty {
        findings.append(
          finding(
            "\(device) (\(disk.real)) is mounted at \(elsewhere.joined(separator: ", "))",
            "name another disk in the spec, or unmount it there; only Pacemaker may mount it"))
      }
      let users = others.filter { $0.type != "part" && $0.mount.isEmpty }
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

  /// Whether the nodes can be looking at one disk.
  func differences(_ disks: [(node: NodeName, disk: StorageFacts.Disk)]) -> [Finding] {
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
      } else if first.disk.words != other.disk.words {
        differ("what it holds", describe(first.disk), describe(other.disk))
      }
    }
    return findings
  }
}
