import Core
import Synchronization
import Transport

/// One pmm-ha at work on a simulated cluster. Keeps every state in which it could have been killed: what a kill leaves
/// behind is the state at that moment, for a node's shell ends with its connection at the next line that it prints.
final class SimulatedDoor: Acting {
  /// How the nodes of a stage, which work side by side, come along.
  enum Pace: String, CaseIterable, Sendable {
    case abreast, firstNodeAhead, secondNodeAhead
  }

  /// A moment at which pmm-ha may be killed.
  struct Boundary: Sendable {
    let place: String
    /// Not in the middle of a script.
    var isBetweenSteps = true
    let cluster: SimulatedCluster
  }

  private struct State {
    var cluster: SimulatedCluster
    var boundaries: [Boundary] = []
    /// The nodes that each coming stage will be asked for.
    var expected: [Stage: Int] = [:]
    var batches: [NodeName: Batch] = [:]
    var performed: [String] = []
  }

  private struct Batch {
    var steps: [Step]
    var fetched: [SecretName: String] = [:]
    var failure: (any Error)?
    let resume: CheckedContinuation<(any Error)?, Never>
  }

  private let state: Mutex<State>
  private let locks: SimulatedLocks
  private let pace: Pace
  /// Tells what this run generates from what another one did.
  private let run: Int
  private let keepsBoundaries: Bool
  /// What the operator gives.
  private let given: [SecretName: String]
  /// A script that does nothing, and says that all is well.
  private let ignored: String?

  init(
    _ cluster: SimulatedCluster, run: Int = 1, pace: Pace = .abreast, given: [SecretName: String] = [:], locks: SimulatedLocks = .init(),
    ignoring ignored: String? = nil
  ) {
    // Who is killed is the first run.
    keepsBoundaries = run == 1
    state = Mutex(State(cluster: cluster))
    self.run = run
    self.pace = pace
    self.given = given
    self.locks = locks
    self.ignored = ignored
  }

  var cluster: SimulatedCluster { state.withLock { $0.cluster } }
  var boundaries: [Boundary] { state.withLock { $0.boundaries } }
  /// The ids of all steps that ran, in their order.
  var performed: [String] { state.withLock { $0.performed } }

  /// The plan that is run next: how many nodes meet in each stage.
  func expect(_ plan: Plan) {
    state.withLock { state in
      state.expected = Dictionary(uniqueKeysWithValues: plan.stages.map { ($0.stage, $0.byNode.count) })
    }
  }

  func answers(to inquiries: [Inquiry], of node: NodeName) async throws -> [Answer] {
    let cluster = self.cluster
    return try inquiries.map { inquiry in
      try cluster.answer(inquiry.script, of: node) { [given] text in text.revealed { given[$0] ?? "" } }
    }
  }

  func perform(_ steps: [Step], on node: NodeName, report: @escaping @Sendable (StepEvent) async -> Void) async throws -> String {
    for step in steps { await report(.began(step)) }
    let failure = await withCheckedContinuation { continuation in
      state.withLock { state in
        state.batches[node] = Batch(steps: steps, resume: continuation)
        if state.batches.count == state.expected[steps[0].stage] ?? 1 { work(&state) }
      }
    }
    if let failure { throw failure }
    for step in steps { await report(.finished(step, seconds: 0)) }
    return ""
  }

  func locked<Result: Sendable>(_ node: NodeName, _ body: @Sendable () async throws -> Result) async throws -> Result {
    try locks.take(node, by: "run \(run)")
    defer { locks.release(node) }
    return try await body()
  }

  /// All nodes of a stage have come: their steps, one at a time, by the pace.
  private func work(_ state: inout State) {
    for node in state.batches.keys.sorted() { fetch(node, &state) }
    var waiting: [NodeName: String] = [:]
    while let node = next(state, waiting) {
      guard let step = state.batches[node]?.steps.first else { break }
      let before = state.cluster
      do {
        try perform(step, &state)
        state.batches[node]?.steps.removeFirst()
        waiting = [:]
      } catch let wait as Waiting {
        // What it did before it waits may be what another one waits for.
        if state.cluster != before { waiting = [:] }
        waiting[node] = wait.reason
      } catch {
        state.batches[node]?.failure = StepFailure(step: step, status: 1, output: "\(error)")
      }
    }
    for (node, reason) in waiting {
      guard let step = state.batches[node]?.steps.first else { continue }
      state.batches[node]?.failure = StepFailure(step: step, status: 1, output: reason)
    }
    let batches = state.batches
    state.batches = [:]
    for batch in batches.values { batch.resume.resume(returning: batch.failure) }
  }

  private func next(_ state: State, _ waiting: [NodeName: String]) -> NodeName? {
    let able = state.batches.filter { !$0.value.steps.isEmpty && $0.value.failure == nil && waiting[$0.key] == nil }
    switch pace {
    case .firstNodeAhead: return able.keys.min()
    case .secondNodeAhead: return able.keys.max()
    // The one with more to do; of equals the first.
    case .abreast: return able.keys.sorted().max { able[$0]!.steps.count < able[$1]!.steps.count }
    }
  }

  private func perform(_ step: Step, _ state: inout State) throws {
    var boundaries: [Boundary] = []
    swap(&boundaries, &state.boundaries)
    defer { if keepsBoundaries { state.boundaries = boundaries } }
    if boundaries.isEmpty { boundaries.append(Boundary(place: "before the first step", cluster: state.cluster)) }
    let fetched = state.batches[step.node]?.fetched ?? [:]
    let simulated = SimulatedStep(
      step: step, reveal: { text in text.revealed { self.value($0, fetched) } },
      cut: { boundaries.append(Boundary(place: "within \(step.id)", isBetweenSteps: false, cluster: $0)) })
    if ignored == nil || step.script != ignored { try simulated.run(&state.cluster) }
    boundaries.append(Boundary(place: "after \(step.id)", cluster: state.cluster))
    state.performed.append(step.id)
  }

  /// Files of other nodes are read before a node's first step of a stage.
  private func fetch(_ node: NodeName, _ state: inout State) {
    for name in state.batches[node]?.steps.flatMap(\.texts).flatMap(\.secrets) ?? [] {
      guard let (owner, path) = name.file else { continue }
      if let owner = try? NodeName(owner), let file = state.cluster[owner, path] {
        state.batches[node]?.fetched[name] = file.content
      } else {
        state.batches[node]?.failure = NodeFailure(node, "cannot read \(path) of \(owner)", hint: "it is needed on the other node too")
      }
    }
  }

  /// What is generated is another one in every run.
  private func value(_ name: SecretName, _ fetched: [SecretName: String]) -> String {
    fetched[name] ?? given[name] ?? "\(name)#\(run)" + String(repeating: "x", count: name.description.hasSuffix("authkey") ? 128 : 0)
  }
}

/// The locks of the nodes, shared by all who work on them.
final class SimulatedLocks: Sendable {
  private let holders = Mutex<[NodeName: String]>([:])

  func take(_ node: NodeName, by who: String) throws {
    try holders.withLock { holders in
      if let holder = holders[node] { throw Locked(node: node, holder: "locked by \(holder)") }
      holders[node] = who
    }
  }

  func release(_ node: NodeName) { holders.withLock { $0[node] = nil } }
}

extension Step {
  /// The script's name; what writes a file has none.
  var script: String? { if case .run(let script) = action { script.name } else { nil } }

  /// All text that may hold secrets.
  fileprivate var texts: [Text] {
    switch action {
    case .write(let file): [file.content]
    case .run(let script): script.variables.map(\.value)
    case .remove: []
    }
  }
}
