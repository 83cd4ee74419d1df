import Core

/// A node's place for the share, as the plan takes it.
enum View: Equatable {
  /// A directory, with its mark.
  case ready(String?)
  /// The units must be written, or the mount made anew: why.
  case toMount(String)
  case absent(parent: Bool)
  case other(String)
  case hanging
  case failing(String)
  /// This node has seen the very share before, and it does not answer now: nothing to doubt, nothing to do here.
  case down(String)

  var mark: String? { if case .ready(let mark) = self { mark } else { nil } }
}

extension ConfigShare {
  /// `toMount`: what is to be mounted is only made by this plan.
  func view(_ node: NodeName, _ fact: ShareFacts, toMount: Bool) -> View {
    if let units = units(node) {
      if let why = unfinished(units, fact) { return .toMount(why) }
      if toMount { return .toMount("the volume is only made now") }
      if case .failing(let message) = fact.place {
        // The client of a mount has died, or the server has forgotten it: only a new mount helps, and PMM does not mind.
        for words in ["Transport endpoint is not connected", "Stale file handle"] where message.contains(words) { return .toMount(words) }
      }
      if let mount = fact.mount, mount.source != units.source || !units.kernelTypes.contains(mount.type) {
        return .toMount("\(mount.source) is mounted there")
      }
    }
    // What is seen without a mount is the node's own directory, and means nothing.
    var isOwn = units(node) != nil && fact.mount == nil
    if fact.place == .hanging { isOwn = false }
    if case .failing = fact.place { isOwn = false }
    if isOwn { return fact.record == nil ? .toMount("it is not mounted") : .down("is not mounted") }
    switch fact.place {
    case .directory(_, let mark): return .ready(mark)
    case .absent(let parent): return .absent(parent: parent)
    case .other(let kind): return .other(kind)
    case .hanging: return fact.record == nil ? .hanging : .down("does not answer")
    case .failing(let message): return fact.record == nil ? .failing(message) : .down("cannot be looked at: \(message)")
    }
  }

  /// Why the units are not in place; nil where they are.
  private func unfinished(_ units: MountUnits, _ fact: ShareFacts) -> String? {
    for (path, text) in [(units.mountFile, units.mount), (units.automountFile, units.automount)] {
      guard let file = fact.files[path] else { return "it is not mounted yet" }
      if file.content != text { return "its unit changes" }
      if file.mode != 0o644 { return "others than root may change its unit" }
    }
    let automounts = fact.units[units.name + ".automount"]?.canStart != false
    let name = units.name + (automounts ? ".automount" : ".mount")
    guard let unit = fact.units[name], unit.file == "enabled" else { return "it would not be mounted after a reboot" }
    if fact.units.values.contains(where: \.needsReload) { return "systemd has not read its unit" }
    return automounts && unit.active != "active" ? "\(name) does not run" : nil
  }
}
