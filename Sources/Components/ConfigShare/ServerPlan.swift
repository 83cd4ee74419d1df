import Core

extension ConfigShare {
  /// What the survey asks the machine beside the nodes; nil where pmm-ha sets none up.
  package func serverQuestion() -> Question<ServerFacts>? {
    let (directory, exports, service): (String, String, String)
    switch spec {
    case .directory: return nil
    case .nfs(let share): (directory, exports, service) = (share.export, share.exportsFile, "nfs-server.service")
    case .glusterfs(let share): (directory, exports, service) = (share.brick, "", "glusterd.service")
    }
    guard spec.helper != nil else { return nil }
    return Question(
      "server-probe", PackageResources.server_probe_sh,
      ["DIRECTORY": Text(directory), "EXPORTS": Text(exports), "SERVICE": Text(service)]
    ) { try ServerFacts($0) }
  }

  /// Its steps, all in the stage of the packages: the nodes mount right after.
  func server(_ name: NodeName, _ fact: ServerFacts) -> Proposal {
    switch spec {
    case .directory: return Proposal()
    case .glusterfs(let share):
      let step = startDaemon(name, share.brick, active: fact.active, atBoot: fact.atBoot, brick: fact.directory != nil)
      return Proposal(steps: [step].compactMap { $0 })
    case .nfs(let share): return export(share, name, fact)
    }
  }

  private func export(_ share: NFSShare, _ name: NodeName, _ fact: ServerFacts) -> Proposal {
    let write = fact.exports.step(name, Self.component, .packages, path: share.exportsFile, Text(exports(share)))
    // exportfs prints `DIRECTORY CLIENT(OPTIONS)`.
    let given = clients.allSatisfy { client in fact.exported.contains { $0.hasPrefix("\(share.export) \(client)(") } }
    let why: String? =
      if fact.directory == nil {
        "there is no such directory"
      } else if write != nil {
        "who may mount it changes"
      } else if fact.active != "active" {
        "the NFS server does not run"
      } else if !fact.atBoot {
        "the NFS server would not start at boot"
      } else if !given {
        "the NFS server does not give it out"
      } else {
        nil
      }
    guard let why else { return Proposal() }
    let run = Step(
      name, Self.component, .packages, "Export \(share.export) to the nodes", because: why,
      .run(
        Script(
          "export-share", PackageResources.export_share_sh,
          ["DIRECTORY": Text(share.export), "EXPORTS": Text(share.exportsFile)])))
    return Proposal(steps: [write, run].compactMap { $0 })
  }

  /// The nodes' addresses, of all rings: which one a node comes from is decided by its routes.
  private var clients: [String] { nodes.flatMap(\.addresses) }

  /// exports(5). no_root_squash: root of the nodes writes PMM's settings, in files that only root reads.
  private func exports(_ share: NFSShare) -> String {
    let words = clients.map { "\($0)(rw,sync,no_subtree_check,no_root_squash)" }
    return "# Written by pmm-ha from its spec: change the spec and run 'pmm-ha apply'.\n\(share.export) \(words.joined(separator: " "))\n"
  }
}

extension NFSShare {
  /// One file an export, so that two clusters on one server are not in each other's way.
  var exportsFile: String { "/etc/exports.d/pmm-ha\(export.replacing("/", with: "-")).exports" }
}
