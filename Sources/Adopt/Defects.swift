import Core
import Pacemaker

extension HandMadeCluster {
  /// What is wrong or risky in it, each with what apply does about it; worst first.
  package var defects: [Finding] {
    let all = fencingDefects + dataDefects + unitDefects + volumeDefects + imageDefects + pacemakerDefects
    return all.sorted { $0.severity > $1.severity }
  }

  private var fencingDefects: [Finding] {
    if property("stonith-enabled") == "false" {
      return [
        Finding(
          .danger, at: "stonith-enabled", "fencing is off: when the nodes lose each other, both mount the disk and destroy PMM's data",
          hint: "name the device that powers each node off; apply tests each, then turns fencing on")
      ]
    }
    guard devices.isEmpty else { return [] }
    return [
      Finding(
        .danger, at: "fencing", "there is no fencing device: after a crash Pacemaker waits for ever, and nothing takes over",
        hint: "name the device that powers each node off; apply tests each and adds it")
    ]
  }

  /// Where PMM's data lies, and whether it goes along at a failover.
  private var dataDefects: [Finding] {
    guard let mountPoint, let volume = unit?.volume else { return [] }
    var result: [Finding] = []
    if volume != .directory(mountPoint) {
      var hint = "apply stops PMM, copies what the active node has there to the shared disk (the original stays), and mends the unit"
      if case .directory = volume {} else { hint += "; it sees what lies in a volume only while PMM runs, so leave it running" }
      result.append(
        Finding(
          .danger, at: "pmm-server.service",
          "it takes PMM's data from \(volume), and the cluster mounts the shared disk at \(mountPoint): PMM writes to the node's own disk, and a failover begins without its data",
          hint: hint))
    }
    for node in nodes {
      for own in node.ownDisk where own.path != mountPoint && own.entries > 0 {
        result.append(
          Finding(
            .danger, at: node.name.description, "\(own.path), on this node's own disk, holds data of PMM's",
            hint: "only the active node's is copied; what another node has is left there: look whether it is needed"))
      }
    }
    return result
  }

  private var unitDefects: [Finding] {
    guard let unit else {
      return [
        Finding(
          .warning, at: "pmm-server.service", "there is no such unit on these nodes", hint: "apply makes one; say image and tag in the spec"
        )
      ]
    }
    let place = "pmm-server.service"
    var result = unit.unreadable.map {
      Finding(.warning, at: place, "\($0)", hint: "look at it there; apply writes the unit anew, from the spec alone")
    }
    if unit.command != nil, unit.volume == nil {
      result.append(
        Finding(
          .warning, at: place, "no option of it says where PMM's data (/srv) comes from",
          hint: "look where the data is before you apply: the new unit takes it from the shared disk"))
    }
    if unit.command != nil, image == nil {
      let word = unit.command?.image
      result.append(
        Finding(
          .warning, at: place, word.map { "it starts '\($0)', which is no image's whole name" } ?? "it names no image",
          hint: "say --image and --tag"))
    }
    if let settingsDirectory, Self.isOwn(settingsDirectory) {
      result.append(
        Finding(
          .warning, at: place, "its settings lie in \(settingsDirectory), which each node has for itself",
          hint: "say --config-share: a directory that both nodes see"))
    }
    if !unit.needsMount {
      result.append(
        Finding(
          .danger, at: place, "it starts where the shared disk is not mounted, and PMM then begins anew on the node's own disk",
          hint: "apply gives it a check that the disk is mounted, and is the right one"))
    }
    let enabled = nodes.filter(\.startsAtBoot).map(\.name.description)
    if !enabled.isEmpty {
      result.append(
        Finding(
          .danger, at: enabled.joined(separator: ", "), "pmm-server.service is enabled: it starts at boot, whatever Pacemaker says",
          hint: "apply disables it"))
    }
    if let restart = unit["Restart"], restart != "no" {
      result.append(
        Finding(
          .warning, at: place,
          "Restart=\(restart): wherever Pacemaker's own override is not in place (a start by hand, or at boot), systemd restarts what Pacemaker is to decide on",
          hint: "apply sets Restart=no; how often to try is Pacemaker's decision"))
    }
    if Set(nodes.map { $0.unit.text.split(separator: "\n").filter { !$0.hasPrefix("#") } }).count > 1 {
      result.append(
        Finding(
          .warning, at: place, "it differs between the nodes", hint: "the spec is made from \(nodes[0].name)'s; apply writes one to both"))
    }
    if server?["class"] == "systemd" {
      result.append(
        Finding(
          .warning, at: server?.id ?? place,
          "systemd:pmm-server sees a live process, not a PMM that answers; and it takes 2 s more to start and to stop",
          hint: "apply replaces it by ocf:pmm-ha:pmm-server, which asks PMM itself (pmm: resource: systemd keeps it)"))
    }
    return result
  }

  private var volumeDefects: [Finding] {
    var result: [Finding] = []
    let names = Set(nodes.flatMap(\.groups).map(\.name))
    let wanted = parameter("vgname", of: volumeGroup) ?? parameter("volgrpname", of: volumeGroup)
    if let wanted, !names.isEmpty, !names.contains(wanted) {
      result.append(
        Finding(
          .danger, at: volumeGroup?.id ?? "LVM",
          "it activates the volume group '\(wanted)', and the nodes have \(names.sorted().joined(separator: ", ")): it cannot start",
          hint: "the spec names the group that is there; apply corrects the resource"))
    }
    for group in nodes.first(where: { !$0.groups.isEmpty })?.groups ?? [] where group.free == 0 && (group.name == wanted || isOurs(group)) {
      result.append(
        Finding(
          .warning, at: group.name, "its logical volume takes all of the volume group: there is no room for a snapshot before an update",
          hint: "when the disk has grown by an eighth, write size: 90%; a volume with data is not made smaller"))
    }
    return result
  }

  func isOurs(_ group: HandMadeNode.VolumeGroup) -> Bool {
    parameter("device", of: filesystem)?.hasPrefix("/dev/\(group.name)/") == true
  }

  private var imageDefects: [Finding] {
    guard let image else { return [] }
    let reference = image.pulled
    var result: [Finding] = []
    let units = Set(nodes.compactMap(\.unit.image?.description))
    let missing = nodes.filter { $0.images[reference] == nil }.map(\.name.description)
    let ids = Set(nodes.compactMap { $0.images[reference] })
    if units.count > 1 || ids.count > 1 {
      result.append(
        Finding(
          .danger, at: "image",
          "the nodes would run different versions of PMM: \(units.count > 1 ? units.sorted().joined(separator: ", ") : "two images are called \(reference)")",
          hint: "a failover may damage the data: decide which one counts (pmm: tag), remove the other (podman rmi) and apply"))
    }
    if !missing.isEmpty {
      result.append(
        Finding(
          .warning, at: missing.joined(separator: ", "), "\(reference) is not there: a failover would wait for a download",
          hint: "apply brings it"))
    }
    if image.tag?.hasPrefix("2.") == true {
      result.append(
        Finding(
          .warning, at: "pmm/tag", "PMM 2 is out of support since 2025-07-31",
          hint: "adopt and apply first; then follow Percona's migration guide to PMM 3"))
    }
    return result
  }

  private var pacemakerDefects: [Finding] {
    var result: [Finding] = []
    if let policy = property("no-quorum-policy"), policy != "stop" {
      result.append(
        Finding(
          .danger, at: "no-quorum-policy", "it is \(policy): a node without quorum runs the service, too", hint: "apply sets stop"))
    }
    for constraint in cib.child("constraints")?.children ?? [] where constraint.id.hasPrefix("cli-") {
      result.append(
        Finding(
          .warning, at: constraint.id,
          "a move or ban by hand left this constraint on \(constraint["rsc"] ?? "the service") behind; it binds every failover",
          hint: "apply takes it away"))
    }
    if address == nil {
      result.append(
        Finding(
          .warning, at: "virtual_ip", "the cluster has no IPaddr2 resource, so clients do not find PMM after a failover",
          hint: "say virtual_ip in the spec; apply adds it"))
    }
    if group == nil {
      result.append(
        Finding(
          .warning, at: "resources", "they are in no group, so nothing keeps them together and in order", hint: "apply puts them into one"))
    }
    if property("dc-deadtime") == nil {
      result.append(
        Finding(
          .note, at: "dc-deadtime", "a cluster that starts waits up to 20 s for a coordinator before it elects one",
          hint: "apply sets it to what the timing profile needs"))
    }
    let off = nodes.filter { !$0.pacemaker.enabled }.map(\.name.description)
    if !off.isEmpty {
      result.append(
        Finding(
          .warning, at: off.joined(separator: ", "),
          "Corosync and Pacemaker do not start at boot: after a power failure nothing comes back",
          hint: "apply enables them"))
    }
    if nodes.contains(where: { addresses(of: $0).count < 2 }) {
      result.append(
        Finding(
          .note, at: "nodes", "Corosync has one link: when that network fails, a node is fenced",
          hint: "with a second network, add its address to each node in the spec; apply adds the link while the cluster runs"))
    }
    return result
  }
}
