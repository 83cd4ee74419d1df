import Core

/// A plan as people read it: node by node, file changes as diffs, what disrupts or destroys marked.
struct PlanText {
  let plan: Plan
  let terminal: Terminal

  var text: String {
    var lines: [String] = []
    for node in Set(plan.steps.map(\.node)).sorted() {
      lines += [terminal.style(node.description, .bold)]
      for step in plan.steps where step.node == node { lines += text(of: step) }
      lines.append("")
    }
    if !plan.transitions.isEmpty {
      lines.append(terminal.style("Pacemaker will then", .bold))
      lines += plan.transitions.map { "  \(terminal.style("→", .cyan)) \($0)" }
      if plan.transitionsDisrupt { lines.append("  " + terminal.style("the service stops or moves", .red)) }
      lines.append("")
    }
    lines += plan.findings.sorted { $0.severity > $1.severity }.flatMap { FindingText(finding: $0, terminal: terminal).lines }
    if !plan.findings.isEmpty { lines.append("") }
    lines.append(summary)
    return lines.joined(separator: "\n") + "\n"
  }

  private var summary: String {
    if !plan.blocking.isEmpty {
      let marked = plan.blocking.count == 1 ? "the finding" : "the \(plan.blocking.count) findings"
      return terminal.style(
        "Nothing can be done until \(marked) marked 'blocking' \(plan.blocking.count == 1 ? "is" : "are") mended.", .red)
    }
    if plan.isEmpty { return terminal.style("Nothing to do: the nodes are as the spec wants them.", .green) }
    let nodes = Set(plan.steps.map(\.node)).count
    return terminal.style("\(counted(plan.steps.count, "step")) on \(counted(nodes, "node")).", .bold)
  }

  private func text(of step: Step) -> [String] {
    var lines: [String] = []
    var marks = ""
    for effect in step.effects {
      switch effect {
      case .disrupts(let how): marks += "  " + terminal.style("disrupts: \(how)", .yellow)
      case .destroys(let device): marks += "  " + terminal.style("destroys what is on \(device)", .alarm)
      }
    }
    lines.append("  \(terminal.style("•", .cyan)) \(step.what)  \(terminal.style("— \(step.why)", .dim))\(marks)")
    guard case .write(let file) = step.action else { return lines }
    var diff = file.diff.map(printable)
    // The empty line after a file's last line feed is no line.
    if diff.last == "+" { diff.removeLast() }
    let isLong = file.current == nil && file.content.secrets.isEmpty && diff.count > 12
    lines += diff.prefix(isLong ? 6 : diff.count).map { "      " + coloured($0) }
    if isLong { lines.append("      \(terminal.style("… \(diff.count - 6) more lines", .dim))") }
    return lines
  }

  private func coloured(_ line: String) -> String {
    switch line.first {
    case "+": terminal.style(line, .green)
    case "-": terminal.style(line, .red)
    default: terminal.style(line, .dim)
    }
  }
}

/// A finding in two lines.
struct FindingText {
  let finding: Finding
  let terminal: Terminal

  var lines: [String] {
    let (mark, style): (String, Terminal.Style) =
      switch finding.severity {
      case .note: ("note", .dim)
      case .warning: ("warning", .yellow)
      case .danger: ("DANGER", .alarm)
      case .blocking: ("blocking", .red)
      }
    return [
      "\(terminal.style(mark, style)) \(finding.place): \(finding.message)",
      terminal.style("  → \(finding.hint)", .dim),
    ]
  }
}
