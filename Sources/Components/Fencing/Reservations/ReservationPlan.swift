import Core

extension FencingSpec {
  /// Disks that fence_scsi guards. A multipath device of fence_mpath answers to mpathpersist only, and is not asked.
  var reservedDisks: [String] {
    var disks: [String] = []
    for device in devices where device.agent == "fence_scsi" {
      if let disk = device.disk, !disks.contains(disk) { disks.append(disk) }
    }
    return disks
  }

  /// A disk that takes no reservations would only be found out by the first crash.
  func reservationProposal(_ node: NodeName, _ facts: FencingFacts) -> Proposal {
    var proposal = Proposal()
    for disk in reservedDisks {
      let here = facts.reservations[disk]
      let name = here.map { $0.model.isEmpty ? disk : "\(disk) (\($0.model))" } ?? disk
      switch here?.support ?? .unknown {
      case .yes: break
      case .absent:
        proposal.findings.append(
          Finding(.blocking, at: node.description, "the disk \(disk) is not there", hint: "attach it, or correct 'device' under fencing"))
      case .no(let words):
        proposal.findings.append(
          Finding(
            .blocking, at: node.description, "\(name) takes no SCSI-3 persistent reservations: \(words)",
            hint: "fence by another device (IPMI, SBD), or use a disk that does; NVMe, virtio and most local disks do not"))
      case .unknown:
        proposal.steps.append(
          Step(
            node, "Fencing", .files, "Check that \(disk) takes persistent reservations", because: "it was not asked yet",
            .run(Script("check-reservations", PackageResources.check_reservations_sh, ["DISK": Text(disk)]))))
      }
    }
    return proposal
  }
}
