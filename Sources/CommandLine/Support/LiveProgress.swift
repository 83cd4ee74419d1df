import Core
import Provisioning
import Transport

/// Live progress on standard error: a line for each finished step, and below them what each node is doing now.
/// Silent where nobody looks.
actor LiveProgress {
  private let terminal: Terminal
  /// By a node's name, or a resource's.
  private var current: [String: (what: String, since: ContinuousClock.Instant)] = [:]
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

  /// Steps that follow from what was done, before they run: the plan that was shown did not have them.
  func announce(_ steps: [Step]) {
    erase()
    let lines = steps.map { "  + \($0.node)  \($0.what), because \($0.why)\n" }
    terminal.write("What follows from it (\(counted(steps.count, "step"))):\n" + lines.joined())
    draw()
  }

  func show(_ event: StepEvent) {
    guard terminal.isTTY else { return }
    switch event {
    case .began(let step): begin(step.node.description, step.what)
    case .finished(let step, let seconds):
      finish(step.node.description, terminal.style("✓", .green), "\(step.what)  \(terminal.style(seconds.seconds, .dim))")
    }
  }

  func show(_ event: StackEvent) {
    guard terminal.isTTY, !event.isOfStack else { return }
    let (name, status) = (event.logicalResourceId, event.resourceStatus)
    if status.isUnderWay {
      if current[name] == nil { begin(name, event.resourceType) }
      return
    }
    let seconds = current[name].map { terminal.style((((ContinuousClock.now - $0.since) / .seconds(1)) as Double).seconds, .dim) } ?? ""
    if event.isFailure {
      finish(name, terminal.style("✗", .red), "\(event.resourceType)  \(status): \(event.resourceStatusReason ?? "no reason is given")")
    } else {
      finish(name, terminal.style("✓", .green), "\(event.resourceType)  \(status)  \(seconds)")
    }
  }

  private func begin(_ name: String, _ what: String) {
    current[name] = (what, .now)
    draw()
    tick()
  }

  private func finish(_ name: String, _ mark: String, _ words: String) {
    current[name] = nil
    erase()
    terminal.write("  \(mark) \(name)  \(words)\n")
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
    for (name, (what, since)) in current.sorted(by: { $0.key < $1.key }) {
      lines.append("  … \(name)  \(what)  \(((ContinuousClock.now - since) / .seconds(1)).seconds)")
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
