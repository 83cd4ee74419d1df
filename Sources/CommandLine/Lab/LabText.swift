import Lab

/// A lab in words.
struct LabText {
  let status: LabStatus
  var terminal: Terminal = .output

  func render() -> String {
    var lines = ["Lab \(terminal.style(status.name, .bold)) is \(terminal.style(status.state.rawValue, stateStyle)).", ""]
    let width = status.nodes.map(\.name.description.count).max() ?? 0
    for node in status.nodes {
      let instance = status.cloud.map { $0.instances[node.name.description] ?? "no instance" }
      let bmc = instance ?? (node.bmc ? "BMC \(node.bmcAddress)" : terminal.style("no BMC", .red))
      let power = terminal.style(node.power.rawValue.padded(6), node.power == .on ? .green : .yellow)
      lines.append("  \("\(node.name)".padded(width))  \(power)  \(node.addresses.joined(separator: "  "))  \(bmc)")
    }
    lines += ["", "  virtual IP  \(status.virtualIP)" + (status.url.map { ", for a browser on this machine: \($0)" } ?? "")]
    lines.append("  PMM         \(status.pmm.image):\(status.pmm.tag)")
    if let cloud = status.cloud {
      let api = cloud.api == .silent ? "silent: \(programName) lab cloud --api heard" : cloud.api.rawValue
      lines.append("  EC2 API     \(terminal.style(api, cloud.api == .on ? .green : .yellow)), \(cloud.region), volume \(cloud.volume)")
    }
    if let accelerator = status.accelerator {
      lines.append("  nodes       virtual machines, " + (accelerator == .kvm ? "by KVM" : "emulated: KVM runs no guest on this machine"))
    }
    let name = status.name == "demo" ? "" : " --name \(status.name)"
    switch status.state {
    case .up:
      let consent = ([status.device] + [status.slots].compactMap { $0 }).map { " --allow-destroy \($0)" }.joined()
      let commands = aligned([
        ("\(programName) lab ssh\(name) \(status.nodes.first?.name.description ?? "")", "look around"),
        ("\(programName) lab spec\(name) > pmm-ha.yml", "a spec that fits; then: \(programName) apply\(consent)"),
        ("\(programName) lab down\(name)", "leaves nothing behind"),
      ])
      lines += [""] + commands.map { "  " + $0 }
    case .incomplete, .down: lines += ["", "  \(programName) lab up\(name) completes it, \(programName) lab down\(name) removes it."]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var stateStyle: Terminal.Style {
    switch status.state {
    case .up: .green
    case .incomplete: .yellow
    case .down: .dim
    }
  }
}
