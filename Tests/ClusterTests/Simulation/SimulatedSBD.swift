import Core
import Pacemaker

// SBD: a disk with slots, a daemon that starts and stops with the cluster, and devices that are worth nothing without it.

extension SimulatedCluster {
  /// SBD's shared disk.
  struct SBDDisk: Hashable, Sendable {
    var signatures: [String] = []
    var hasSlots = false
  }

  static let sbdDevice = "/dev/disk/by-id/scsi-36001405ee55ff660aa11bb22cc33dd44"
  static let sbdFile = "/etc/default/sbd"

  func sbdAnswer(_ node: NodeName, _ values: SimulatedStep.Values) throws -> String {
    guard try !values["WATCHDOG"].isEmpty else { return "" }
    let here = self[node]
    let unit = here.units["sbd.service"]
    var text = "== sbd\n\(here.has("sbd") ? "installed=yes\n" : "")file=\(Self.sbdFile)\n"
    if let file = here.files[Self.sbdFile] { text += "mode=\(String(file.mode, radix: 8))\n" }
    text += "sbd=\(unit?.active == true ? "active" : "inactive")\nenabled=\(unit?.enabled == true ? "enabled" : "disabled")\n"
    text += "cluster=\(here.runsPacemaker ? "active" : "inactive")\n"
    if let started = here.sbd, started != here.files[Self.sbdFile]?.content { text += "stale=yes\n" }
    if let file = here.files[Self.sbdFile] { text += "== sbd file\n\(file.content)\n" }
    text += "== watchdog\n"
    if let watchdog = here.watchdog { text += "present=yes\nidentity=\(watchdog)\nstate=\(here.sbd == nil ? "inactive" : "active")\n" }
    guard try !values["SBD_DISK"].isEmpty else { return text }
    text += "== sbd disk\nkind=block\nsize=16777216\n"
    // watchdog 10, msgwait 20, as sbd 1.5.1 writes them.
    let header = "5342445f5342445f02ff0000000002000000000a000000020000000100000014024b4ad8afad55423985c4e08ee3c43a3f"
    text += "header=\(sbdDisk.hasSlots ? header : String(repeating: "0", count: 98))\n"
    return text + sbdDisk.signatures.map { "signature \($0)\n" }.joined()
  }
}

extension SimulatedStep {
  func sbd(_ name: String, _ values: Values, _ cluster: inout SimulatedCluster) throws {
    switch name {
    case "enable-sbd":
      guard cluster[node].units["sbd.service"] != nil else { throw Refusal("sbd.service cannot be enabled") }
      cluster[node].units["sbd.service"]?.enabled = true
    case "create-sbd":
      guard cluster[node].has("sbd") else { throw Refusal("there is no sbd") }
      if cluster.sbdDisk.hasSlots { return }
      guard try cluster.sbdDisk.signatures.joined(separator: "+") == values["ALLOWED"] else { throw Refusal("it holds other data now") }
      while cluster.sbdDisk.signatures.popLast() != nil { cut(cluster) }
      cluster.sbdDisk.hasSlots = true
    case "check-reservations": break
    case "check-sbd":
      guard cluster.sbdDisk.hasSlots else { throw Waiting(reason: "\(node) does not see the slots that \(try values["MAKER"]) has made") }
    default: throw Refusal("the simulation does not know the script '\(name)': teach it")
    }
  }

  /// Pacemaker requires it, where it is enabled.
  func startSBD(_ cluster: inout SimulatedCluster) throws {
    guard cluster[node].units["sbd.service"]?.enabled == true, cluster[node].sbd == nil else { return }
    let file = cluster[node, SimulatedCluster.sbdFile]?.content ?? ""
    guard file.contains("SBD_DEVICE="), cluster.sbdDisk.hasSlots, cluster[node].watchdog != nil else { throw Refusal("sbd does not start") }
    cluster[node].units["sbd.service"]?.active = true
    cluster[node].sbd = file
    cut(cluster)
  }
}
