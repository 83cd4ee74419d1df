import Core

/// The part of the CIB's configuration that this tool owns, merged from all components.
package struct DesiredCIB: Sendable, Equatable {
  /// In the order of their ids in corosync.conf, from 1.
  package var nodes: [NodeName]
  package var properties: [Pair]
  package var group: Group
  /// Resources outside the group: fencing devices, then what runs where the group runs.
  package var resources: [Primitive]
  package var locations: [CIBFragment.Location]
  package var colocations: [CIBFragment.Colocation] = []
  package var orders: [CIBFragment.Order] = []
  package var levels: [FencingLevel]

  /// All that makes the service, the group first: what must run for it to be there, and what a take-over stops. Not what
  /// may be down meanwhile (`critical=false`).
  package var service: [Primitive] {
    group.members
      + resources.filter { resource in
        colocations.contains { $0.resource == resource.id } && !resource.meta.contains(Pair("critical", "false"))
      }
  }

  package struct Group: Sendable, Equatable {
    package var id: String
    package var members: [Primitive]
    package var meta: [Pair]
  }

  /// One try at fencing a node; the next index is tried when it fails.
  package struct FencingLevel: Sendable, Equatable {
    package var target: String
    package var index: Int
    /// Used together: all must succeed.
    package var devices: [String]
    var id: String { "fl-\(target)-\(index)" }
  }

  /// The fragments in the order of the spec, members of the group in the order of their start. A property that a
  /// fragment sets wins over the one derived here; of two fragments' the later.
  package static func merge(_ fragments: [CIBFragment], _ spec: PacemakerSpec) -> DesiredCIB {
    let devices = fragments.flatMap(\.resources).filter { $0.agent.standard == "stonith" }
    let resources = devices + fragments.flatMap(\.resources).filter { $0.agent.standard != "stonith" }
    var locations = fragments.flatMap(\.locations)
    let given = fragments.reduce(into: [:]) { $0.merge($1.fencingLevels) { $1 } }
    for device in devices {
      // Nobody else starts a fencing device, so none is looked for; and its start, which is no more than a first check, comes
      // after the service's where both are due: the fencer has every device from the CIB and uses it, started or not. Both
      // keep the agent's Python (0.2 s a call) out of the way of mount and PMM.
      //
      // A node must not be the one to fence itself: were it alone to know the device, it would have to be alive. One
      // that must be unfenced does that for itself.
      if device.unfences { continue }
      for node in spec.nodes where !locations.contains(where: { $0.resource == device.id && $0.node == node }) {
        let score = device.targets.contains(node) ? "-INFINITY" : "0"
        locations.append(
          .init("location-\(device.id)-\(node)-\(score)", resource: device.id, node: node, score: score, isProbed: false))
      }
    }
    if let preferred = spec.preferredNode {
      // Below the default stickiness of 100: decides where nothing runs yet, and does not move what runs.
      locations.append(
        .init("location-\(PacemakerSpec.group)-\(preferred)-50", resource: PacemakerSpec.group, node: preferred, score: "50"))
    }
    let levels = levels(devices, given)
    let members = fragments.flatMap(\.group)
    var properties = derivedProperties(devices, levels, spec)
    for pair in fragments.flatMap(\.properties) {
      properties.removeAll { $0.name == pair.name }
      properties.append(pair)
    }
    return DesiredCIB(
      nodes: spec.nodes, properties: properties,
      group: Group(id: PacemakerSpec.group, members: members, meta: groupMeta(spec)),
      resources: resources, locations: locations, colocations: fragments.flatMap(\.colocations),
      orders: members.last.map { last in devices.filter { !$0.unfences }.map { .init($0.id, after: last.id) } } ?? [], levels: levels)
  }

  /// On the group and not as rsc_defaults, which would change what others run in this cluster.
  private static func groupMeta(_ spec: PacemakerSpec) -> [Pair] {
    [
      // What priority-fencing-delay counts: the node that runs the service is worth more.
      Pair("priority", "10"),
      Pair("resource-stickiness", "\(spec.stickiness)"),
    ] + Primitive.patience
  }

  private static func derivedProperties(_ devices: [Primitive], _ levels: [FencingLevel], _ spec: PacemakerSpec) -> [Pair] {
    var result = [
      // Without a device and without a word from the spec it stays true: Pacemaker then refuses to start anything,
      // which is right, for a failover would be a guess.
      Pair("stonith-enabled", "true"),
      // Pacemaker's default, said so that a copied `ignore` is put right. Corosync's two_node keeps quorum when one
      // node is left.
      Pair("no-quorum-policy", "stop"),
      // Default stop: a node that hears of its own fencing stops Pacemaker for good and leaves what runs there running. It
      // hears of it when the device lied, when only its disk was taken away, and when it is back before the device has
      // confirmed, as virtual machines are; then it stayed out. A reboot is safe in each case.
      Pair("fence-reaction", "panic"),
      // Default 20 s: how long the first node waits for another's daemons before it elects itself. Both are started
      // side by side here.
      Pair("dc-deadtime", "\(spec.timing.electionWait)ms"),
      // Default 0. Where CIB updates are pending when the scheduler is called, pacemaker-controld 2.1 sleeps a whole second
      // (do_pe_invoke); a breath before calling it lets them in. Measured from the lost member to the first start:
      // 1.04 s without, 0.09 s with 50 ms; 10 ms is too short.
      Pair("transition-delay", "50ms"),
      // Default 80 % of the processors: a busier node gets one action at a time, which is meant for hundreds of resources.
      // Seen with three: the address waited 1.5 s for PMM, which was up and not to be reached.
      Pair("load-threshold", "1000%"),
    ]
    let targets = Set(devices.flatMap(\.targets))
    let delayed = devices.contains { $0.parameters.contains { $0.name.hasPrefix("pcmk_delay") } }
    if targets.count > 1 && (!delayed || spec.priorityFencingDelay != nil) {
      result.append(Pair("priority-fencing-delay", "\(spec.fencingHeadStart)s"))
    }
    // Default 60 s; it must cover all that fencing one node may take. Devices that are used together are switched off one
    // after the other, and then on again.
    let shared = Set(levels.filter { $0.devices.count > 1 }.flatMap(\.devices))
    let longest =
      targets.map { target in
        devices.filter { $0.targets.contains(target) }.map { $0.fencingTimeout * (shared.contains($0.id) ? 2 : 1) }.reduce(0, +)
      }.max() ?? 0
    if longest > 60 { result.append(Pair("stonith-timeout", "\(longest)s")) }
    return result
  }

  /// Devices of a node that has several are tried by their given levels; without, one after the other in the order of
  /// the spec.
  private static func levels(_ devices: [Primitive], _ given: [String: Int]) -> [FencingLevel] {
    var seen: [NodeName] = []
    for target in devices.flatMap(\.targets) where !seen.contains(target) { seen.append(target) }
    return seen.flatMap { target -> [FencingLevel] in
      let own = devices.filter { $0.targets.contains(target) }
      if own.count < 2 { return [] }
      let placed = own.enumerated().map { (index: given[$0.element.id] ?? $0.offset + 1, id: $0.element.id) }
      return Set(placed.map(\.index)).sorted().map { index in
        FencingLevel(target: target.description, index: index, devices: placed.filter { $0.index == index }.map(\.id))
      }
    }
  }
}

extension Primitive {
  /// How many failures the service's resources may have where they are.
  package static let patience = [
    // Two restarts where it is, the third failure moves it; Pacemaker's default is never. (A failed start moves it at
    // once, by start-failure-is-fatal.)
    Pair("migration-threshold", "3"),
    // Failures are forgotten after ten quiet minutes, so that the node may take the service again.
    Pair("failure-timeout", "600s"),
  ]

  /// The nodes that a fencing device is for, by its pcmk_host_list.
  var targets: [NodeName] {
    guard agent.standard == "stonith", let list = parameters.first(where: { $0.name == "pcmk_host_list" })?.value else { return [] }
    return list.split { " ,;".contains($0) }.compactMap { try? NodeName(String($0)) }
  }

  /// Seconds; Pacemaker's default for an action of a device is 60.
  var fencingTimeout: Int {
    let given = ["pcmk_reboot_timeout", "pcmk_off_timeout"].compactMap { name in
      parameters.first { $0.name == name }.flatMap { milliseconds($0.value) }
    }
    return given.max().map { ($0 + 999) / 1000 } ?? 60
  }

  /// Its node has access only after it was given it: Pacemaker unfences a node when it joins.
  var unfences: Bool { meta.contains(Pair("provides", "unfencing")) }
}

/// A time as Pacemaker writes it (`10`, `10s`, `500ms`, `2min`), in milliseconds; nil where it is something else.
package func milliseconds(_ time: String) -> Int? {
  let digits = time.prefix { $0.isASCII && $0.isNumber }
  guard let number = Int(digits), number < 1 << 40 else { return nil }
  switch time.dropFirst(digits.count) {
  case "", "s", "sec": return number * 1000
  case "ms", "msec": return number
  case "m", "min": return number * 60_000
  case "h", "hr": return number * 3_600_000
  default: return nil
  }
}
