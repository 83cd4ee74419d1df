/// When a step runs. Within a stage the nodes work side by side, each through its own steps in order; the next stage
/// starts when all nodes are done. The fewer stages, the fewer waits.
package enum Stage: String, CaseIterable, Sendable, Codable, Comparable {
  /// Stop what must not run, and ask Pacemaker to, before anything is changed (destroy, updates).
  case quiesce
  /// Software present on every node.
  case packages
  /// Firewalls let the nodes reach each other, for a while, until `files` keeps what `peers` has found to work.
  case network
  /// What needs the other node before anything is written: a look through its firewall, a volume of both.
  case peers
  /// Files, secrets, units, images: nothing runs differently yet.
  case files
  /// Data structures on the shared device; on one node only.
  case storage
  /// The other node sees what was made. A node whose Pacemaker started without the other's would fence it.
  case proof
  /// Corosync and Pacemaker run.
  case start
  /// One change to a live cluster's CIB, by one node.
  case cluster
  /// Pacemaker has nothing left to do and the service answers.
  case settle
  /// What nobody waits for: access through pcs.
  case access

  package static func < (left: Stage, right: Stage) -> Bool {
    (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
  }
}

/// One change on one node: what, why, and exactly how.
package struct Step: Sendable, Equatable {
  package let node: NodeName
  package let component: String
  package let stage: Stage
  /// In the imperative, with the object's own name: "Write /etc/corosync/corosync.conf".
  package let what: String
  /// The fact that makes it necessary: "the file differs".
  package let why: String
  package let action: Action
  package let effects: [Effect]
  /// Seconds. A step that takes longer is stopped on the node, and fails with an error that says so.
  package let limit: Int

  /// Ten minutes; more where its script waits by limits of its own (seconds), which it may need once for each of two waits.
  private static func usualLimit(_ action: Action) -> Int {
    guard case .run(let script) = action else { return 600 }
    let own = ["LIMIT", "TIMEOUT", "STOP", "START"].compactMap { script[$0].flatMap { Int($0) } }.reduce(0, +)
    return max(600, 2 * own + 120)
  }

  package enum Action: Sendable, Equatable {
    case write(FileWrite)
    case remove(path: String)
    case run(Script)
  }

  /// What a step does beyond the node's configuration.
  package enum Effect: Sendable, Equatable {
    /// The service stops or moves. Needs consent.
    case disrupts(String)
    /// Data on this device is gone afterwards. Needs consent by the device's name.
    case destroys(device: String)
  }

  package init(
    _ node: NodeName, _ component: String, _ stage: Stage, _ what: String, because why: String, _ action: Action,
    effects: [Effect] = [], limit: Int? = nil
  ) {
    self.node = node
    self.component = component
    self.stage = stage
    self.what = printable(what)
    self.why = printable(why)
    self.action = action
    self.effects = effects
    self.limit = limit ?? Self.usualLimit(action)
  }

  /// Data is gone afterwards.
  var destroysData: Bool { effects.contains { if case .destroys = $0 { true } else { false } } }

  /// The same work: the same script with the same values, or the same file, on the same node, with the same effects. Why it is
  /// needed and what stands in the file now do not count.
  package func isSameWork(as other: Step) -> Bool {
    guard node == other.node, component == other.component, effects == other.effects else { return false }
    switch (action, other.action) {
    case (.write(let mine), .write(let theirs)):
      return mine.path == theirs.path && mine.content == theirs.content && mine.mode == theirs.mode && mine.owner == theirs.owner
    default: return action == other.action
    }
  }

  /// Stable across plans: journals, tests and JSON name a step by it.
  package var id: String { "\(node)/\(component)/\(what)" }
}

/// A file as it shall be. Written beside its place and renamed into it, so that a reader sees the old or the new one.
package struct FileWrite: Sendable, Equatable {
  package let path: String
  package let content: Text
  /// What stands there now, for the diff; nil where there is none or it may not be shown.
  package let current: String?
  /// Octal permissions.
  package let mode: UInt16
  /// `user:group`.
  package let owner: String

  package init(_ path: String, _ content: Text, current: String? = nil, mode: UInt16 = 0o644, owner: String = "root:root") {
    self.path = path
    self.content = content
    self.current = current
    self.mode = mode
    self.owner = owner
  }
}

/// What a component proposes for the whole cluster.
package struct Proposal: Sendable, Equatable {
  package var steps: [Step]
  package var findings: [Finding]

  package init(steps: [Step] = [], findings: [Finding] = []) {
    self.steps = steps
    self.findings = findings
  }

  package static func += (left: inout Proposal, right: Proposal) {
    left.steps += right.steps
    left.findings += right.findings
  }
}
