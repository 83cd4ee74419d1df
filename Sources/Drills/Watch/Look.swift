import Core

/// What a node held of the service at one moment, as a watcher saw it: not what Pacemaker believes.
package struct Look: Sendable, Equatable {
  /// Seconds since 1970.
  package let at: Double
  /// When the same watcher looked at this node before, and saw what it had said then.
  package let before: Double
  package let node: NodeName
  /// It has running (or frozen) processes.
  package let isOn: Bool
  package let holds: Set<Held>

  /// What must never be on two nodes.
  package enum Held: String, Sendable, Codable, CaseIterable {
    case mount, address, pmm

    var noun: String {
      switch self {
      case .mount: "the filesystem"
      case .address: "the virtual IP"
      case .pmm: "PMM"
      }
    }
  }

  package init(at: Double, before: Double, node: NodeName, isOn: Bool = true, holds: Set<Held> = []) {
    self.at = at
    self.before = before
    self.node = node
    self.isOn = isOn
    self.holds = holds
  }

  /// Its watcher began with it, as after the node was gone.
  var isFirst: Bool { before >= at }

  /// A watcher's line: `EPOCH_MS EPOCH_MS_BEFORE NODE on|off [mount] [address] [pmm]`.
  package init?(line: String) {
    let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
    guard words.count >= 4, let at = Double(words[0]), let before = Double(words[1]), let node = try? NodeName(words[2]) else { return nil }
    self.init(
      at: at / 1000, before: before / 1000, node: node, isOn: words[3] == "on", holds: Set(words.dropFirst(4).compactMap(Held.init)))
  }
}

/// A time in which a node was seen to hold something, from the first look that showed it to the last.
package struct Holding: Sendable, Equatable, Codable {
  package let node: NodeName
  package let held: Look.Held
  package let from: Double
  package let to: Double

  /// From the looks of one watcher, in any order.
  package static func all(in looks: [Look]) -> [Holding] {
    var result: [Holding] = []
    for (node, looks) in Dictionary(grouping: looks, by: \.node).sorted(by: { $0.key < $1.key }) {
      let looks = looks.sorted { $0.at < $1.at }
      for held in Look.Held.allCases {
        var from: Double?
        var last = 0.0
        for look in looks {
          if look.holds.contains(held) {
            if from == nil { from = look.at }
            last = look.at
          } else if let start = from {
            // A watcher's first look has none before it: what its node held since an earlier watcher's last one, nobody saw.
            result.append(Holding(node: node, held: held, from: start, to: look.isFirst ? last : max(start, look.before)))
            from = nil
          }
        }
        if let start = from, let last = looks.last { result.append(Holding(node: node, held: held, from: start, to: last.at)) }
      }
    }
    return result
  }
}
