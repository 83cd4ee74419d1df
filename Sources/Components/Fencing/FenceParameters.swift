import Core
import Pacemaker

/// Where fencing's files lie on a node.
enum FencingPath {
  static func password(_ id: String) -> String { "/etc/pmm-ha/fencing/\(id).password" }
  /// Hands the password to the agent: a stand-in for ipmitool, or a script that prints it.
  static func script(_ id: String) -> String { "/etc/pmm-ha/fencing/\(id)" }
  static func record(_ id: String) -> String { "/var/lib/pmm-ha/fencing/\(id).tested" }
}

extension FenceDevice {
  /// Agents that are fence_ipmilan by another name: all call ipmitool.
  static let ipmiAgents: Set = [
    "fence_ipmilan", "fence_ipmilanplus", "fence_idrac", "fence_ilo3", "fence_ilo4", "fence_ilo5", "fence_imm",
  ]
  var isIPMI: Bool { Self.ipmiAgents.contains(agent) }

  /// What the agent is called with, by the names of fence-agents' library; the spec's own `parameters` win.
  ///
  /// The password stands in none of them. Agents of the library run `password_script` for it; fence_ipmilan would then
  /// hand it to ipmitool as an argument, so there a stand-in for ipmitool adds it.
  func agentParameters(_ id: String) -> [Pair] {
    var result: [Pair] = []
    if let address { result.append(Pair("ip", address)) }
    if let port { result.append(Pair("ipport", "\(port)")) }
    if let user { result.append(Pair("username", user)) }
    if let disk { result.append(Pair("devices", disk)) }
    // The agent ends sbd when this is over (30 s by default), and sbd's message takes all of msgwait; how long it may
    // really take is Pacemaker's to say.
    if agent == "fence_sbd" { result.append(Pair("power_timeout", "300")) }
    if password != nil { result.append(Pair(isIPMI ? "ipmitool_path" : "password_script", FencingPath.script(id))) }
    if isIPMI {
      result += [
        Pair("lanplus", "1"),
        // Else ipmitool tries suite 17 first, and a BMC without it costs 14 s a call.
        Pair("cipher", "3"),
        // The agent asks for the power state until it is off; a pause before the first question (2 s) and between two
        // (1 s) only adds to every failover.
        Pair("power_wait", "0"),
        Pair("stonith_status_sleep", "0"),
        // Under Pacemaker the agent asks without end whether the node is on again, and a node whose power supply is
        // dead would count as not fenced. With an end it counts as what it is: off. 150 questions take 4 s with the
        // quickest BMC and half a minute with a slow one; for a node that is still not off Pacemaker tries again.
        Pair("disable_timeout", "false"),
        Pair("power_timeout", "150"),
      ]
    }
    for (name, value) in parameters.sorted(by: { $0.key < $1.key }) where !name.hasPrefix("pcmk_") {
      if let index = result.firstIndex(where: { $0.name == name }) {
        result[index] = Pair(name, value)
      } else {
        result.append(Pair(name, value))
      }
    }
    return result
  }

  /// What Pacemaker itself reads of a device.
  func pacemakerParameters(_ timing: Timing = .standard) -> [Pair] {
    var result = [Pair("pcmk_host_list", node.description), Pair("pcmk_host_check", "static-list")]
    if let delay { result.append(Pair("pcmk_delay_base", "\(delay)s")) }
    if agent == "fence_sbd" {
      // Never shorter than Pacemaker's default of 60 s.
      let limit = max(60, SBDTimes(self, timing).fencingTimeout + (delay ?? 0))
      if limit > 60 { result += ["pcmk_reboot_timeout", "pcmk_off_timeout"].map { Pair($0, "\(limit)s") } }
    }
    // Taking its key away is all that these can do to a node; it boots by other means, and Pacemaker gives the key back.
    if unfences { result.append(Pair("pcmk_reboot_action", "off")) }
    for (name, value) in parameters.sorted(by: { $0.key < $1.key }) where name.hasPrefix("pcmk_") {
      result.removeAll { $0.name == name }
      result.append(Pair(name, value))
    }
    return result
  }

  /// Tells this configuration from another one, without its password.
  func fingerprint(_ id: String) -> String {
    ([agent] + agentParameters(id).map { "\($0.name)=\($0.value)" }).joined(separator: " ")
  }
}

extension FencingSpec {
  /// The devices as stonith resources, kept away from the nodes that they power off.
  package func fragment(_ timing: Timing = .standard) -> CIBFragment {
    var fragment = CIBFragment()
    if case .noneIAcceptDataLoss = self {
      fragment.properties = [Pair("stonith-enabled", "false")]
      return fragment
    }
    fragment.properties = [Pair("stonith-enabled", "true")]
    for (id, device) in named where device.isResource {
      fragment.resources.append(
        Primitive(
          id, .stonith(device.agent), parameters: device.agentParameters(id) + device.pacemakerParameters(timing),
          meta: device.unfences ? [Pair("provides", "unfencing")] : [],
          operations: [Operation("monitor", interval: 60, timeout: 60)]))
      if let level = device.level { fragment.fencingLevels[id] = level }
      // A node must be able to take its own key again.
      if device.unfences { continue }
      fragment.locations.append(
        .init("location-\(id)-\(device.node)--INFINITY", resource: id, node: device.node, score: "-INFINITY", isProbed: false))
    }
    if let diskless = sbd(timing), diskless.disk == nil {
      // Without a disk nobody can ask a node whether it has reset itself: Pacemaker waits this long and takes it as done.
      fragment.properties.append(Pair("stonith-watchdog-timeout", "\(diskless.times.watchdog * 2)s"))
    }
    return fragment
  }
}

extension FenceDevice {
  /// Pacemaker's word for a node that must be given access to a disk before it may use it.
  var unfences: Bool { agent == "fence_scsi" || agent == "fence_mpath" }
  /// The watchdog alone is no resource: Pacemaker knows it by itself where sbd runs.
  var isResource: Bool { agent != "fence_watchdog" }
  /// What it is asked of is there only while the cluster runs: sbd's slots, Corosync's ids.
  var needsCluster: Bool { Self.diskAgents.contains(agent) }
}
