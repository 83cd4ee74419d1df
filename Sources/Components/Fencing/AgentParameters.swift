import Core

extension FenceDevice {
  /// What the device calls its node: by Pacemaker's pcmk_host_map (`pmm1:3;pmm2:4`), else the node's name.
  var plug: String {
    let pairs = (parameters["pcmk_host_map"] ?? "").split { " ;".contains($0) }.map { $0.split { ":=".contains($0) } }
    return pairs.first { $0.count == 2 && $0[0] == node.description }.map { String($0[1]) } ?? node.description
  }

  /// The agent's parameters by one of which it is told, separated by blanks: pcmk_host_argument, or as Pacemaker finds it.
  var plugNames: String {
    switch parameters["pcmk_host_argument"] {
    case nil: "plug port"
    case "none"?: ""
    case let name?: name
    }
  }

  /// Pacemaker's own parameters of a fencing device: pacemaker-fenced(7).
  static let pacemakerParameterNames: Set<String> = Set(
    ["pcmk_action_limit", "pcmk_delay_base", "pcmk_delay_max", "pcmk_host_argument", "pcmk_host_check", "pcmk_host_list", "pcmk_host_map"]
      + ["list", "monitor", "off", "on", "reboot", "status"].flatMap { action in
        ["action", "retries", "timeout"].map { "pcmk_\(action)_\($0)" }
      })

  /// Those of the spec's parameters that neither the agent (by its own meta-data) nor Pacemaker knows. Agents ignore them,
  /// so that a slip shows only when the node must be fenced. `known`: nil where the agent was not asked.
  package func unknownParameters(_ known: Set<String>?) -> [(name: String, near: String?)] {
    parameters.keys.sorted().compactMap { name in
      let pool: Set<String>
      if name.hasPrefix("pcmk_") {
        pool = Self.pacemakerParameterNames
      } else if let known, !known.isEmpty {
        pool = known
      } else {
        return nil
      }
      return pool.contains(name) ? nil : (name, didYouMean(name, among: pool.sorted()))
    }
  }
}

extension FencingSpec {
  func unknownParameters(_ id: String, _ device: FenceDevice, _ known: Set<String>?) -> [Finding] {
    device.unknownParameters(known).map { name, near in
      let owner = name.hasPrefix("pcmk_") ? "Pacemaker" : device.agent
      return Finding(
        .warning, at: id, "\(owner) knows no parameter '\(name)' and would ignore it",
        hint: (near.map { "did you mean '\($0)'? " } ?? "")
          + (owner == "Pacemaker" ? "See man pacemaker-fenced." : "See \(device.agent) -o metadata."))
    }
  }
}
