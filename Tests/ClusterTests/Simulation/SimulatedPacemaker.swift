import Core
import Pacemaker

// Membership, the CIB and the scheduler, as far as one group and its fencing devices need them.

extension SimulatedCluster {
  /// The nodes whose Corosync hears this one's, itself included; none where it does not run.
  func membership(of node: NodeName) -> [NodeName] {
    guard let own = self[node].corosync else { return [] }
    return names.filter { other in
      guard let theirs = self[other].corosync else { return false }
      return other == node || (theirs.cluster == own.cluster && theirs.key == own.key && own.members.contains(other.description))
    }
  }

  /// Two nodes with wait_for_all: one alone may act only if it has seen the other; the package's example is one node.
  func hasQuorum(_ node: NodeName) -> Bool {
    guard let own = self[node].corosync else { return false }
    return own.sawAll || own.members.count == membership(of: node).count
  }

  /// The nodes whose Pacemaker is one cluster with this one's.
  func peers(of node: NodeName) -> [NodeName] { membership(of: node).filter { self[$0].runsPacemaker } }

  /// A cluster other than the packages' example runs.
  var isStarted: Bool { nodes.values.contains { $0.corosync.map { $0.cluster != "debian" } ?? false } }

  /// The node's own word for its cluster's CIB; nil where Pacemaker does not run.
  func liveCIB(_ node: NodeName) -> XMLNode? { self[node].runsPacemaker ? self[node].cib : nil }

  /// The DC has been elected.
  func hasController(_ node: NodeName) -> Bool { liveCIB(node)?.property("dc-version") != nil }

  /// Changes the CIB of all nodes of this one's cluster.
  mutating func changeCIB(from node: NodeName, _ change: (inout XMLNode) throws -> Void) rethrows {
    guard var cib = liveCIB(node) else { return }
    let before = cib
    try change(&cib)
    if cib == before { return }
    cib["epoch"] = "\((Int(cib["epoch"] ?? "") ?? 0) + 1)"
    for peer in peers(of: node) { self[peer].cib = cib }
  }

  /// What the daemons do by themselves. `waited`: someone gives them all the time they need.
  mutating func act(waited: Bool = false) {
    for node in names {
      guard let corosync = self[node].corosync else { continue }
      if corosync.members.count == membership(of: node).count { nodes[node]?.corosync?.sawAll = true }
      if self[node].runsPacemaker, self[node].cib == nil { self[node].cib = .blank }
    }
    for node in names where self[node].runsPacemaker {
      // Who joins takes the newest CIB.
      let newest = peers(of: node).compactMap { self[$0].cib }.max { $0.age.lexicographicallyPrecedes($1.age) }
      self[node].cib = newest
    }
    if hesitant && !waited { return }
    for node in names where self[node].runsPacemaker && !hasController(node) {
      let name = self[node].corosync?.cluster ?? ""
      let featureSet = self[node].featureSet
      let version = self[node].pacemakerVersion
      changeCIB(from: node) { cib in
        cib["crm_feature_set"] = featureSet
        cib["validate-with"] = "pacemaker-3.9"
        cib.setProperty("dc-version", version)
        cib.setProperty("cluster-name", name)
      }
    }
    stop(running.filter { !self[$0.value.node].runsPacemaker || !hasQuorum($0.value.node) }.map(\.key), because: "its node may not run it")
    if let node = names.first(where: { hasController($0) && hasQuorum($0) }) { schedule(node) }
  }

  private mutating func schedule(_ node: NodeName) {
    guard let cib = liveCIB(node) else { return }
    let devices = cib.primitives.filter { $0["class"] == "stonith" }
    let group = cib.descendants("group").first
    let members = group?.all("primitive") ?? []
    let mayStart = cib.property("stonith-enabled") == "false" || !devices.isEmpty
    // In the order of the group: what stops takes those after it along.
    var stopping = false
    let stopped = (group.map { $0.meta("target-role") == "Stopped" } ?? true)
    var ends: [String] = []
    for member in members {
      if stopped || member.meta("target-role") == "Stopped" { stopping = true }
      if let active = running[member.id], active.parameters != member.parameters { stopping = true }
      if stopping { ends.append(member.id) }
    }
    let beside = cib.descendants("rsc_colocation").reduce(into: [:]) { $0[$1["rsc"] ?? ""] = $1["with-rsc"] }
    for resource in cib.primitives {
      guard let active = running[resource.id], let with = beside[resource.id] else { continue }
      if ends.contains(with) || active.parameters != resource.parameters { ends.append(resource.id) }
    }
    let wanted = Set(members.map(\.id) + cib.primitives.filter { !members.contains($0) }.map(\.id))
    ends += running.keys.filter { !wanted.contains($0) }
    // The stop of what is no longer configured takes the address away, whoever has it now.
    for id in running.keys where !wanted.contains(id) {
      guard let address = running[id]?.parameters["ip"], cib.primitives.contains(where: { $0.parameters["ip"] == address }) else {
        continue
      }
      alarms.append("\(id) takes away the address that its successor has")
    }
    for device in devices where running[device.id]?.parameters != device.parameters { running[device.id] = nil }
    stop(ends, because: "its configuration changed")
    guard mayStart else { return }
    for device in cib.primitives where !members.contains(device) && running[device.id] == nil && beside[device.id] == nil {
      let banned = cib.descendants("rsc_location").filter { $0["rsc"] == device.id && $0["score"] == "-INFINITY" }.compactMap { $0["node"] }
      guard let home = peers(of: node).first(where: { !banned.contains($0.description) }) else { continue }
      running[device.id] = Active(node: home, parameters: device.parameters)
      let target = names.first { $0.description == device.parameters["pcmk_host_list"] }
      if device["type"] == "fence_sbd", let target, self[target].runsPacemaker, self[target].sbd == nil {
        alarms.append("\(device.id) is relied upon, and nobody on \(target) reads its messages")
      }
    }
    let preferred = cib.descendants("rsc_location").first { $0["rsc"] == group?.id && $0["score"] != "-INFINITY" }?["node"]
    let here = members.compactMap { running[$0.id]?.node }.first
    guard let home = here ?? peers(of: node).first(where: { $0.description == preferred }) ?? peers(of: node).first, !stopped else {
      return
    }
    for member in members {
      if member.meta("target-role") == "Stopped" { return }
      if running[member.id] != nil { continue }
      if let reason = obstacle(to: member, on: home) {
        alarms.append("\(member.id) cannot start on \(home): \(reason)")
        return
      }
      running[member.id] = Active(node: home, parameters: member.parameters)
      if member.id == "pmm_server" { startPMM(home) }
      if member.id == "pmm-server" {
        let image = self[home].images.first
        self[home].pmm = .init(image: image?.key ?? "", id: image?.value ?? "", settings: ["by hand"])
      }
      if member.id == "pmm_lvm" { activate(on: home) }
    }
    for resource in cib.primitives where running[resource.id] == nil && resource.meta("target-role") != "Stopped" {
      guard let with = beside[resource.id], let home = running[with]?.node else { continue }
      running[resource.id] = Active(node: home, parameters: resource.parameters)
    }
  }

  private mutating func stop(_ ids: [String], because reason: String) {
    for id in ids where running[id] != nil {
      if id.hasPrefix("pmm"), !mayDisrupt { alarms.append("\(id) stops without consent: \(reason)") }
      if id == "pmm_server" || id == "pmm-server", let node = running[id]?.node { nodes[node]?.pmm = nil }
      if id == "pmm_lvm", let node = running[id]?.node { deactivate(on: node) }
      running[id] = nil
    }
  }

  /// Why a start would fail.
  private func obstacle(to member: XMLNode, on node: NodeName) -> String? {
    let here = self[node]
    switch member.id {
    case "pmm_lvm": return obstacle(toActivating: member.parameters["vgname"] ?? "", on: node)
    case "pmm_fs" where running["pmm_lvm"] != nil:
      guard let volume = self[group: node]?.volume, volume.active.contains(node) else { return "the volume is not active" }
      let type = member.parameters["fstype"] ?? ""
      return volume.signatures.contains { $0.hasSuffix(",\(type)") } ? nil : "the volume holds \(volume.signatures)"
    case "pmm_fs":
      return disk(node).types == [member.parameters["fstype"] ?? ""] ? nil : "the disk holds \(disk(node).types)"
    case "pmm_server":
      for path in ["/usr/lib/pmm-ha/pmm-start-check", "/usr/lib/ocf/resource.d/pmm-ha/pmm-server"] + SimulatedNode.settingsPaths
      where here.files[path] == nil { return "there is no \(path)" }
      guard let image = here.imageName, here.images[image] != nil else { return "there is no image \(here.imageName ?? "")" }
      return here.has("podman") ? nil : "there is no podman"
    default: return nil
    }
  }

  private mutating func startPMM(_ node: NodeName) {
    let image = self[node].imageName ?? ""
    if !sharedData { alarms.append("PMM begins anew on \(node), and its data is elsewhere") }
    self[node].loadedUnit = self[node].loadedUnit ?? self[node].files["/etc/systemd/system/pmm-server.service"]?.content
    self[node].pmm = .init(image: image, id: self[node].images[image] ?? "", settings: self[node].settings)
  }
}

extension SimulatedNode {
  /// What the unit would run.
  var imageName: String? {
    let settings = files["/etc/pmm-ha/pmm/env"]?.content.split(separator: "\n") ?? []
    func value(_ key: String) -> Substring? { settings.first { $0.hasPrefix(key + "=") }?.dropFirst(key.count + 1) }
    guard let image = value("PMM_IMAGE"), let tag = value("PMM_TAG") else { return nil }
    return "\(image):\(tag)"
  }
}
