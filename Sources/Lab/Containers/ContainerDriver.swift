/// Nodes as systemd-nspawn containers: real systemd, sshd, Corosync and Pacemaker, up in seconds; the machine's kernel.
struct ContainerDriver: ScriptedDriver {
  let directory: LabDirectory
  let nodes: [LabNode]
  let bootSeconds = 60

  func prepare() async throws {
    try await shell.run("network-up.sh", directory.path)
    for node in nodes { try await shell.run("node-create.sh", directory.path, "\(node.name)") }
    try await shell.run("container-disk.sh", directory.path)
  }
}
