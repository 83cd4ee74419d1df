import Core

extension FencingSpec {
  /// Where the nodes lose each other, both shoot, the one with the service first. Its shot must land before the other's
  /// begins, or both are switched off. An agent looks before it shoots, so a shot takes two answers at least:
  /// fence_sbd's message was on the disk 6.5 s after the call where looking takes 3 s (emulated nodes, fence-agents 4.12).
  func race(_ node: NodeName, _ id: String, _ device: FenceDevice, _ test: FencingFacts.Test?, headStart: Int) -> Finding? {
    // Who takes a key away from the other has won: the other can take nothing any more.
    guard !device.unfences, let test, test.passed, let took = test.took else { return nil }
    let delayed = named.map(\.device).filter { $0.delay != nil }.max { ($0.delay ?? 0) < ($1.delay ?? 0) }
    let lead = delayed?.delay ?? headStart
    let needed = (2 * took + 999) / 1000
    guard needed > lead else { return nil }
    return Finding(
      .warning, at: id,
      "it took \(took / 1000).\(took % 1000 / 100) s to answer \(node), so a shot may take \(needed) s; where the nodes lose each other, "
        + "\(delayed?.node.description ?? "the one with the service") shoots only \(lead) s before the other, and both may be switched off",
      hint: "Set \(delayed.map { "the delay of \($0.node)'s fencing devices" } ?? "constraints/priority_fencing_delay") to \(needed + 1), "
        + "or add a third vote (quorum); if the device was only busy, 'pmm-ha fence test' measures it again")
  }
}
