import Core
import Corosync

// What the probes print of a simulated node, in the words of the real tools.

extension SimulatedCluster {
  func answer(_ script: Script, of node: NodeName, reveal: @escaping (Text) throws -> String) throws -> Answer {
    let values = SimulatedStep.Values(script: script, reveal: reveal)
    let text: String =
      switch script.name {
      case "host-probe": try hostAnswer(node, values)
      case "share-probe": try shareAnswer(node, values)
      case "server-probe": try serverAnswer(node, values)
      case "storage-probe":
        (script.variables.contains { $0.name == "VOLUME_GROUP" } ? try volumeAnswer(node, values) : "") + storageAnswer(node)
      case "pmm-probe": try pmmAnswer(node, values)
      case "call-address": ""
      case "address-probe": try addressAnswer(node, values)
      case "fencing-probe": try fencingAnswer(node, values)
      // Nodes of the simulation have power, whatever they run.
      case "probe-power": try values["DEVICES"].split(separator: "\n").map { "\($0.split(separator: " ")[0]) on\n" }.joined()
      case "qdevice-probe": deviceAnswer(node)
      case "qnetd-probe": voterAnswer(node)
      case "probe-corosync": corosyncAnswer(node)
      case "probe-pacemaker": pacemakerAnswer(node)
      case "predict-cib": try predictAnswer(node, values)
      case "ec2-probe": ec2Answer(node)
      case "ec2-survey": self[node].has("python3-boto3") ? "== account\n\(try accountAnswer(values))\n== end\n" : "== missing boto3\n"
      case "pcs-probe": try pcsAnswer(node, values)
      case "probe-remains": try remainsAnswer(node, values)
      default: throw Refusal("the simulation does not know the question '\(script.name)': teach it")
      }
    return Answer(text)
  }

  private func units(_ names: [String], _ node: NodeName) -> String {
    names.compactMap { name in
      self[node].units[name].map { unit in
        "Id=\(name)\nLoadState=loaded\nActiveState=\(unit.active ? "active" : "inactive")\nUnitFileState=\(unit.enabled ? "enabled" : "disabled")\n"
      }
    }.joined(separator: "\n")
  }

  private func features(_ node: NodeName) -> String {
    self[node].has("pacemaker")
      ? "Pacemaker \(self[node].pacemakerVersion) (Build: a3f44794f94)\n Supporting v\(self[node].featureSet): agent-manpages\n" : ""
  }

  private func hostAnswer(_ node: NodeName, _ values: SimulatedStep.Values) throws -> String {
    let here = self[node]
    let hosts = here.files["/etc/hosts"]!
    let directories = try values.words("DIRECTORIES").compactMap { path in
      here.directories[path].map { "\(String($0, radix: 8)) root:root \(path)\n" }
    }
    return """
      == host
      clock=\(1_795_000_000 + here.clockError)
      uid=0
      name=\(here.hostName)
      machine=x86_64
      systemd=yes
      \(here.guardNote == nil ? "" : "guard=left\n")== os
      \(here.os)
      == packages
      \(try values.words("DEB_PACKAGES").filter { !here.has($0) }.map { "missing \($0)\n" }.joined())== pacemaker
      \(features(node))== hosts
      \(hosts.content)
      == hosts mode
      \(String(hosts.mode, radix: 8))
      == units
      \(units(["corosync.service", "pacemaker.service", "sbd.service", "chrony.service"], node))
      == time
      Leap status     : Normal
      \(here.files.filter { $0.key.contains("chrony") }.map { "== time file \($0.key)\n\($0.value.content)\n" }.joined())\(
        try firewall(node, values))== directories
      \(directories.joined())
      """
  }

  private func firewall(_ node: NodeName, _ values: SimulatedStep.Values) throws -> String {
    guard let firewall = self[node].firewall else { return "== firewall\n" }
    var text = "== firewall\n" + (try values.words("PEERS")).map { _ in "zone=public\n" }.joined()
    for (name, rules) in [("runtime", firewall.runtime), ("permanent", firewall.permanent)] {
      let list = rules.sorted().map { "\"\($0)\"" }.joined(separator: ",")
      text += "== firewall \(name) public\n{\"type\":\"a{sv}\",\"data\":[{\"services\":{\"type\":\"as\",\"data\":[\(list)]}}]}\n"
    }
    return text
  }

  private func shareAnswer(_ node: NodeName, _ values: SimulatedStep.Values) throws -> String {
    let (here, path, unit) = (self[node], try values["SHARE"], try values["UNIT"])
    var text = "== share\n"
    if let record = here.files["/var/lib/pmm-ha/share.mark"]?.content { text += "record=\(record)\n" }
    if shareDown {
      text += "kind=hanging\n"
    } else if let share = shares[here.share], unit.isEmpty || here.shareMount != nil {
      text += "kind=directory\nfilesystem=nfs\n" + (share["\(path)/.pmm-ha-share"].map { "token=\($0.content)\n" } ?? "")
    } else {
      text += "kind=absent\nparent=directory\n"
    }
    if let source = here.shareMount { text += "mounted=\(source.hasPrefix("localhost") ? "fuse.glusterfs" : "nfs4") \(source) rw\n" }
    for ending in ["mount", "automount"] where !unit.isEmpty {
      let file = "/etc/systemd/system/\(unit).\(ending)"
      if let found = here.files[file] { text += "== file \(String(found.mode, radix: 8)) \(file)\n\(found.content)\n" }
    }
    if !unit.isEmpty { text += "== units\n\(units(["\(unit).automount"], node))\n" }
    if try !values["VOLUME"].isEmpty {
      let daemon = here.units["glusterd.service"]
      text += "== gluster\ndaemon=\(daemon?.active == true ? "active" : "inactive")\nboot=\(daemon?.enabled == true ? "enabled" : "")\n"
      text += try here.directories[values["BRICK"]] == nil ? "" : "brick=yes\n"
      text += "pending=0\n== peers\n"
      // Each has all others for its peers.
      let all = (volume?.peers ?? []).union(volume?.peers.isEmpty == false ? ["198.51.100.11"] : []).subtracting([here.address])
      text += all.sorted().map { "uuid=1\nstate=3\nhostname1=\($0)\n" }.joined() + "== volume\n"
      if let volume, !volume.bricks.isEmpty {
        text += "type=2\nstatus=\(volume.started ? 1 : 0)\narbiter_count=\(volume.bricks.count == 3 ? 1 : 0)\n"
        text += volume.options.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }.joined()
        for (index, brick) in volume.bricks.enumerated() { text += "brick-\(index)=\(brick.replacing("/", with: "-"))\n" }
      }
    }
    return text + "== end\n"
  }

  private func serverAnswer(_ node: NodeName, _ values: SimulatedStep.Values) throws -> String {
    let (here, directory, exports) = (self[node], try values["DIRECTORY"], try values["EXPORTS"])
    let daemon = here.units[try values["SERVICE"]]
    var text = "== server\n" + (here.directories[directory] == nil ? "" : "directory=700 root:root\n")
    text += "active=\(daemon?.active == true ? "active" : "inactive")\nboot=\(daemon?.enabled == true ? "enabled" : "disabled")\n"
    if let file = here.files[exports] {
      text += "== exports \(String(file.mode, radix: 8))\n\(file.content)\n== exported\n"
      for client in here.exported { text += "\(directory)  \(client)(sync,rw)\n" }
    }
    return text + "== end\n"
  }

  private func storageAnswer(_ node: NodeName) -> String {
    let disk = disk(node)
    let volume = self[group: node]?.volume
    let place = mounts(node) && volume == nil ? mountPoint : ""
    let source = mounts(node) ? volume == nil ? "/dev/sdb" : "/dev/mapper/pmm-srv" : nil
    let child =
      volume?.active.contains(node) == true
      ? "MAJ:MIN=\"253:0\" NAME=\"pmm-srv\" TYPE=\"lvm\" SIZE=\"1\" RO=\"0\" MOUNTPOINT=\"\(mounts(node) ? mountPoint : "")\"\n" : ""
    let below = self[node].mountPointMode.map { "mode=\($0)\nentries=0\n" } ?? ""
    return """
      == device
      real=/dev/sdb
      kind=block
      == tree
      MAJ:MIN="8:16" NAME="sdb" TYPE="disk" SIZE="\(disk.size)" RO="0" SERIAL="" WWN="" MOUNTPOINT="\(place)"
      \(child)== signatures
      \(disk.signatures.map { $0 + "\n" }.joined())== mounts
      \(place.isEmpty ? "" : place + "\n")\(disk.signatures.isEmpty ? "== beginning\nzero\n" : "")== mount point
      \(source.map { "mounted=\($0)\n" } ?? below)== fstab
      == end

      """
  }

  private func pmmAnswer(_ node: NodeName, _ values: SimulatedStep.Values) throws -> String {
    let here = self[node]
    let (shown, secret) = (try values.words("SHOWN"), try values.words("SECRET"))
    let unit = here.files["/etc/systemd/system/pmm-server.service"]
    var text = "== node\n"
    if here.has("podman") { text += "podman=yes\n" }
    if here.has("curl") { text += "curl=yes\n" }
    text += "share=\(shareDown ? "down" : shares[here.share] != nil ? "yes" : "no")\n"
    if here.files["/var/lib/pmm-ha/pmm-restart"] != nil { text += "restart=interrupted\n" }
    text += "== modes\n"
    for path in shown + secret { if let file = self[node, path] { text += "\(String(file.mode, radix: 8)) \(path)\n" } }
    for path in shown { if let file = self[node, path] { text += "== file \(path)\n\(file.content)\n" } }
    text += "== secret\n"
    let unknown = try values["SECRETS"].split(separator: "\n").contains("+")
    for path in secret {
      let same = try self[node, path]?.content == values["CONTENT"]
      text += "\(self[node, path] == nil ? "absent" : unknown ? "unknown" : same ? "same" : "different") \(path)\n"
    }
    text += "== unit\nActiveState=\(here.pmm == nil ? "inactive" : "active")\nUnitFileState=\(unit == nil ? "" : "static")\n"
    text += "NeedDaemonReload=\(here.loadedUnit != nil && here.loadedUnit != unit?.content ? "yes" : "no")\n"
    text += "Alive=\(here.pmm == nil ? "no" : "yes")\n"
    if let pmm = here.pmm { text += "Settings=\(pmm.settings == here.settings ? "same" : "different")\n" }
    text += "== volume\n"
    if here.ownData, unit == nil { text += "path=/mnt/pmm/srv\nentries=2\n" }
    if mounts(node) { text += "shared=\(sharedData ? 2 : 0)\n" }
    text += "== port\n"
    if let program = here.portTakenBy { text += "LISTEN 0 511 *:443 *:* users:((\"\(program)\",pid=812,fd=6))\n" }
    text += "== images\n["
    text +=
      here.images.sorted { $0.key < $1.key }.map { "{\"id\":\"\($0.value)\",\"names\":[\"\($0.key)\"]}" }.joined(separator: ",") + "]\n"
    if let pmm = here.pmm {
      text += "== containers containers.json\n"
      text += "[{\"names\":[\"pmm-server\"],\"image\":\"\(pmm.id)\",\"metadata\":\"{\\\"image-name\\\":\\\"\(pmm.image)\\\"}\"}]\n"
    }
    return text
  }

  private func addressAnswer(_ node: NodeName, _ values: SimulatedStep.Values) throws -> String {
    let here = self[node]
    guard here.has("iproute2") else { return "== missing ip\n" }
    let address = try values["ADDRESS"]
    let own = [here.address] + (["pmm_ip", "VirtualIP"].contains { running[$0]?.node == node } ? [address] : [])
    let neighbour = here.runsPacemaker ? "not asked" : here.stranger.map { "\(address) dev ring0 lladdr \($0) REACHABLE" } ?? ""
    return """
      == addresses
      \(own.map { "2: ring0    inet \($0)/24 scope global ring0\n" }.joined())== links
      2: ring0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 link/ether 52:54:00:00:00:\(here.address.suffix(2)) brd ff:ff:ff:ff:ff:ff
      == route
      == neighbour
      \(neighbour)
      """
  }

  private func fencingAnswer(_ node: NodeName, _ values: SimulatedStep.Values) throws -> String {
    let here = self[node]
    var text = here.has("ipmitool") ? "ipmitool=yes\n" : ""
    let passwords = try values["PASSWORDS"].split(separator: "\n").map { $0.split(separator: " ", maxSplits: 1) }
    for line in try values["DEVICES"].split(separator: "\n") {
      let id = String(line.split(separator: " ")[0])
      let (file, script) = ("/etc/pmm-ha/fencing/\(id).password", "/etc/pmm-ha/fencing/\(id)")
      let password = passwords.first { $0[0] == id }.flatMap { $0.count > 1 ? String($0[1]) : nil }
      let there = here.files[file]?.content
      text += "== device \(id)\n\(here.has("fence-agents") ? "agent=yes\n" : "")"
      text += "password=\(there == nil ? "absent" : password == nil ? "unknown" : there == password ? "same" : "different")\n"
      for path in [file, script] { if let found = here.files[path] { text += "mode=\(String(found.mode, radix: 8)) \(path)\n" } }
      if let record = here.files["/var/lib/pmm-ha/fencing/\(id).tested"] {
        text += record.content
        if here.staleTests.contains(id) { text += "stale=yes\n" }
      }
      if let content = here.files[script]?.content { text += "== script \(id)\n\(content)\n" }
    }
    return try text + sbdAnswer(node, values)
  }

  private func corosyncAnswer(_ node: NodeName) -> String {
    let here = self[node]
    guard here.has("corosync") else { return "== absent\n" }
    let (conf, key) = (here.files["/etc/corosync/corosync.conf"], here.files["/etc/corosync/authkey"])
    var text = "== version\nCorosync Cluster Engine, version '3.1.7'\n== conf\n\(conf?.content ?? "")== mode\n"
    if let conf { text += "\(String(conf.mode, radix: 8))\n" }
    text += "== authkey\n"
    if let key {
      text += "\(key.content.prefix(24)) /etc/corosync/authkey\n\(String(key.mode, radix: 8)) \(key.content.utf8.count)\ntext\n"
    }
    text += "== active\n\(here.corosync == nil ? "inactive" : "active")\n== running\n"
    guard let running = here.corosync.flatMap({ try? CorosyncConf(parsing: $0.conf) }) else { return text }
    for key in ["cluster_name", "token", "consensus"] {
      if let value = running.value("totem", key) { text += "totem.\(key) (str) = \(value)\n" }
    }
    let device = running.sections.first { $0.name == "quorum" }?.sections.first { $0.name == "device" }
    if let host = device?.sections.first(where: { $0.name == "net" })?["host"] { text += "quorum.device.net.host (str) = \(host)\n" }
    for (index, member) in running.nodes.enumerated() {
      for value in member.values { text += "nodelist.node.\(index).\(value.key) (str) = \(value.value)\n" }
    }
    return text
  }

  private func pacemakerAnswer(_ node: NodeName) -> String {
    guard self[node].has("pacemaker") else { return "== absent\n" }
    let live = self[node].runsPacemaker
    return """
      == features
      \(features(node))== units
      \(units(["corosync.service", "pacemaker.service"], node))
      == authkey
      \(self[node].files["/etc/pacemaker/authkey"].map { "\($0.content.filter { $0 != " " }) /etc/pacemaker/authkey\n" } ?? "")== cib
      \(self[node].cib.map { "\($0)\n" } ?? "")\(live ? "== live\n" : "")== state
      \(live ? monitorXML(node) : "crm_mon: Error: cluster is not available on this node")

      """
  }

  /// An account with nothing wrong in it.
  private func accountAnswer(_ values: SimulatedStep.Values) throws -> String {
    let (own, other) = (try values["OWN"], try values["OTHER"])
    func instance(_ id: String) -> String {
      let address = id == [own, other].min() ? "198.51.100.11" : "198.51.100.12"
      return """
        {"id":"\(id)","state":"running","type":"m6i.xlarge","zone":"eu-central-1a","subnet":"s","rootVolume":"r","sourceDestCheck":true,\
        "hopLimit":1,"endpoint":"enabled","recovery":"default","groups":[],"addresses":["\(address)"],"interface":"e"}
        """
    }
    return """
      {"errors":{},"seconds":1,"metadata":{"instance":"\(own)","zone":"eu-central-1a","role":"pmm-ha"},"metadata_v1":false,\
      "instances":{"list":[\(instance(own)),\(instance(other))],"seconds":0.2,"clock":0},"rules":[],"start":"allowed","stop":"allowed",\
      "stop_protection":false,"volume":{"type":"io2","multiAttach":true,"zone":"eu-central-1a","encrypted":true,"key":"",\
      "instances":["\(own)","\(other)"]}}
      """
  }

  private func ec2Answer(_ node: NodeName) -> String {
    let here = self[node]
    var text = "== modes\n"
    let files = ["/etc/pmm-ha/ec2/config", "/etc/pmm-ha/ec2/aws"].compactMap { path in here.files[path].map { (path, $0) } }
    for (path, file) in files { text += "\(String(file.mode, radix: 8)) \(path)\n" }
    for (path, file) in files { text += "== file \(path)\n\(file.content)\n" }
    // As fence-agents 4.12 of Debian 12 has it.
    let offered = here.has("fence-agents") ? "action\nplug\nport\nregion\npower_timeout\ndisable_timeout\n" : ""
    return text + "== programs\n== fence_aws\n\(offered)== agents\n== volumes\nnvme1n1 vol0123456789abcdef0\n== foreign setup\n== end\n"
  }

  private func pcsAnswer(_ node: NodeName, _ values: SimulatedStep.Values) throws -> String {
    let here = self[node]
    var text = "== pcs\n"
    if let file = here.files["/etc/pmm-ha/hacluster.password"] {
      let wanted = try values["PASSWORD"]
      text += "mode=\(String(file.mode, radix: 8))\n"
      text += "password=\(wanted.isEmpty ? "unknown" : wanted == file.content ? "same" : "different")\n"
      if here.hacluster == file.content, here.files["/var/lib/pmm-ha/hacluster.set"]?.content == file.content { text += "set=yes\n" }
    }
    text += "== unit\n\(units(["pcsd.service"], node))== known hosts\n"
    let hosts = here.knownHosts.sorted { $0.key < $1.key }.map { name, token in
      "\"\(name)\":{\"dest_list\":[{\"addr\":\"\(address(name))\",\"port\":2224}],\"token\":\"\(token)\"}"
    }
    if !hosts.isEmpty { text += "{\"format_version\":1,\"known_hosts\":{\(hosts.joined(separator: ","))}}\n" }
    return text + "== tokens\n" + here.accepted.suffix(16).map { "\"token\": \"\($0)\"\n" }.joined() + "== end\n"
  }

  private func address(_ name: String) -> String { nodes.first { $0.key.description == name }?.value.address ?? name }

  private func remainsAnswer(_ node: NodeName, _ values: SimulatedStep.Values) throws -> String {
    let here = self[node]
    let own = ["pacemaker.service", "corosync.service"].compactMap { here.units[$0] }
    let files = try values["FILES"].split(separator: "\n").map(String.init).filter { path in
      here.directories[path] != nil || here.files.keys.contains { $0 == path || $0.hasPrefix(path + "/") }
    }
    let states = own.map { $0.active ? "active" : "inactive" } + Array(repeating: "inactive", count: 2 - own.count)
    return """
      == daemons
      \(states.joined(separator: "\n"))
      == enabled
      \(own.map { $0.enabled ? "enabled" : "disabled" }.joined(separator: " "))
      == cib
      \(here.cib == nil ? "" : "yes\n")== files
      \(files.joined(separator: "\n"))
      == mounts
      /
      \(mounts(node) ? mountPoint : "/proc")
      == pmm
      \(here.pmm == nil ? "" : "yes")
      == end
      """
  }
}
