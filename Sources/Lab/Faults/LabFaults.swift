import Core
import Subprocess

/// What a drill breaks of a lab beyond its nodes' power and cables. Only labs of containers have it.
extension Lab {
  private var shell: HostShell { HostShell(directory: place) }

  /// The nodes hear each other no more, on both rings; clients and BMCs hear both.
  package func part() async throws { try await shell.run("network-partition.sh", place.path, "part") }
  package func joinParts() async throws { try await shell.run("network-partition.sh", place.path, "join") }

  /// Frames to and from the node, on both rings, come late, and some not at all.
  package func worsen(_ node: LabNode, lossPercent: Int, delay milliseconds: Int) async throws {
    try await shell.run("network-worsen.sh", place.path, "\(node.name)", "bad", "\(lossPercent)", "\(milliseconds)")
  }
  package func mendNetwork(of node: LabNode) async throws {
    try await shell.run("network-worsen.sh", place.path, "\(node.name)", "mend")
  }

  /// What a BMC suffers from.
  package enum BMCFault: String, Sendable {
    /// Nobody answers at its address.
    case silent
    /// Somebody gave it another password than the cluster has.
    case password
  }

  /// Breaks the node's BMC; nil mends it.
  package func breakBMC(of node: LabNode, _ fault: BMCFault?) async throws {
    try await shell.run("bmc-fault.sh", place.path, "\(node.name)", fault?.rawValue ?? "mend")
  }

  /// All that a drill may have broken is whole again: lines, cables, BMCs, a cloud's API, power; frozen nodes go on.
  package func mend() async throws {
    try place.writeScripts()
    let driver = try driver()
    try await joinParts()
    if try isCloud { try await setCloudSilent(false) }
    for node in try nodes() {
      if try !isCloud { try await breakBMC(of: node, nil) }
      if try await driver.power(of: node) == .frozen { try await driver.thaw(node) }
      try await mendNetwork(of: node)
      if try await driver.power(of: node) == .off {
        // Its cables are put back as it boots.
        try? await driver.join(node, rings: [0, 1])
        try await driver.powerOn(node)
        continue
      }
      try await driver.join(node, rings: [0, 1])
    }
  }

  /// Brings a lab's scripts to what this program has: it may be newer than the lab.
  package func refreshIfThere() throws { if try place.read() != nil { try place.writeScripts() } }

  /// The tag of PMM that the lab's spec names from now on: an update was made, and there is no way back.
  package func keep(tag: String) throws {
    var record = try record()
    record.pmm = LabPMM(image: record.pmm.image, tag: tag, archive: record.pmm.archive)
    try place.write(record)
  }

  /// The version of the lab's own PMM after the one that its spec names; nil where there is none.
  package var newerTag: String? {
    get throws {
      let pmm = try record().pmm
      guard pmm.isStandIn, let index = LabPMM.standInTags.firstIndex(of: pmm.tag) else { return nil }
      return LabPMM.standInTags.dropFirst(index + 1).first
    }
  }

  /// This machine's kernel is the nodes', so it can be asked what they hold.
  package var canLookInside: Bool { get throws { try record().driver == .container } }

  /// Its nodes are some ten times slower than machines.
  package var isEmulated: Bool { get throws { try record().accelerator == .tcg } }

  /// What of the service each node holds, seen from outside the nodes every 50 ms: a line of watch.py when something
  /// changes and one a second, until the task is cancelled.
  package func watch(mountPoint: String, address: String, unit: String, _ body: @escaping @Sendable (String) async throws -> Void)
    async throws
  {
    let group = try await shell.run("lab-cgroup.sh", place.path)
    let words = ["-I", place.script("watch.py"), group, mountPoint, address, unit] + (try nodes()).map(\.name.description)
    let result = try await run(
      .name("python3"), arguments: Arguments(words), input: .none, output: .sequence, error: .string(limit: 1 << 16)
    ) { execution in
      for try await line in execution.standardOutput.strings() { try await body(line) }
    }
    try Task.checkCancellation()
    throw LabFailure("the watch ended: \(result.standardError.split(separator: "\n").last ?? "\(result.terminationStatus)")")
  }
}

/// A line of a node's power.log.
package struct PowerEvent: Sendable, Equatable, Codable {
  /// Seconds since 1970.
  package let at: Double
  package let node: NodeName
  /// `on`, `off`, `dead` (its last process is gone), `bmc power 0`, `bmc reset 1`...
  package let what: String

  package init(at: Double, node: NodeName, what: String) {
    self.at = at
    self.node = node
    self.what = what
  }

  init?(line: Substring, node: NodeName) {
    let words = line.split(separator: " ", maxSplits: 1)
    guard words.count == 2, let at = Double(words[0]) else { return nil }
    self.init(at: at, node: node, what: String(words[1]))
  }
}

extension Lab {
  /// What happened to the nodes' power since `start` (seconds since 1970), in the order of time.
  package func powerEvents(since start: Double) throws -> [PowerEvent] {
    try nodes().flatMap { node in
      let text = (try? place.text(of: powerLog(node))) ?? ""
      return text.split(separator: "\n").compactMap { PowerEvent(line: $0, node: node.name) }
    }
    .filter { $0.at >= start }
    .sorted { $0.at < $1.at }
  }
}
