import Core
import Fencing
import Pacemaker

extension EC2Spec {
  /// The agent that stops instances through the EC2 API.
  package static let fenceAgent = "fence_aws"

  /// Seconds that stopping an instance may take, and starting it again as much: a forced stop of a hung instance takes
  /// minutes (Red Hat's value for AWS is 240).
  static let powerTimeout = 240

  /// Parameters that newer agents know, and what is missed without each. fence-agents 4.12 (Debian 12) has neither of
  /// the last two.
  static let extras: [(name: String, value: String, missed: String)] = [
    (
      "disable_timeout", "false",
      "an instance that does not come back on would count as not fenced, though it is off"
    ),
    (
      "skip_race_check", "1",
      "before it stops the other node the agent asks the metadata service who it is itself, and fences nobody while that is away"
    ),
    (
      "skip_os_shutdown", "true",
      "the stop waits for the lost system to shut down, up to minutes, in place of cutting its power"
    ),
  ]

  /// The devices of fence_aws with all that they need: whom to stop, where, and times that fit. What the spec itself
  /// sets wins. `offered`: the parameters that the agent has on both nodes; nil: not known yet.
  package func completed(_ fencing: FencingSpec, offered: Set<String>?) -> FencingSpec {
    fencing.defaulting(Self.fenceAgent) { device in
      var parameters = ["region": region, "power_timeout": "\(Self.powerTimeout)"]
      if let instance = instances[device.node] {
        // Pacemaker goes by the map; the test before the first start asks the agent itself.
        parameters["plug"] = instance
        parameters["pcmk_host_map"] = "\(device.node):\(instance)"
      }
      for extra in Self.extras where offered?.contains(extra.name) ?? false { parameters[extra.name] = extra.value }
      // Delay, off and on, with room. Pacemaker's default of 60 s ends while the instance still stops, and nothing fails over.
      parameters["pcmk_reboot_timeout"] = "\(600 + (device.delay ?? 0))s"
      parameters["pcmk_off_timeout"] = "\(300 + (device.delay ?? 0))s"
      parameters["pcmk_monitor_timeout"] = "90s"
      parameters["pcmk_status_timeout"] = "90s"
      if fenceAction == .off { parameters["pcmk_reboot_action"] = "off" }
      return parameters
    }
  }

  /// The fencing devices' resources as they fit an API that may be slow or away: their monitor asks seldom, and a device that
  /// failed it is watched again by itself. (Pacemaker uses a device for fencing whether its monitor runs or not.)
  package func settled(_ fragment: CIBFragment) -> CIBFragment {
    var fragment = fragment
    fragment.resources = fragment.resources.map { device in
      guard device.agent == .stonith(Self.fenceAgent) else { return device }
      var device = device
      device.operations = [
        Operation("start", timeout: 120), Operation("monitor", interval: 300, timeout: 120),
      ]
      device.meta.append(Pair("failure-timeout", "300s"))
      return device
    }
    return fragment
  }
}
