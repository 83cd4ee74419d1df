import Core

/// What the whole spec says about Pacemaker; Cluster fills it, the resources come as fragments.
package struct PacemakerSpec: Codable, Sendable, Equatable {
  /// Ids 1 and 2, in this order, as in corosync.conf.
  package let nodes: [NodeName]
  package let timing: Timing
  /// Where the service runs when both nodes are equally good.
  package let preferredNode: NodeName?
  /// How much a running member of the group wants to stay where it is; 0 moves back to the preferred node at once.
  package let stickiness: Int

  /// Somebody votes beside the nodes, so that only one half of a split cluster has quorum.
  package let thirdVote: Bool
  /// What the spec says instead of `fencingHeadStart`'s own; nil: nothing.
  package let priorityFencingDelay: Int?

  /// The id of the group that is the service.
  package static let group = ResourceID.group
  /// The id of its mount, which every spec has (`pmm_lvm` stands before it where there is a volume).
  package static let filesystem = ResourceID.filesystem

  package init(
    nodes: [NodeName], timing: Timing, preferredNode: NodeName? = nil, stickiness: Int = 100, thirdVote: Bool = false,
    priorityFencingDelay: Int? = nil
  ) {
    self.nodes = nodes
    self.timing = timing
    self.preferredNode = preferredNode
    self.stickiness = stickiness
    self.thirdVote = thirdVote
    self.priorityFencingDelay = priorityFencingDelay
  }

  /// Pacemaker's priority-fencing-delay, seconds: the head start that the node with the service gets when both nodes
  /// lose each other and shoot at once (pacemaker-schedulerd(7)). A crash of the active node waits this long too, so
  /// it is only as long as the other node's shot takes to land. With a third vote there is no such race: Pacemaker fences
  /// only where there is quorum.
  package var fencingHeadStart: Int {
    if let priorityFencingDelay { return priorityFencingDelay }
    if thirdVote { return 0 }
    return switch timing {
    case .fast: 2
    case .standard: 5
    case .cloud: 20
    }
  }
}
