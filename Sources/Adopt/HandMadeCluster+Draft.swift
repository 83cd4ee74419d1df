import Core
import Pacemaker
import SpecFile

extension HandMadeCluster {
  /// The answers to `pmm-ha init`'s questions that the cluster itself gives. What it does not say is left open.
  package var draft: SpecDraft {
    var draft = SpecDraft()
    draft.cluster = corosync.clusterName
    draft.nodes = nodes.map { .init(name: $0.name.description, addresses: addresses(of: $0)) }
    draft.virtualIP = virtualIP
    draft.interface = parameter("nic", of: address)
    let device = parameter("device", of: filesystem)
    draft.device = nodes.compactMap(\.disk).first { $0.device == device }?.id.flatMap { isSame($0) ? $0 : nil } ?? device
    if let group = volumeGroupOnDisk, let disk = group.disks.first, let volume = device?.split(separator: "/").last.map(String.init) {
      draft.device = disk
      draft.volumeGroup = group.name
      draft.logicalVolume = volume
      // As it is: less would be a wish to shrink it, more to let it grow.
      draft.volumeSize = group.free == 0 ? "100%" : group.volumes[volume].map { "\($0 >> 20)M" }
    }
    draft.filesystem = parameter("fstype", of: filesystem) ?? nodes.compactMap { $0.disk?.type }.first
    draft.mountPoint = mountPoint
    // What is mounted stays mounted as it is; ours is noatime, which can be set any time.
    draft.mountOptions = parameter("options", of: filesystem)
    draft.configShare = share
    draft.timing = timing.rawValue
    draft.isAdopted = true
    draft.image = image.map { image in image.digest.map { "\(image.name)@\($0)" } ?? image.name }
    draft.tag = image?.tag
    draft.port = unit?.port
    draft.environment = environment
    addFencing(&draft)
    addConstraints(&draft)
    return draft
  }

  /// The group that holds PMM's filesystem, by what stands on the disk: the resource may call it otherwise.
  private var volumeGroupOnDisk: HandMadeNode.VolumeGroup? { nodes.flatMap(\.groups).first(where: isOurs) }

  private var virtualIP: String? {
    guard let ip = parameter("ip", of: address) else { return nil }
    // Without a netmask IPaddr2 takes that of the network which the address is in.
    let prefix = parameter("cidr_netmask", of: address) ?? nodes.flatMap(\.addresses).first { $0.address == ip }?.prefix
    return prefix.map { "\(ip)/\($0)" } ?? ip
  }

  /// The same by-id name leads to the disk on both nodes.
  private func isSame(_ id: String) -> Bool {
    let names = nodes.compactMap { $0.disk?.id }
    return names.count == nodes.count && Set(names) == [id]
  }

  /// The directory that holds the unit's files; nil where it is one that each node has for itself.
  private var share: String? { settingsDirectory.flatMap { directory in Self.isOwn(directory) ? nil : directory } }

  /// The directory that holds the unit's files, wherever it is.
  var settingsDirectory: String? {
    guard let file = unit?.environmentFile ?? unit?.podmanFile, let slash = file.lastIndex(of: "/"), slash > file.startIndex else {
      return nil
    }
    return String(file[..<slash])
  }

  /// A directory of the node's own system, which nobody shares.
  static func isOwn(_ directory: String) -> Bool {
    !directory.hasPrefix("/") || ["/root", "/etc", "/usr", "/run", "/tmp"].contains { directory == $0 || directory.hasPrefix("\($0)/") }
  }

  /// What the unit would start, fully named: of a short name, what podman made of it on these nodes.
  var image: ImageReference? {
    guard let written = unit?.image else { return nil }
    guard written.registry == nil else { return written }
    let found = Set(nodes.flatMap(\.images.keys).compactMap(ImageReference.init)).filter {
      $0.repository == written.repository && $0.registry != "localhost" && ($0.tag ?? "") == (written.tag ?? "")
        && $0.digest == written.digest
    }
    return found.count == 1 ? found.first : nil
  }

  /// PMM's settings; secret ones by the environment variable that they are to come from.
  private var environment: [SpecDraft.Variable] {
    guard let unit else { return [] }
    let text = unit.podmanFile.flatMap { file in nodes.compactMap { $0.files[file] }.first } ?? ""
    var all = settings(text)
    for variable in unit.command?.variables ?? [] {
      let pair = variable.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      // A name alone takes the unit's own value.
      guard let name = pair.first, let value = pair.count == 2 ? pair[1] : unit.environment[name] else { continue }
      all[name] = Self.isSecret(name) ? "(hidden)" : value
    }
    return all.sorted { $0.key < $1.key }.compactMap { name, value in
      // What the tool says itself, and what only the unit reads.
      if ["DISABLE_UPDATES", "PMM_ENABLE_UPDATES", "PMM_IMAGE", "PMM_TAG"].contains(name) { return nil }
      return value == "(hidden)" ? .init(name: name, source: "PMM_HA_\(name)") : .init(name: name, value: value)
    }
  }

  /// By the names that adopt-probe.sh keeps on the node.
  private static func isSecret(_ name: String) -> Bool {
    ["PASS", "SECRET", "TOKEN", "KEY", "CREDENTIAL"].contains { name.uppercased().contains($0) }
  }

  private func addFencing(_ draft: inout SpecDraft) {
    for device in devices {
      let list = parameter("pcmk_host_list", of: device) ?? parameter("pcmk_host_map", of: device).map { String($0.prefix { $0 != ":" }) }
      guard let target = list ?? nodes.map(\.name.description).first(where: { device.id.hasSuffix($0) }) else { continue }
      draft.fencing = device["type"]
      draft.fenceAddresses[target] = parameter("ip", of: device) ?? parameter("ipaddr", of: device)
      draft.fenceUser = parameter("username", of: device) ?? parameter("login", of: device)
      draft.fenceDelays[target] = parameter("pcmk_delay_base", of: device).flatMap { seconds($0, in: 1...300) }
    }
    draft.priorityFencingDelay = property("priority-fencing-delay").flatMap { seconds($0, in: 1...120) }
  }

  /// Where the service runs when it can choose, as far as a spec can say it.
  private func addConstraints(_ draft: inout SpecDraft) {
    let defaults = cib.child("rsc_defaults")?.descendants("nvpair").first { $0["name"] == "resource-stickiness" }
    draft.stickiness = defaults?["value"].flatMap(score).flatMap { (0...Self.infinity).contains($0) ? $0 : nil }
    let ours = [group?.id, server?.id].compactMap { $0 }
    let wishes = cib.child("constraints")?.all("rsc_location").filter { wish in
      // Those of 'pcs resource move' are a defect.
      !wish.id.hasPrefix("cli-") && ours.contains(wish["rsc"] ?? "") && nodes.contains { $0.name.description == wish["node"] }
    }
    let best = wishes?.max { (score($0["score"] ?? "") ?? 0) < (score($1["score"] ?? "") ?? 0) }
    if let best, let wanted = score(best["score"] ?? ""), wanted > 0 { draft.preferredNode = best["node"] }
  }

  /// Pacemaker Explained, "Scores": INFINITY is 1,000,000.
  private static let infinity = 1_000_000

  private func score(_ text: String) -> Int? {
    switch text {
    case "INFINITY", "+INFINITY": Self.infinity
    case "-INFINITY": -Self.infinity
    default: Int(text)
    }
  }

  /// A time of Pacemaker's in whole seconds, upwards: nobody shoots earlier than before.
  private func seconds(_ time: String, in range: ClosedRange<Int>) -> Int? {
    milliseconds(time).map { ($0 + 999) / 1000 }.flatMap { range.contains($0) ? $0 : nil }
  }
}
