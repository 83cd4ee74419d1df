import Core

extension PacemakerSpec {
  /// Different versions cluster for the time of a rolling upgrade; one older than the CIB cannot join it at all.
  func versionFindings(_ facts: [NodeName: PacemakerFacts]) -> [Finding] {
    let known = nodes.compactMap { node in facts[node].map { (node: node, facts: $0) } }.filter { $0.facts.installed }
    let versions = known.map { "\($0.facts.version ?? "an unknown version") on \($0.node)" }.joined(separator: ", ")
    var result: [Finding] = []
    if Set(known.map(\.facts.version)).count > 1 {
      result.append(
        Finding(
          .warning, at: "Pacemaker", "its versions differ: \(versions); nodes should differ only while they are being upgraded",
          hint: "install the same version on both, the passive node first"))
    }
    guard let cluster = known.first(where: { $0.facts.live })?.facts.cib?["crm_feature_set"] else { return result }
    for (node, facts) in known where !facts.live {
      guard let own = facts.featureSet, numbers(own).lexicographicallyPrecedes(numbers(cluster)) else { continue }
      result.append(
        Finding(
          .blocking, at: node.description,
          "its Pacemaker \(facts.version ?? "") has feature set \(own), older than the running cluster's \(cluster): it would be refused",
          hint: "install the other node's version of Pacemaker on \(node)"))
    }
    return result
  }

  func stateFindings(_ facts: [NodeName: PacemakerFacts]) -> [Finding] {
    let states = nodes.compactMap { facts[$0]?.state }
    // Maintenance mode stands in the CIB, too, of which the plan tells it.
    return ((states.first { $0.quorum } ?? states.first)?.findings ?? []).filter { $0.place != "maintenance-mode" }
  }

  private func numbers(_ version: String) -> [Int] { version.split(separator: ".").map { Int($0) ?? 0 } }
}
