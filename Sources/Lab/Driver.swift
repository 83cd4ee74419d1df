import Core

/// What a lab's nodes are made of. Each call returns when it is true.
package protocol Driver: Sendable {
  /// The network, the shared disk and each node's own disk, as far as they are missing.
  func prepare() async throws
  /// Gives the node power: it boots.
  func powerOn(_ node: LabNode) async throws
  /// Takes the node's power: nothing of it runs or is heard after this.
  func powerOff(_ node: LabNode) async throws
  /// Off and on again.
  func reset(_ node: LabNode) async throws
  func power(of node: LabNode) async throws -> Power
  /// The node stands still, with power, and is not heard.
  func freeze(_ node: LabNode) async throws
  /// It goes on where it stood.
  func thaw(_ node: LabNode) async throws
  /// Takes the node's cables of these rings (0, 1) out of the switch.
  func cut(_ node: LabNode, rings: [Int]) async throws
  /// Puts them back.
  func join(_ node: LabNode, rings: [Int]) async throws
  /// Waits until the node answers ssh, `seconds` at most.
  func waitUntilReachable(_ node: LabNode, seconds: Int) async throws
  /// How long a boot may take.
  var bootSeconds: Int { get }
  /// The file with what the node's console showed.
  func console(_ node: LabNode) -> String
}

/// A node's power, as its BMC sees it.
package enum Power: String, Codable, Sendable, Equatable, CaseIterable {
  case on, off
  /// On, and standing still.
  case frozen
}

/// What a lab's nodes are made of.
package enum NodeKind: String, Codable, Sendable, CaseIterable {
  /// systemd-nspawn: seconds, one kernel for all.
  case container
  /// QEMU: kernels of their own.
  case vm

  func driver(_ directory: LabDirectory, _ nodes: [LabNode]) -> any Driver {
    switch self {
    case .container: ContainerDriver(directory: directory, nodes: nodes)
    case .vm: VirtualMachineDriver(directory: directory, nodes: nodes)
    }
  }
}
