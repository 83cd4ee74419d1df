import Core
import Fencing
import SharedStorage

extension ClusterSpec {
  /// SBD's disk and the data's are two, by what their names lead to on each node: the spec's names may differ and mean one disk,
  /// and SBD's slots would be written over PMM's data.
  func diskFindings(_ facts: [NodeName: NodeFacts]) -> [Finding] {
    facts.sorted { $0.key < $1.key }.compactMap { node, facts -> Finding? in
      guard case .disk(let data) = facts.sharedStorage.device, let slots = facts.fencing.sbd?.disk?.real, !slots.isEmpty else { return nil }
      let places = [data.real] + data.partitions.map(\.path) + data.users.flatMap { ["/dev/\($0.name)", "/dev/mapper/\($0.name)"] }
      guard places.contains(slots) else { return nil }
      return Finding(
        .blocking, at: node.description, "SBD's disk and the disk of PMM's data are one: \(slots) is \(data.real) or a part of it",
        hint: "give SBD a disk of its own (device under fencing), 4 MiB are enough")
    }
  }
}
