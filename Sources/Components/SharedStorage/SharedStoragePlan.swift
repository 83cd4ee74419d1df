import Core
import Pacemaker

extension SharedStorageSpec {
  /// What apply writes there that is its own as a whole, for `destroy`.
  package static let ownPaths = ["/etc/systemd/system/resource-agents-deps.target.d/pmm-ha.conf"]

  /// Asked of every node, the same everywhere.
  package func question() -> Question<StorageFacts> {
    switch self {
    case .filesystem(let spec): spec.question()
    case .lvm(let spec): spec.question()
    }
  }

  /// Steps and findings from what the nodes see. `consent` matters for a disk with foreign data only: it must name
  /// the device with what is on it, `/dev/disk/by-id/x=LVM2_member`. `owner`: UID:GID of a new filesystem's root.
  package func proposal(_ facts: [NodeName: StorageFacts], consent: Consent = Consent(), owner: String = "0:0") -> Proposal {
    switch self {
    case .filesystem(let spec): spec.proposal(facts, consent: consent, owner: owner)
    case .lvm(let spec): spec.proposal(facts, consent: consent, owner: owner)
    }
  }

  /// The first resources of the service's group.
  package func fragment(_ timing: Timing) -> CIBFragment {
    switch self {
    case .filesystem(let spec): spec.fragment(timing)
    case .lvm(let spec): spec.fragment(timing)
    }
  }
}

extension FilesystemSpec {
  /// The label by which a filesystem is known as PMM's: given by mkfs here, or by the user to one that shall be adopted.
  package static let label = "pmm"

  func question() -> Question<StorageFacts> {
    Question(
      "storage-probe", PackageResources.storage_probe_sh, ["DEVICE": Text(device), "VOLUME": "", "MOUNT_POINT": Text(mountPoint)], limit: 60
    ) { try StorageFacts($0) }
  }

  func proposal(_ facts: [NodeName: StorageFacts], consent: Consent, owner: String = "0:0") -> Proposal {
    let known = facts.sorted { $0.key < $1.key }.map { (node: $0.key, facts: $0.value) }
    let judged = judgement(known, consent: consent)
    var proposal = Proposal(findings: judged.findings)
    if judged.findings.contains(where: { $0.severity == .blocking }) { return proposal }
    for (node, facts) in known { proposal.steps += [makeMountPoint(node, facts), label(node, facts)].compactMap { $0 } }
    if case .make(let overwritten) = judged.disk { proposal.steps += makeFilesystem(known, overwritten: overwritten, owner: owner) }
    return proposal
  }

  func makeMountPoint(_ node: NodeName, _ facts: StorageFacts) -> Step? {
    let why: String
    switch facts.mountPoint {
    case .mounted, .directory(mode: "0", _): return nil
    case .directory: why = "data could be stored there while the disk is not mounted"
    case .absent, .notDirectory: why = "it is not there"
    }
    return Step(
      node, "SharedStorage", .files, "Make the mount point \(mountPoint)", because: why,
      .run(Script("make-mount-point", PackageResources.make_mount_point_sh, ["MOUNT_POINT": Text(mountPoint)])))
  }

  /// One that is mounted in its place is PMM's, whoever made it. By the label it is known while it is not mounted, too.
  private func label(_ node: NodeName, _ facts: StorageFacts) -> Step? {
    guard case .disk(let disk) = facts.device, disk.mounts.contains(mountPoint), disk.signatures.count == 1,
      disk.signatures[0].type == filesystem.rawValue, disk.signatures[0].label != Self.label
    else { return nil }
    let label = disk.signatures[0].label
    return Step(
      node, "SharedStorage", .files, "Label the filesystem on \(device) '\(Self.label)'",
      because: "it is mounted as PMM's and " + (label.isEmpty ? "has no label" : "is labelled '\(label)'"),
      .run(
        Script(
          "label-filesystem", PackageResources.label_filesystem_sh,
          ["DEVICE": Text(device), "FSTYPE": Text(filesystem.rawValue), "LABEL": Text(Self.label), "MOUNT_POINT": Text(mountPoint)])))
  }

  /// One node makes it; before the cluster starts, the others prove that their disk of that name is the same one. A
  /// blank disk gives no proof before.
  private func makeFilesystem(_ known: [(node: NodeName, facts: StorageFacts)], overwritten: String, owner: String) -> [Step] {
    guard let maker = known.first else { return [] }
    let why = overwritten.isEmpty ? "the disk is blank" : "it holds \(overwritten), which you agreed to lose"
    let make = Step(
      maker.node, "SharedStorage", .storage, "Make an \(filesystem.rawValue) filesystem on \(device)", because: why,
      .run(
        Script(
          "make-filesystem", PackageResources.format_sh + PackageResources.make_filesystem_sh,
          [
            "DEVICE": Text(device), "FSTYPE": Text(filesystem.rawValue), "LABEL": Text(Self.label), "ALLOWED": Text(overwritten),
            "OWNER": Text(owner),
          ])),
      effects: [.destroys(device: overwritten.isEmpty ? device : "\(device)=\(overwritten)")])
    let checks = known.dropFirst().map { node, _ in
      Step(
        node, "SharedStorage", .proof, "Check that \(device) is \(maker.node)'s disk", because: "a blank disk could not prove it",
        .run(
          Script(
            "check-filesystem", PackageResources.check_filesystem_sh,
            ["DEVICE": Text(device), "FSTYPE": Text(filesystem.rawValue), "LABEL": Text(Self.label), "MAKER": Text(maker.node.description)])
        ))
    }
    return [make] + checks
  }

  func fragment(_ timing: Timing) -> CIBFragment {
    var fragment = CIBFragment()
    fragment.group = [
      Primitive(
        PacemakerSpec.filesystem, .ocf("heartbeat", "Filesystem"),
        // What still uses the mount is ended with all the time that the stop has (fast_stop would give up after 6 s
        // and get the node fenced), and is looked for without touching other mounts, which may hang.
        parameters: [
          Pair("device", device), Pair("directory", mountPoint), Pair("fstype", filesystem.rawValue),
        ] + (options.isEmpty ? [] : [Pair("options", options)]) + [Pair("fast_stop", "no"), Pair("force_unmount", "safe")],
        operations: [
          Operation("start", timeout: 60), Operation("stop", timeout: 60),
          Operation("monitor", interval: timing.resourceMonitor, timeout: 40),
        ], job: .init([.ocf("heartbeat", "Filesystem")], [Pair("directory", mountPoint), Pair("device", device)]))
    ]
    return fragment
  }
}
