import Core

/// What a node's fencing devices say of its power, judged by levels: the evidence that a lost node is off.
package enum PowerState: Sendable, Equatable {
  /// All devices of one fencing level say so, and no device says otherwise. Their ids. A node with two power supplies has
  /// its outlets in one level: it runs while one of them is on, and one that does not answer may be on.
  case off(by: [String])
  /// This device says that the node has power.
  case on(by: String)
  /// Neither is shown: why, by device.
  case unknown(String)

  /// Judges what probe-power.sh printed, a line `ID on`, `ID off` or `ID unknown WHY` for each device that can tell. Devices
  /// that keep a node from the disk (fence_scsi, fence_sbd) know nothing of its power, so their level proves nothing here.
  package init(_ answer: Answer, of target: NodeName, in fencing: FencingSpec) {
    var said: [String: Fact<Bool>] = [:]
    for line in answer.output.split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 2).map(String.init)
      guard words.count > 1 else { continue }
      switch words[1] {
      case "on": said[words[0]] = .no
      case "off" where said[words[0]] == nil: said[words[0]] = .yes(true)
      default: said[words[0]] = .unknown(Unknown(words[0], words.count > 2 ? words[2] : "no answer"))
      }
    }
    let levels = fencing.levels(of: target)
    if let device = levels.flatMap(\.self).first(where: { said[$0]?.isNo == true }) {
      self = .on(by: device)
    } else if let device = said.filter({ $0.value.isNo }).keys.min() {
      self = .on(by: device)
    } else if answer.status == 0, let level = levels.first(where: { level in level.allSatisfy { said[$0]?.value == true } }) {
      self = .off(by: level)
    } else {
      let why = levels.flatMap(\.self).map { id in
        switch said[id] {
        case .unknown(let why): "\(why)"
        case .yes: "\(id): off, which alone proves nothing"
        case .no, nil: "\(id): no answer"
        }
      }
      self = .unknown(why.isEmpty ? "no device tells its power" : why.joined(separator: "; "))
    }
  }
}

extension FencingSpec {
  /// These keep a node from the disk; of its power they know nothing.
  private static let storageAgents: Set = ["fence_scsi", "fence_mpath", "fence_sbd", "fence_watchdog"]

  /// The ids of the devices of `target`, level by level as Pacemaker uses them: a device without a level is one of its own,
  /// by its place among the node's devices.
  package func levels(of target: NodeName) -> [[String]] {
    let own = named.filter { $0.device.node == target }
    let placed = own.enumerated().map { (level: $0.element.device.level ?? $0.offset + 1, id: $0.element.id) }
    return Set(placed.map(\.level)).sorted().map { level in placed.filter { $0.level == level }.map(\.id) }
  }

  /// Put to a node that uses the devices of `target`. Only asks; each device at once, at most 30 s.
  package func powerQuestion(of target: NodeName) -> Question<PowerState> {
    let devices = named.filter { $0.device.node == target && !Self.storageAgents.contains($0.device.agent) }
    let parameters = devices.flatMap { id, device in device.agentParameters(id).map { "\(id) \($0.name)=\($0.value)\n" } }
    return Question(
      "probe-power", PackageResources.ask_device_sh + PackageResources.probe_power_sh,
      [
        "DEVICES": Text(devices.map { "\($0.id) \($0.device.agent) \($0.device.plug) \($0.device.plugNames)\n" }.joined()),
        "ALL_PARAMETERS": Text(parameters.joined()),
      ], limit: 40
    ) { PowerState($0, of: target, in: self) }
  }
}
