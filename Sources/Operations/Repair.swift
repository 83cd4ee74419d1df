import Core
import Corosync
import Transport

// A node that is gone for good.

extension Verbs {
  /// Pacemaker is told that a node which it could not fence is off, and what that node ran is started elsewhere. The node on
  /// which this is done looks once more: it confirms only what it shows as offline, unclean and absent from Corosync.
  package func confirm(_ off: Proof<Off>, through entry: NodeName, limit: Int) async throws -> Place {
    try await act(
      "Tell Pacemaker that \(off.node) is off", on: entry, "confirm-off",
      PackageResources.last_look_sh + PackageResources.confirm_off_sh, ["OTHER": Text(off.node.description)], because: off.evidence)
    return try await wait(on: entry, for: "\(off.node) to count as fenced", limit: limit) { state, _ in state.isClean(off.node) }
  }

  /// Takes a node that is gone out of corosync.conf and of Pacemaker's memory. In one batch: the last look, which ends it
  /// unless the node is shown as gone, then the file, then Pacemaker.
  package func forget(_ gone: Proof<Gone>, through entry: NodeName) async throws -> Place {
    let other = gone.node
    let facts = try await door.ask(CorosyncFacts.question, of: entry)
    guard let conf = facts.conf else {
      throw NodeFailure(entry, "it has no corosync.conf that can be read", hint: "look at /etc/corosync/corosync.conf there")
    }
    func step(_ name: String, _ what: String, _ body: [UInt8]) -> Step {
      let script = Script(name, PackageResources.wait_sh + PackageResources.last_look_sh + body, ["OTHER": Text(other.description)])
      return Step(entry, "Operations", .cluster, what, because: gone.evidence, .run(script.adding(["SERVICE": Text(service)])))
    }
    let write = facts.file.step(
      entry, "Operations", path: "/etc/corosync/corosync.conf", Text(conf.without(other).description))
    let steps = [
      step("look-lost", "Look once more whether \(other) is gone", PackageResources.look_lost_sh), write,
      step("forget-node", "Forget \(other)", PackageResources.forget_node_sh),
    ]
    return try await Place(saidBy: "forget-node", door.perform(steps.compactMap(\.self), on: entry) { _ in })
  }
}
