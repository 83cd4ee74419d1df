import Core
import Provisioning

/// What would be done to a stack and what was, as people read it.
struct StackText {
  private let terminal: Terminal
  init(_ terminal: Terminal) { self.terminal = terminal }

  func text(_ plan: DeploymentPlan) -> String {
    let place = "\(plan.region), account \(plan.account)"
    if plan.changes.isEmpty {
      return terminal.style("Nothing to do: the stack \(plan.stack) in \(place) is as the template wants it.", .green) + "\n"
    }
    var lines = [terminal.style("The stack \(plan.stack) in \(place), which is \(plan.isNew ? "new" : "there")", .bold)]
    let width = plan.changes.map(\.logicalResourceId.count).max() ?? 0
    for change in plan.changes.sorted(by: { ($0.action, $0.logicalResourceId) < ($1.action, $1.logicalResourceId) }) {
      let (sign, style): (String, Terminal.Style) =
        switch change.action {
        case "Add": ("+", .green)
        case "Remove": ("-", .red)
        default: ("~", .yellow)
        }
      var line =
        "  \(terminal.style(sign, style)) \(change.logicalResourceId.padded(width))  \(terminal.style(change.resourceType, .dim))"
        + (change.physicalResourceId.map { "  \($0)" } ?? "")
      if change.isReplacement {
        line += "  " + terminal.style(change.replacement == "True" ? "a new one takes its place" : "a new one may take its place", .red)
      }
      if change.destroys { line += "  " + terminal.style("destroys \(DataHolder.words(change.resourceType))", .alarm) }
      if !plan.isNew, change.disrupts { line += "  " + terminal.style("a node stops", .yellow) }
      lines.append(line)
    }
    lines.append(terminal.style("\(counted(plan.changes.count, "change")).", .bold))
    return lines.joined(separator: "\n") + "\n"
  }

  /// `options`: the CLI's, for what to type next.
  func text(_ outcome: StackOutcome, _ options: String) -> String {
    let stack = outcome.plan.stack
    var lines: [String] = []
    if !outcome.plan.changes.isEmpty {
      lines.append(terminal.style("The stack \(stack) is \(outcome.stack.status) after \(outcome.seconds.seconds).", .green))
    }
    let width = outcome.stack.outputs.map(\.key.count).max() ?? 0
    lines += outcome.stack.outputs.map { "  \($0.key.padded(width))  \($0.value)" }
    lines += [
      "Next:", "  aws cloudformation describe-stacks --output json\(options) --stack-name \(stack) >stack.json",
      "  \(programName) init --from-stack stack.json --ssh-user ec2-user",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  func text(_ plan: RemovalPlan) -> String {
    var lines = [terminal.style("The stack \(plan.stack) in \(plan.region), account \(plan.account), and all that it made:", .bold)]
    let width = plan.resources.map(\.logicalID.count).max() ?? 0
    for resource in plan.resources.sorted(by: { ($0.holds == nil ? 0 : 1, $0.logicalID) < ($1.holds == nil ? 0 : 1, $1.logicalID) }) {
      let sign = resource.policy.stays ? terminal.style("=", .green) : terminal.style("-", .red)
      lines.append(
        "  \(sign) \(resource.logicalID.padded(width))  \(terminal.style(resource.type, .dim))  \(resource.physicalID)\(fate(resource))")
    }
    if plan.isUnderWay { lines.append(terminal.style("It is being deleted already.", .yellow)) }
    return lines.joined(separator: "\n") + "\n"
  }

  private func fate(_ resource: StackResource) -> String {
    guard let holds = resource.holds else { return resource.policy.stays ? "  stays" : "" }
    return switch resource.policy {
    case .delete: "  " + terminal.style("\(holds.words): lost", .alarm)
    case .snapshot: "  " + terminal.style("\(holds.words): it goes, and a snapshot of it stays", .red)
    case .retain, .retainExceptOnCreate: "  \(holds.words): it stays, and costs on"
    }
  }

  func farewell(_ plan: RemovalPlan, _ options: String) -> String {
    var lines = [terminal.style("The stack \(plan.stack) is deleted.", .green)]
    for resource in plan.resources where resource.policy == .snapshot {
      lines.append(
        "  The snapshot of \(resource.physicalID): aws ec2 describe-snapshots\(options) --owner-ids self --filters Name=volume-id,Values=\(resource.physicalID)"
      )
    }
    for resource in plan.resources where resource.policy.stays { lines.append("  \(resource.physicalID) (\(resource.type)) stays.") }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension DataHolder {
  static func words(_ type: String) -> String { DataHolder(rawValue: type)?.words ?? "data" }
}
