import Core
import FoundationEssentials

/// What `up` decided about a lab, kept in its directory as lab.json.
struct LabRecord: Codable, Equatable {
  var driver: NodeKind = .container
  /// What runs virtual machines.
  var accelerator: Accelerator?
  /// The nodes, in the order of the spec.
  var nodes: [LabNode]
  /// The directory of the image that the nodes' disks lie over; theirs for as long as the lab lives.
  var image: String
  /// Nodes without the cluster's packages.
  var bare: Bool
  /// The size of the shared disk, as truncate(1) takes it.
  var diskSize: String
  var virtualIP: String
  var pmm: LabPMM
  /// Whose instances the pair is; nil: machines of a data centre.
  var cloud: LabCloud?
  /// What its spec has fence; nil: BMCs, or the cloud's API.
  var fencing: LabFencing?

  static let virtualIP = "198.51.100.100"
  /// This machine in the lab's network: to virtual machines it serves the shared directory.
  static let shareServer = "198.51.100.1"

  /// The nodes that a cluster is made of; a third one serves them.
  var pair: [LabNode] { nodes.filter { $0.number <= 2 } }
  /// The shared disk as the nodes see it.
  var device: String { cloud?.device ?? (driver == .vm ? "/dev/disk/by-id/virtio-pmm-sh" : "/dev/sdb") }

  /// A second shared disk, for SBD's slots, which virtual machines have.
  static let slots = "/dev/disk/by-id/virtio-pmm-sbd"

  /// An emulated node may be silent for seconds when it works.
  var timing: String { accelerator == .tcg ? "standard" : "fast" }

  /// The same for the lab's scripts: shell variables.
  var environment: String {
    """
    lab_driver=\(driver.rawValue)
    accelerator=\(accelerator?.rawValue ?? "")
    lab_image=\(shellQuoted(image))
    lab_nodes=\(shellQuoted(nodes.map(\.name.description).joined(separator: " ")))
    disk_size=\(shellQuoted(diskSize))
    virtual_ip=\(shellQuoted(virtualIP))

    """ + (cloud?.environment ?? "")
  }
}

/// A node of a lab: who it is and how it is reached.
package struct LabNode: Codable, Sendable, Equatable {
  package let name: NodeName
  /// 1, 2, or 3 for the one that serves them; the last figure of its addresses.
  package let number: Int
  /// Ring 0, where clients are too, and ring 1.
  package let addresses: [String]
  /// Its BMC's, on ring 0, port 623.
  package let bmcAddress: String

  /// Node `number` of a lab, called `name`: documentation addresses (RFC 5737), a /24 for each ring.
  init(_ name: NodeName, number: Int) {
    self.name = name
    self.number = number
    addresses = ["198.51.100.\(10 + number)", "198.51.101.\(10 + number)"]
    bmcAddress = "198.51.100.\(20 + number)"
  }

  /// `third`: serves storage and votes to the other two, and is no member of their cluster.
  static var third: LabNode? { (try? NodeName("third")).map { LabNode($0, number: 3) } }

  /// pmm1 and pmm2.
  static var pair: [LabNode] {
    (1...2).compactMap { number in (try? NodeName("pmm\(number)")).map { LabNode($0, number: number) } }
  }

  var environment: String {
    """
    index=\(number)
    address0=\(addresses[0])
    address1=\(addresses[1])
    bmc_address=\(bmcAddress)

    """
  }
}
