import Core

extension SimulatedCluster {
  /// Files whose content each run makes up, where there is none yet.
  private static let generated = [
    "/etc/corosync/authkey", "/etc/pacemaker/authkey", "/etc/pmm-ha/hacluster.password", "/var/lib/pmm-ha/hacluster.set",
  ]

  /// What counts of a cluster after an apply: not how often something was generated, noted or counted on the way.
  var outcome: SimulatedCluster {
    var result = self
    result.hesitant = false
    for node in names {
      func settled(_ text: String) -> String { text.replacing("#2", with: "#1") }
      for path in Self.generated { result[node].files[path]?.content = settled(self[node].files[path]?.content ?? "") }
      result[node].files["/var/lib/pmm-ha/pmm-image"] = nil
      result[node].hacluster = self[node].hacluster.map(settled)
      result[node].corosync?.key = settled(self[node].corosync?.key ?? "")
      result[node].accepted = []
      result[node].knownHosts = self[node].knownHosts.mapValues { _ in "" }
      result[node].loadedUnit = nil
      for counter in ["epoch", "num_updates"] { result[node].cib?[counter] = "0" }
      result[node].cib?.dropEmptySets()
      result[node].pmm = nil
    }
    // Where the spec prefers no node, whoever is up first takes the service.
    result[names[0]].pmm = names.compactMap { self[$0].pmm }.first
    for index in disks.indices {
      result.disks[index].group?.number = 1
      guard let volume = disks[index].group?.volume, !volume.active.isEmpty else { continue }
      result.disks[index].group?.systemID = names[0].description
      result.disks[index].group?.volume?.active = [names[0]]
    }
    result.groupsMade = 0
    for id in running.keys where id.hasPrefix("pmm_") { result.running[id]?.node = names[0] }
    return result
  }

  /// What is not as a cluster of the example has to be; nothing where all is well.
  var defects: [String] {
    var result = alarms
    func differ(_ what: String, _ value: (SimulatedNode) -> String?) {
      let values = names.map { value(self[$0]) }
      if Set(values).count > 1 || values.contains(nil) { result.append("\(what) differs or is missing") }
    }
    differ("/etc/corosync/authkey") { $0.files["/etc/corosync/authkey"]?.content }
    differ("the key that Corosync runs with") { $0.corosync?.key }
    differ("/etc/pacemaker/authkey") { $0.files["/etc/pacemaker/authkey"]?.content }
    differ("hacluster's password") { $0.hacluster }
    differ("the CIB") { $0.cib?.description }
    differ("PMM's image") { $0.imageName }
    for node in names {
      let here = self[node]
      func check(_ right: Bool, _ words: String) { if !right { result.append("\(node): \(words)") } }
      check(here.corosync?.key == here.files["/etc/corosync/authkey"]?.content, "Corosync's key is not its file's")
      check(here.corosync?.conf == here.files["/etc/corosync/corosync.conf"]?.content, "Corosync runs with an old file")
      check(here.imageName.flatMap { here.images[$0] } != nil, "PMM's image is missing")
      check(here.units["chrony.service"]?.active == true, "nobody keeps the time")
      if let settings = here.files[SimulatedCluster.sbdFile]?.content {
        check(here.sbd == settings && here.units["sbd.service"] == .init(active: true, enabled: true), "sbd does not run as it should")
        check(running["fence_\(node)_2"] != nil, "SBD is not used")
      } else {
        check(here.units["sbd.service"]?.enabled != true, "Pacemaker waits for sbd")
      }
      check(here.guardNote == nil, "no service may be started")
      check(here.firewall?.runtime.contains("high-availability") != false, "nobody is let in")
      check(here.firewall.map { $0.runtime.union($0.permanent) == $0.permanent } != false, "its firewall closes again")
      check(here.files["/etc/chrony/sources.d/pmm-ha.sources"] != nil || here.firewall == nil, "it asks other time servers")
      let mark = shares[here.share]?["\(sharePath)/.pmm-ha-share"]?.content
      check(mark != nil && here.files["/var/lib/pmm-ha/share.mark"]?.content == mark, "the share is not proven to be one")
      if let pmm = here.pmm { check(pmm.settings == here.settings && pmm.image == here.imageName, "PMM runs with old settings") }
    }
    result += voteDefects
    for id in ["pmm_fs", "pmm_ip", "pmm_server", "fence_pmm1", "fence_pmm2"] where running[id] == nil {
      result.append("\(id) does not run")
    }
    for group in disks.compactMap(\.group) where group.name == "pmm" {
      let home = running["pmm_fs"]?.node
      let owns = home.map { group.systemID == self[$0].hostName && group.volume?.active == [$0] } ?? false
      if running["pmm_lvm"] == nil || !owns {
        result.append("the volume group is \(group.systemID)'s, active on \(group.volume?.active ?? [])")
      }
      if group.autoActivation { result.append("a boot would activate the volume") }
    }
    let homes = Set(["pmm_fs", "pmm_ip", "pmm_server"].compactMap { running[$0]?.node })
    if homes.count != 1 || names.filter({ self[$0].pmm != nil }) != Array(homes) { result.append("the service is on \(homes)") }
    if running["fence_pmm1"]?.node.description == "pmm1" { result.append("pmm1 would fence itself") }
    return result
  }
}

/// Where two states differ, for people.
func difference(_ left: SimulatedCluster, _ right: SimulatedCluster) -> String {
  if left == right { return "" }
  func lines(_ cluster: SimulatedCluster) -> [String] {
    var text = ""
    for node in cluster.names {
      let here = cluster[node]
      for (path, file) in here.files { text += "\(node) \(path) \(String(file.mode, radix: 8)) \(file.content)\n" }
      var rest = here
      (rest.files, rest.cib) = ([:], nil)
      text += here.cib?.indented.split(separator: "\n").map { "\(node) CIB \($0)\n" }.joined() ?? ""
      for child in Mirror(reflecting: rest).children { text += "\(node) \(child.label ?? ""): \(sorted(child.value))\n" }
    }
    for child in Mirror(reflecting: cluster).children where child.label != "nodes" {
      text += "\(child.label ?? ""): \(sorted(child.value))\n"
    }
    return text.split(separator: "\n").map(String.init)
  }
  func sorted(_ value: Any) -> String {
    let mirror = Mirror(reflecting: value)
    let unordered = mirror.displayStyle == .dictionary || mirror.displayStyle == .set
    return unordered ? mirror.children.map { "\($0.value)" }.sorted().joined(separator: ", ") : "\(value)"
  }
  let (old, new) = (lines(left), lines(right))
  let (gone, added) = (old.filter { !new.contains($0) }, new.filter { !old.contains($0) })
  return "\n" + (gone.map { "- \($0)" } + added.map { "+ \($0)" }).joined(separator: "\n")
}
