import Core
import Corosync
import Pacemaker

/// A script that ends with an error, as the user would see it.
struct Refusal: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// A script that waits for something that another node must do first.
struct Waiting: Error { let reason: String }

/// One step while it changes a cluster: what each script does, effect by effect.
struct SimulatedStep {
  let step: Step
  let reveal: (Text) throws -> String
  /// Called between two effects: here the script may be killed.
  let cut: (SimulatedCluster) -> Void
  var node: NodeName { step.node }

  func run(_ cluster: inout SimulatedCluster) throws {
    switch step.action {
    case .write(let file):
      cluster[node, file.path] = .init(content: try reveal(file.content), mode: file.mode)
      let open = file.content.secrets.contains { $0.file == nil } && file.mode & 0o007 != 0
      if open { cluster.alarms.append("\(file.path) shows a secret to everyone") }
    case .remove(let path): cluster[node, path] = nil
    case .run(let script): try run(script.name, Values(script: script, reveal: reveal), &cluster)
    }
  }

  /// The script's variables, revealed; one that it does not have is a mistake of the simulation's.
  struct Values {
    let script: Script
    let reveal: (Text) throws -> String
    subscript(_ name: String) -> String {
      get throws {
        guard let variable = script.variables.first(where: { $0.name == name }) else {
          throw Refusal("\(script.name) has no variable \(name): the simulation is out of date")
        }
        return try reveal(variable.value)
      }
    }
    func words(_ name: String) throws -> [String] { try self[name].split(separator: " ").map(String.init) }
  }

  private func run(_ name: String, _ values: Values, _ cluster: inout SimulatedCluster) throws {
    switch name {
    case "install-packages-apt": try install(values, &cluster)
    case "set-host-name": cluster[node].hostName = try values["NAME"]
    case "make-directories":
      for entry in try values.words("DIRECTORIES") {
        let parts = entry.split(separator: ":")
        cluster[node].directories[String(parts[0])] = UInt16(parts[1], radix: 8)
        cut(cluster)
      }
    case "enable-time-service":
      let unit = try values["UNIT"]
      guard cluster[node].units[unit] != nil else { throw Refusal("\(unit) does not start") }
      cluster[node].units[unit] = .init(active: true, enabled: true)
    case "use-time-servers":
      let conf = "/etc/chrony/sources.d/pmm-ha.sources"
      guard cluster[node].has("chrony"), try values["FILE"] == conf else { throw Refusal("there is no chrony") }
      cluster[node, conf] = .init(content: try values["CONTENT"], mode: 0o644)
    case "open-firewall", "knock", "keep-firewall": try firewall(name, values, &cluster)
    case "disable-unit": cluster[node].units[try values["UNIT"]]?.enabled = false
    case "mark-share", "check-share": try share(name, values, &cluster)
    case "mount-share": try mount(values, &cluster)
    case "export-share":
      guard cluster[node].has("nfs-kernel-server"), let exports = cluster[node].files[try values["EXPORTS"]] else {
        throw Refusal("nothing can export here")
      }
      cluster[node].directories[try values["DIRECTORY"]] = 0o700
      cut(cluster)
      cluster[node].units["nfs-server.service"] = .init(active: true, enabled: true)
      cut(cluster)
      let line = exports.content.split(separator: "\n").last ?? ""
      cluster[node].exported = line.split(separator: " ").dropFirst().map { String($0.split(separator: "(")[0]) }
    case "start-glusterd", "make-volume": try gluster(name, values, &cluster)
    case "make-mount-point": if !cluster.mounts(node) { cluster[node].mountPointMode = "0" }
    case "make-filesystem", "check-filesystem": try filesystem(name, values, &cluster)
    case "label-filesystem":
      let place = cluster[node].disk
      guard cluster.mounts(node) else { throw Refusal("it is not mounted") }
      let label = try values["LABEL"]
      cluster.disks[place].signatures = cluster.disks[place].signatures.map { signature in
        var fields = signature.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        fields[2] = label
        return fields.joined(separator: ",")
      }
    case "bring-data": try bringData(&cluster)
    case "make-logical-volume", "answer-mark", "check-volume-group", "settle-volume-group", "grow-logical-volume", "set-system-id-source",
      "add-lvm-device", "order-shutdown":
      try logicalVolume(name, values, &cluster)
    case "provide-image", "compare-images": try image(name, values, &cluster)
    case "settle-unit":
      cluster[node].loadedUnit = cluster[node].files["/etc/systemd/system/pmm-server.service"]?.content
      cut(cluster)
      cluster[node].units["pmm-server.service"]?.enabled = false
    case "test-device": try testDevice(values, &cluster)
    case "enable-sbd", "create-sbd", "check-sbd", "check-reservations": try sbd(name, values, &cluster)
    case "serve-votes", "request-certificate", "sign-certificate", "keep-certificate", "start-qdevice", "stop-qdevice":
      try votes(name, values, &cluster)
    case "set-password", "start-pcsd", "authorize": try access(name, values, &cluster)
    case "stop-default", "stop-for-sbd", "reload-corosync", "seed-cib", "start-corosync", "start-cluster", "patch-cib", "wait-stopped",
      "settle",
      "restart-pmm", "stop-service", "stop-cluster", "remove-remains":
      try daemons(name, values, &cluster)
      cluster.act()
    default: throw Refusal("the simulation does not know the script '\(name)': teach it")
    }
  }

  private func install(_ values: Values, _ cluster: inout SimulatedCluster) throws {
    let example = "/etc/corosync/corosync.conf"
    let before = cluster[node]
    let new = !before.has("corosync") && !before.has("pacemaker") && before.cib == nil && before.files[example] == nil
    if before.guardNote == nil { cluster[node].guardNote = new ? "yes" : "no" }
    cut(cluster)
    for package in try values.words("PACKAGES") {
      cluster[node].packages.insert(package)
      switch package {
      case "corosync" where before.files[example] == nil:
        cluster[node, example] = .init(content: debianExample, mode: 0o644)
      case "pcs": cut(cluster)
      case "lvm2" where before.files["/etc/lvm/lvmlocal.conf"] == nil:
        cluster[node, "/etc/lvm/lvmlocal.conf"] = .init(content: "local {\n}\n", mode: 0o644)
      default: break
      }
      let unit = ["corosync": "corosync", "pacemaker": "pacemaker", "pcs": "pcsd", "chrony": "chrony", "sbd": "sbd"][package]
      if let unit, before.units["\(unit).service"] == nil {
        cluster[node].units["\(unit).service"] = .init(active: unit == "chrony", enabled: true)
      }
      if package == "corosync-qnetd" { cluster[node].units["corosync-qnetd.service"] = .init() }
      if package == "pacemaker" {
        cluster[node, "/etc/pacemaker/authkey"] = .init(content: "made at install on \(node)", mode: 0o640)
      }
    }
    cut(cluster)
    if cluster[node].guardNote == "yes", cluster[node, example]?.content == debianExample {
      for unit in ["corosync.service", "pacemaker.service"] { cluster[node].units[unit] = .init() }
      cluster[node, example] = nil
      cluster[node].cib = nil
    }
    cut(cluster)
    cluster[node].guardNote = nil
  }

  private func firewall(_ name: String, _ values: Values, _ cluster: inout SimulatedCluster) throws {
    if name == "knock" {
      let target = try NodeName(try values["NODE"])
      let open = cluster[target].firewall?.runtime ?? []
      for line in try values["TARGETS"].split(separator: "\n") {
        let service = ["2224": "high-availability", "443": "https", "2049": "nfs", "24007": "glusterfs"][
          String(line.split(separator: " ")[1])]
        if !open.contains(service ?? "") { throw Refusal("\(node) cannot reach \(line) of \(target)") }
      }
      return
    }
    for line in try values["RULES"].split(separator: "\n") {
      let services = line.split(separator: " ").dropFirst().map { String($0.split(separator: "=")[1]) }
      if name == "open-firewall" {
        cluster[node].firewall?.runtime.formUnion(services)
        cut(cluster)
      } else {
        cluster[node].firewall?.runtime.subtract(services)
        cut(cluster)
        cluster[node].firewall?.runtime.formUnion(services)
        cut(cluster)
        cluster[node].firewall?.permanent.formUnion(services)
        cut(cluster)
      }
    }
  }

  private func share(_ name: String, _ values: Values, _ cluster: inout SimulatedCluster) throws {
    let mark = "\(try values["SHARE"])/.pmm-ha-share"
    let record = "/var/lib/pmm-ha/share.mark"
    if name == "check-share" {
      guard let seen = cluster[node, mark] else {
        throw Waiting(reason: "the share is not shared: it has no mark of \(try values["MAKER"])'s")
      }
      cluster[node, record] = seen
      return
    }
    let place = cluster[node].share
    if cluster.shares[place] == nil { cluster.shares[place] = [:] }
    cut(cluster)
    if cluster[node, mark] == nil { cluster[node, mark] = .init(content: "mark-of-\(node)", mode: 0o644) }
    cut(cluster)
    cluster[node, record] = cluster[node, mark]
  }

  private func mount(_ values: Values, _ cluster: inout SimulatedCluster) throws {
    let (unit, source) = (try values["UNIT"], try values["SOURCE"])
    guard cluster[node].files["/etc/systemd/system/\(unit).mount"] != nil else { throw Refusal("there is no \(unit).mount") }
    cluster[node].shareMount = nil
    cut(cluster)
    cluster[node].units["\(unit).automount"] = .init(active: true, enabled: true)
    cut(cluster)
    let isVolume = source.hasPrefix("localhost:")
    guard cluster[node].has(isVolume ? "glusterfs-client" : "nfs-common") else { throw Refusal("nothing can mount \(source)") }
    if isVolume, cluster.volume?.started != true { throw Refusal("there is no volume to mount") }
    if let server = cluster.helpers.values.first, !isVolume, !server.exported.contains(cluster[node].address) {
      throw Refusal("the server does not let \(node) in")
    }
    let place = cluster[node].share
    cluster.shares[place] = cluster.shares[place] ?? [:]
    cluster[node].shareMount = source
  }

  private func gluster(_ name: String, _ values: Values, _ cluster: inout SimulatedCluster) throws {
    if name == "start-glusterd" {
      guard cluster[node].has("glusterfs-server") else { throw Refusal("there is no glusterd") }
      cluster[node].directories[try values["BRICK"]] = 0o755
      cut(cluster)
      cluster[node].units["glusterd.service"] = .init(active: true, enabled: true)
      return
    }
    for other in cluster.names + cluster.helpers.keys where cluster[other].units["glusterd.service"]?.active != true {
      throw Refusal("\(other) does not answer")
    }
    var volume = cluster.volume ?? .init()
    volume.peers = Set(try values.words("PEERS"))
    cluster.volume = volume
    cut(cluster)
    volume.bricks = try values.words("BRICKS")
    cluster.volume = volume
    cut(cluster)
    for option in try values.words("OPTIONS") {
      let parts = option.split(separator: "=", maxSplits: 1)
      volume.options[String(parts[0])] = String(parts[1])
      cluster.volume = volume
      cut(cluster)
    }
    cluster.volume?.started = true
  }

  private func filesystem(_ name: String, _ values: Values, _ cluster: inout SimulatedCluster) throws {
    let (type, label) = (try values["FSTYPE"], try values["LABEL"])
    if name == "check-filesystem" {
      guard cluster.disk(node).signatures.contains(where: { $0.hasSuffix(",\(label),\(type)") }) else {
        throw Waiting(reason: "\(node) does not see the filesystem that \(try values["MAKER"]) has made: different disks")
      }
      return
    }
    let place = cluster[node].disk
    let found = cluster.disks[place].types.joined(separator: "+")
    guard try found == values["ALLOWED"] else { throw Refusal("it holds '\(found)' now") }
    if cluster.running["pmm_fs"] != nil || cluster.disks[place].signatures.contains(where: { $0.hasSuffix(",\(label),\(type)") }) {
      cluster.alarms.append("PMM's own filesystem is made anew")
    }
    while cluster.disks[place].signatures.popLast() != nil { cut(cluster) }
    cluster.filesystemsMade += 1
    cluster.disks[place].signatures = [SimulatedCluster.Disk.filesystem(type, label: label, uuid: "uuid-\(cluster.filesystemsMade)")]
  }

  private func bringData(_ cluster: inout SimulatedCluster) throws {
    guard cluster.mounts(node), cluster[node].ownData, !cluster.sharedData else { throw Refusal("there is nothing to bring") }
    try cluster.changeCIB(from: node) { cib in
      try cib.apply(
        """
        modify configuration <configuration><crm_config><cluster_property_set id="pmm-ha"><nvpair id="pmm-ha-taking-over" \
        name="pmm-ha-taking-over" value="true"/></cluster_property_set></crm_config></configuration>
        """)
    }
    cut(cluster)
    cluster.changeCIB(from: node) { $0.setMeta("pmm-server", "target-role", "Stopped") }
    cut(cluster)
    cluster.act(waited: true)
    guard cluster[node].pmm == nil, cluster.mounts(node) else { throw Refusal("PMM has not stopped") }
    cut(cluster)
    cluster.sharedData = true
    cluster[node].ownData = false
  }

  private func image(_ name: String, _ values: Values, _ cluster: inout SimulatedCluster) throws {
    let note = "/var/lib/pmm-ha/pmm-image"
    let reference = try values["REFERENCE"]
    if name == "compare-images" {
      guard try cluster[node, note]?.content == values["THEIRS"] else { throw Refusal("two images of one name: \(reference)") }
      return
    }
    guard cluster[node].has("podman") else { throw Refusal("there is no podman") }
    cluster[node, note] = nil
    guard let id = cluster.registryOf[node] ?? cluster.registry[reference] else { throw Refusal("no registry has \(reference)") }
    cluster[node].images[reference] = id
    cut(cluster)
    let expected = try values["EXPECTED"]
    guard expected.isEmpty || expected == id else { throw Refusal("\(reference) is another image on the other node") }
    cluster[node, note] = .init(content: id, mode: 0o644)
  }

  private func testDevice(_ values: Values, _ cluster: inout SimulatedCluster) throws {
    let id = try values["ID"]
    let password = cluster[node, "/etc/pmm-ha/fencing/\(id).password"]?.content
    let usable = ["fence-agents", "ipmitool"].allSatisfy(cluster[node].has) && cluster[node, "/etc/pmm-ha/fencing/\(id)"] != nil
    let target = try NodeName(values["NODE"])
    // Asked when the cluster has come to rest.
    if try values["AGENT"] == "fence_sbd" { cluster.act(waited: true) }
    let passed =
      switch try values["AGENT"] {
      case "fence_sbd": cluster[target].sbd != nil
      // It has its rights from the instance's role; all that can be wrong is whom it stops.
      case "fence_aws": try cluster[node].has("python3-boto3") && values["PARAMETERS"].contains("plug=i-")
      default: usable && password == cluster.devicePasswords[id]
      }
    let record = "result=\(passed ? "passed" : "failed")\ntime=1795000000\nfingerprint=\(try values["FINGERPRINT"])\n"
    cluster[node, "/var/lib/pmm-ha/fencing/\(id).tested"] = .init(content: record, mode: 0o644)
    cluster[node].staleTests.remove(id)
    if !passed { throw Refusal("\(id) refuses the password") }
  }

  private func access(_ name: String, _ values: Values, _ cluster: inout SimulatedCluster) throws {
    if name == "start-pcsd" {
      guard cluster[node].has("pcs") else { throw Refusal("there is no pcsd") }
      cluster[node].units["pcsd.service"] = .init(active: true, enabled: true)
      return
    }
    guard let password = cluster[node, try values["FILE"]]?.content else { throw Refusal("there is no \(try values["FILE"])") }
    if name == "set-password" {
      guard cluster[node].has("pcs") else { throw Refusal("there is no account hacluster") }
      cluster[node].hacluster = password
      cut(cluster)
      cluster[node, "/var/lib/pmm-ha/hacluster.set"] = .init(content: password, mode: 0o600)
      return
    }
    let hosts = try values.words("HOSTS").map { try NodeName(String($0.split(separator: "=")[0])) }
    for host in hosts where cluster[host].units["pcsd.service"]?.active != true { throw Waiting(reason: "pcsd on \(host) does not answer") }
    for host in hosts where cluster[host].hacluster != password { throw Refusal("pcs could not log in on \(host)") }
    for host in hosts {
      let token = "\(host)-\(cluster[host].accepted.count)"
      cluster[host].accepted.append(token)
      cluster[node].knownHosts[host.description] = token
      cut(cluster)
    }
    // pcs hands them to all nodes of the cluster that it is on.
    for peer in cluster.membership(of: node) {
      cluster[peer].knownHosts.merge(cluster[node].knownHosts) { $1 }
      cut(cluster)
    }
  }
}

/// Debian's corosync.conf, of corosync 3.1.7, in short.
let debianExample = """
  totem {
  	version: 2
  	cluster_name: debian
  }
  nodelist {
  	node {
  		name: node1
  		nodeid: 1
  		ring0_addr: 127.0.0.1
  	}
  }

  """
