/// Nodes as virtual machines of QEMU: kernels, block devices and watchdogs of their own; seconds with KVM, tens of seconds
/// emulated.
struct VirtualMachineDriver: ScriptedDriver {
  let directory: LabDirectory
  let nodes: [LabNode]
  let bootSeconds = 240

  func prepare() async throws {
    try await shell.run("network-up.sh", directory.path)
    for node in nodes { try await shell.run("node-create.sh", directory.path, "\(node.name)") }
    try await shell.run("vm-disk.sh", directory.path)
    try await shell.run("vm-share.sh", directory.path)
  }
}

/// What runs a virtual machine's instructions.
package enum Accelerator: String, Codable, Sendable {
  /// This machine's processor.
  case kvm
  /// QEMU, one by one: some ten times slower.
  case tcg
}
