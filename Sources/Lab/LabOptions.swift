/// How a lab is to be.
package struct LabOptions: Sendable {
  /// What its nodes are made of; nil leaves a lab as it is, a new one gets containers.
  package var driver: NodeKind?
  /// A third node that serves storage and votes to the other two; nil leaves a lab as it is.
  package var third: Bool?
  /// Nodes without the cluster's packages: they install them from an archive that every node sees. Nil leaves a lab as it is.
  package var bare: Bool?
  /// Whose instances the nodes are; nil leaves a lab as it is, a new one's are machines of a data centre.
  package var cloud: CloudKind?
  /// What the lab's spec has fence; nil leaves a lab as it is, a new one's is IPMI, or the API of its cloud.
  package var fencing: LabFencing?
  /// Another PMM than the lab's own, fetched by this machine, or the lab's own with another tag; nil leaves a lab as it is, a
  /// new one gets the lab's own.
  package var pmm: LabPMM?
  /// Further tags of the lab's own PMM whose archives the nodes shall find (`LabPMM.ownTag`).
  package var pmmTags: [String]
  /// The size of the shared disk, as truncate(1) takes it; only what is written takes space.
  package var diskSize: String

  package init(
    driver: NodeKind? = nil, third: Bool? = nil, bare: Bool? = nil, cloud: CloudKind? = nil, fencing: LabFencing? = nil,
    pmm: LabPMM? = nil, pmmTags: [String] = [], diskSize: String = "4G"
  ) {
    self.driver = driver
    self.third = third
    self.bare = bare
    self.cloud = cloud
    self.fencing = fencing
    self.pmm = pmm
    self.pmmTags = pmmTags
    self.diskSize = diskSize
  }
}

/// What fences in the spec of a lab of machines. All of it is there; the spec uses one.
package enum LabFencing: String, Codable, Sendable, CaseIterable {
  /// The nodes' BMCs.
  case ipmi
  /// A second shared disk and the nodes' watchdogs.
  case sbd
}

/// What making a lab is at.
package enum LabEvent: Sendable, Equatable {
  case began(String)
  case finished(String, seconds: Double)
}
