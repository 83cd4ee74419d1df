import Synchronization

/// How long something may take; each thing that comes starts the count anew.
///
/// It counts by seconds in which this process really ran, and not by the clock: on a machine that was suspended, or has no
/// processor left for us, an answer that has long arrived would pass for one that never came.
final class Deadline: Sendable {
  private struct State {
    /// Nil: it does not pass.
    var left: Duration?
    var patience: Duration
    var what: String
  }
  private let state: Mutex<State>

  /// `what` is waited for: the words of an error, such as "'storage-probe'".
  init(_ patience: Duration, for what: String) {
    state = Mutex(State(left: patience, patience: patience, what: what))
  }

  private init() { state = Mutex(State(left: nil, patience: .zero, what: "")) }

  /// One that does not pass until it is extended.
  static var never: Deadline { Deadline() }

  /// Counts anew, from now.
  func extend(by patience: Duration, for what: String) {
    state.withLock { $0 = State(left: patience, patience: patience, what: what) }
  }

  enum Outcome<Result: Sendable>: Sendable {
    case done(Result)
    /// What was waited for, and for how many seconds.
    case passed(what: String, seconds: Int)
  }

  /// Runs `body`, and cancels it when the deadline passes before it has ended.
  func guarding<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Outcome<Result> {
    try await withThrowingTaskGroup(of: Outcome<Result>.self) { group in
      group.addTask { .done(try await body()) }
      group.addTask { try await self.passed() }
      defer { group.cancelAll() }
      guard let first = try await group.next() else { throw CancellationError() }
      return first
    }
  }

  private func passed<Result: Sendable>() async throws -> Outcome<Result> {
    while true {
      let slice = Duration.milliseconds(500)
      try await Task.sleep(for: slice)
      let state = state.withLock { state in
        state.left = state.left.map { $0 - slice }
        return state
      }
      if let left = state.left, left <= .zero { return .passed(what: state.what, seconds: Int(state.patience.components.seconds)) }
    }
  }
}
