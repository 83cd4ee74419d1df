import Core

/// A driver whose nodes live in control groups and on the lab's switches: their buttons and cables are the same scripts,
/// whatever the nodes are made of.
protocol ScriptedDriver: Driver {
  var directory: LabDirectory { get }
  var nodes: [LabNode] { get }
}

extension ScriptedDriver {
  var shell: HostShell { HostShell(directory: directory) }

  func powerOn(_ node: LabNode) async throws { try await press(node, "on") }
  func powerOff(_ node: LabNode) async throws { try await press(node, "off") }
  func reset(_ node: LabNode) async throws { try await press(node, "reset") }

  func power(of node: LabNode) async throws -> Power {
    let answer = try await press(node, "status")
    guard let power = Power(rawValue: answer) else { throw LabFailure("the power of \(node.name) cannot be told: '\(answer)'") }
    return power
  }

  func freeze(_ node: LabNode) async throws { try await shell.run("node-freeze.sh", directory.path, "\(node.name)", "freeze") }
  func thaw(_ node: LabNode) async throws { try await shell.run("node-freeze.sh", directory.path, "\(node.name)", "thaw") }

  func cut(_ node: LabNode, rings: [Int]) async throws { try await plug(node, "cut", rings) }
  func join(_ node: LabNode, rings: [Int]) async throws { try await plug(node, "join", rings) }

  func waitUntilReachable(_ node: LabNode, seconds: Int) async throws {
    try await shell.run("node-wait.sh", directory.path, "\(node.name)", "\(seconds)")
  }

  func console(_ node: LabNode) -> String { directory.console(node) }

  @discardableResult
  private func press(_ node: LabNode, _ button: String) async throws -> String {
    try await shell.run("node-power.sh", directory.path, "\(node.name)", button)
  }

  private func plug(_ node: LabNode, _ verb: String, _ rings: [Int]) async throws {
    for ring in rings { try await shell.run("network-cut.sh", directory.path, "\(node.name)", verb, "\(ring)") }
  }
}
