import Core

/// What a node's fencing devices say of its power: the proof that a lost node is off.
package enum PowerState: Sendable, Equatable {
  /// A device says so, and none says otherwise.
  case off
  case on
  /// No device answers, or there is none that could.
  case unknown(String)

  /// Reads what probe-power.sh printed.
  package init(_ answer: Answer) {
    let lines = answer.output.split(separator: "\n").map { $0.split(separator: " ", maxSplits: 2).map(String.init) }.filter { $0.count > 1 }
    if lines.contains(where: { $0[1] == "on" }) {
      self = .on
    } else if lines.contains(where: { $0[1] == "off" }) {
      self = .off
    } else {
      let words = lines.map { "\($0[0]): \($0.count > 2 ? $0[2] : "no answer")" }
      self = .unknown(words.isEmpty ? "no device tells its power" : words.joined(separator: "; "))
    }
  }
}

extension FencingSpec {
  /// These keep a node from the disk; of its power they know nothing.
  private static let storageAgents: Set = ["fence_scsi", "fence_mpath", "fence_sbd", "fence_watchdog"]

  /// Put to a node that uses the devices of `target`. Only asks.
  package func powerQuestion(of target: NodeName) -> Question<PowerState> {
    let devices = named.filter { $0.device.node == target && !Self.storageAgents.contains($0.device.agent) }
    let parameters = devices.flatMap { id, device in device.agentParameters(id).map { "\(id) \($0.name)=\($0.value)\n" } }
    return Question(
      "probe-power", PackageResources.probe_power_sh,
      ["DEVICES": Text(devices.map { "\($0.id) \($0.device.agent)\n" }.joined()), "PARAMETERS": Text(parameters.joined())],
      limit: 10 + 35 * devices.count
    ) { PowerState($0) }
  }
}
