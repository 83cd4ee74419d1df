import Core

/// What of a lab is there.
package struct LabStatus: Codable, Sendable, Equatable {
  package let name: String
  package let state: State
  package let nodes: [Node]
  package let virtualIP: String
  /// Where this machine finds what the virtual IP answers; nil when nothing listens.
  package let url: String?
  package let directory: String
  package let sshConfig: String
  package let pmm: LabPMM
  package let bare: Bool
  package let driver: NodeKind
  package let accelerator: Accelerator?
  /// The shared disk as the nodes see it.
  package let device: String
  /// The disk of SBD's slots, where the lab's spec fences by it.
  package let slots: String?
  /// Of instances: their cloud.
  package let cloud: Cloud?

  package struct Cloud: Codable, Sendable, Equatable {
    package let kind: CloudKind
    package let region: String
    package let instances: [String: String]
    package let volume: String
    package let api: API

    package enum API: String, Codable, Sendable {
      case on, off
      /// Nobody hears it.
      case silent
    }
  }

  package enum State: String, Codable, Sendable {
    /// Everything is there; nodes may still be off, as someone wanted.
    case up
    /// `up` completes it, `down` removes it.
    case incomplete
    /// Only its directory is there, as after a restart of this machine.
    case down
  }

  package struct Node: Codable, Sendable, Equatable {
    package let name: NodeName
    package let power: Power
    /// Does its BMC run?
    package let bmc: Bool
    package let addresses: [String]
    package let bmcAddress: String
  }

  /// From what lab-status.sh printed.
  init(_ name: LabName, _ directory: LabDirectory, _ record: LabRecord, report: String) {
    let lines = report.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    func value(_ words: String...) -> String? {
      lines.first { $0.count > words.count && Array($0.prefix(words.count)) == words }?[words.count]
    }
    self.name = name.description
    nodes = record.nodes.map { node in
      Node(
        name: node.name, power: value("node", "\(node.name)").flatMap(Power.init) ?? .off, bmc: value("bmc", "\(node.name)") == "on",
        addresses: node.addresses, bmcAddress: node.bmcAddress)
    }
    let port = value("forward")
    let forwarded = port.flatMap { value("forward", $0) } == "on"
    url = forwarded ? port.map { "https://127.0.0.1:\($0)/" } : nil
    cloud = record.cloud.map {
      Cloud(
        kind: $0.kind, region: $0.region, instances: $0.instances, volume: $0.volume,
        api: value("cloud").flatMap(Cloud.API.init) ?? .off)
    }
    let power = cloud.map { [$0.api != .off] } ?? nodes.map(\.bmc)
    let parts = [value("network") == "on", forwarded, value("disk") != nil] + power
    let running = parts.contains(true) || nodes.contains { $0.power != .off }
    state = parts.allSatisfy { $0 } && value("share") != "off" ? .up : running ? .incomplete : .down
    virtualIP = record.virtualIP
    self.directory = directory.path
    sshConfig = directory.sshConfig
    pmm = record.pmm
    bare = record.bare
    driver = record.driver
    accelerator = record.accelerator
    device = record.device
    slots = record.fencing == .sbd ? LabRecord.slots : nil
  }
}
