import Core
import Transport

/// Live progress on standard error: a line for each finished step, and below them what each node is doing now.
/// Silent where nobody looks.
actor LiveProgress {
  private let terminal: Terminal
  private var current: [NodeName: (step: Step, since: ContinuousClock.Instant)] = [:]
  private var drawn = 0
  private var ticker: Task<Void, Never>?
  private var label: (text: String, since: ContinuousClock.Instant)?

  init(terminal: Terminal = .errors) { self.terminal = terminal }

  /// What is under way that is no step: "looking at the nodes".
  func phase(_ text: String?) {
    label = text.map { ($0, .now) }
    draw()
    tick()
  }

  func show(_ event: StepEvent) {
    guard terminal.isTTY else { return }
    switch event {
    case .began(let step): current[step.node] = (step, .now)
    case .finished(let step, let seconds):
      current[step.node] = nil
      erase()
      terminal.write(
        "  \(terminal.style("✓", .green)) \(step.node)  \(step.what)  \(terminal.style(seconds.seconds, .dim))\n")
    }
    draw()
    tick()
  }

  /// Removes the live lines; what was finished stays.
  func end() {
    ticker?.cancel()
    ticker = nil
    current = [:]
    label = nil
    erase()
  }

  private func tick() {
    guard terminal.isTTY, ticker == nil else { return }
    ticker = Task { [weak self] in
      while !Task.isCancelled {
        try? await Task.sleep(for: .milliseconds(200))
        await self?.draw()
      }
    }
  }

  private func draw() {
    guard terminal.isTTY else { return }
    erase()
    var lines: [String] = []
    if let label { lines.append("  … \(label.text)  \(((ContinuousClock.now - label.since) / .seconds(1)).seconds)") }
    for (node, (step, since)) in current.sorted(by: { $0.key < $1.key }) {
      lines.append("  … \(node)  \(step.what)  \(((ContinuousClock.now - since) / .seconds(1)).seconds)")
    }
    let width = terminal.width
    terminal.write(lines.map { terminal.style(String($0.prefix(width - 1)), .dim) + "\n" }.joined())
    drawn = lines.count
  }

  private func erase() {
    guard drawn > 0 else { return }
    terminal.write("\u{1b}[\(drawn)A\u{1b}[J")
    drawn = 0
  }
}
