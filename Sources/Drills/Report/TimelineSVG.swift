import Core

/// A drill's time line as SVG: clients above, each node with what it held, the phases of the outage, and the actions.
struct TimelineSVG {
  private let result: DrillResult
  /// Seconds after the fault.
  private let from: Double
  private let to: Double

  private static let left = 130.0
  private static let width = 800.0
  private static let step = 22.0

  init(_ result: DrillResult) {
    self.result = result
    let last = result.moments.filter { $0.source != .cluster && $0.source != .power }.map(\.at).max() ?? result.fault
    from = -1
    to = max(5, last - result.fault + 1)
  }

  private func x(_ time: Double) -> Double {
    Self.left + (Self.width - Self.left) * (min(max(time - result.fault, from), to) - from) / (to - from)
  }

  private func bar(_ one: Double, _ other: Double, _ y: Double, _ style: String, _ title: String) -> String {
    let (start, end) = (x(one), x(other))
    guard end > start || (other >= result.fault + from && one <= result.fault + to) else { return "" }
    return
      "<rect class=\"\(style)\" x=\"\(short(start))\" y=\"\(short(y + 4))\" width=\"\(short(max(1, end - start)))\" height=\"12\" rx=\"2\"><title>\(escaped(title))</title></rect>"
  }

  var text: String {
    var parts: [String] = []
    var y = 24.0
    func lane(_ name: String) {
      parts.append("<text class=\"lane\" x=\"0\" y=\"\(short(y + 14))\">\(escaped(name))</text>")
    }
    lane("clients' answers")
    parts.append(bar(result.fault + from, result.fault + to, y, "good", "answered"))
    for lack in result.outages.flatMap(\.missing) {
      let end = lack.to.map { $0 / 1000 } ?? result.fault + to
      parts.append(
        bar(lack.from / 1000, end, y, "no-\(lack.stage.rawValue)", "\(lack.stage.lack) for \(signed(end - lack.from / 1000)): \(lack.why)"))
    }
    y += Self.step
    if !result.phases.isEmpty {
      lane("phases")
      for (index, phase) in result.phases.enumerated() {
        parts.append(
          bar(
            result.fault + phase.from, result.fault + phase.to, y, index % 2 == 0 ? "phase" : "phase odd",
            "\(phase.name): \(signed(phase.seconds))"))
      }
      y += Self.step
    }
    for node in Set([result.active, result.passive]).sorted() {
      for held in Look.Held.allCases {
        lane("\(node) \(held == .pmm ? "PMM" : held == .mount ? "filesystem" : "virtual IP")")
        for holding in result.holdings where holding.node == node && holding.held == held {
          parts.append(
            bar(holding.from, holding.to, y, held.rawValue, "\(held.noun) on \(node), \(clock(holding.from)) to \(clock(holding.to))"))
        }
        y += Self.step
      }
    }
    let bottom = y + 4
    for action in result.moments where action.source == .drill {
      parts.append(
        "<line class=\"mark\" x1=\"\(short(x(action.at)))\" x2=\"\(short(x(action.at)))\" y1=\"18\" y2=\"\(short(bottom))\"><title>\(escaped(action.what))</title></line>"
      )
    }
    return """
      <svg viewBox="0 0 \(Int(Self.width)) \(Int(bottom + 22))" role="img" aria-label="Time line of the drill">
      \(grid(bottom))
      \(parts.joined(separator: "\n"))
      </svg>
      """
  }

  /// Seconds after the fault, at most a dozen.
  private func grid(_ bottom: Double) -> String {
    let every = [1.0, 2, 5, 10, 20, 30, 60, 120, 300].first { (to - from) / $0 <= 13 } ?? 600
    return stride(from: 0, through: to, by: every).map { second in
      let at = short(x(result.fault + second))
      return
        "<line class=\"grid\" x1=\"\(at)\" x2=\"\(at)\" y1=\"18\" y2=\"\(short(bottom))\"/><text x=\"\(at)\" y=\"\(short(bottom + 14))\" text-anchor=\"middle\">\(Int(second)) s</text>"
    }.joined(separator: "\n")
  }
}

private func short(_ value: Double) -> String { String((value * 10).rounded() / 10) }
