import Core

/// What a machine must have for what runs on it, where that is known.
package struct MachineNeeds: Sendable, Equatable {
  /// `uname -m`.
  package let machine: String
  package let cpus: Int
  /// Gigabytes.
  package let memory: Int

  /// Percona's table for 1 to 30 monitored nodes (percona/pmm, documentation: hardware_and_system.md). Its image is built for
  /// x86-64 with SSE4.2.
  package static let pmm = MachineNeeds(machine: "x86_64", cpus: 4, memory: 8)
}

extension HostSpec {
  /// Where a node is less than what PMM needs: each by itself, for after a failover the other one must carry it, too. What a
  /// node did not say is not judged.
  func preflight(_ node: NodeName, _ fact: HostFacts) -> [Finding] {
    guard let needs else { return [] }
    let place = node.description
    var findings: [Finding] = []
    if !fact.machine.isEmpty, fact.machine != needs.machine {
      findings.append(
        Finding(
          .blocking, at: place, "its processor is \(fact.machine), and PMM's image is for \(needs.machine) only",
          hint: "give the cluster nodes of that kind"))
    } else if fact.sse42 == false {
      findings.append(
        Finding(
          .blocking, at: place, "its processor has no SSE4.2, without which PMM's databases do not start",
          hint: "in a virtual machine give it a CPU model of 2010 or later, such as x86-64-v2 or the host's own"))
    }
    if let cpus = fact.cpus, cpus < needs.cpus {
      findings.append(
        Finding(
          .warning, at: place, "it has \(cpus) CPU\(cpus == 1 ? "" : "s"); Percona asks for \(needs.cpus), for up to 30 monitored nodes",
          hint: "give both nodes as many, or PMM is slow where it is least wanted: after a failover"))
    }
    // What a kernel keeps for itself is not in its total: a machine of 8 GB says 7.6.
    if let memory = fact.memory, memory * 10 < needs.memory * 9_000_000 {
      let gigabytes = (Double(memory) / 100_000).rounded() / 10
      findings.append(
        Finding(
          .warning, at: place, "it has \(gigabytes) GB of memory; Percona asks for \(needs.memory), for up to 30 monitored nodes",
          hint: "give both nodes as much: a PMM that the kernel kills for memory fails over to a node where the same happens"))
    }
    if let free = fact.imageRoom, free < Self.imageRoom {
      findings.append(
        Finding(
          .warning, at: place, "\(free / 1_000_000) GB are free below /var/lib/containers, and an update holds two of PMM's images there",
          hint: "make room for at least \(Self.imageRoom / 1_000_000) GB: podman image prune takes away what no name leads to"))
    }
    if let podman = fact.podman, let version = Self.numbers(podman), version.lexicographicallyPrecedes([4, 3]) {
      findings.append(
        Finding(
          .warning, at: place, "podman is \(podman); this tool was never run with one older than 4.3", hint: "update the node's packages"))
    }
    return findings
  }

  /// KiB for images.
  private static let imageRoom = 8_000_000

  /// `4.3.1+ds1-8` -> 4, 3, 1
  private static func numbers(_ version: String) -> [Int]? {
    let parts = version.drop { $0 != ":" }.isEmpty ? version[...] : version.drop { $0 != ":" }.dropFirst()
    let numbers = parts.prefix { ("0"..."9").contains($0) || $0 == "." }.split(separator: ".").compactMap { Int($0) }
    return numbers.isEmpty ? nil : numbers
  }
}
