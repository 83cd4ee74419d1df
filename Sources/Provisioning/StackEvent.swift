/// One line of what CloudFormation does.
package struct StackEvent: Sendable, Equatable, Decodable {
  let eventId: String
  let stackId: String
  package let logicalResourceId: String
  package let physicalResourceId: String?
  package let resourceType: String
  package let resourceStatus: StackStatus
  package let resourceStatusReason: String?

  /// About the stack as a whole.
  package var isOfStack: Bool { physicalResourceId == stackId }

  package var isFailure: Bool {
    // What is stopped because of another's failure is none of its own.
    resourceStatus.rawValue.hasSuffix("_FAILED") && !(resourceStatusReason ?? "").contains("cancelled")
  }
}

/// Follows what CloudFormation does to a stack, to its end. It tells nobody by itself, so it is asked again and again.
struct StackWatch: Sendable {
  private let cli: AWSCLI
  /// A deleted stack is known by its id only.
  private let stackID: String
  private let pause: Duration
  private var seen: Set<String> = []
  /// The newest word about the whole stack before all this.
  private var baseline: String?

  private struct Answer: Decodable, Sendable { let stackEvents: [StackEvent] }

  /// `pause`: between two questions; the AWS CLI itself takes a second.
  init(_ cli: AWSCLI, _ stackID: String, pause: Duration = .seconds(2)) {
    self.cli = cli
    self.stackID = stackID
    self.pause = pause
  }

  /// Newest first.
  private func events() async throws -> [StackEvent] {
    // A page: older ones are of no interest.
    let answer: Answer = try await cli.call(
      "cloudformation", "describe-stack-events", StackDescription.Request(stackName: stackID), "--max-items", "100")
    return answer.stackEvents
  }

  /// Before something is begun: what has been said is not about that.
  mutating func begin() async throws {
    let events = try await events()
    seen = Set(events.map(\.eventId))
    baseline = events.first(where: \.isOfStack)?.eventId
  }

  /// Reports each new event and returns how it ended, with what failed.
  mutating func end(_ report: @Sendable (StackEvent) async -> Void) async throws -> (status: StackStatus, failures: [StackEvent]) {
    var failures: [StackEvent] = []
    while true {
      let events = try await events()
      for event in events.reversed() where seen.insert(event.eventId).inserted {
        if event.isFailure { failures.append(event) }
        await report(event)
      }
      if let last = events.first(where: \.isOfStack), last.eventId != baseline {
        let status = last.resourceStatus
        if !status.isUnderWay, !status.isEmpty { return (status, failures) }
      }
      try await Task.sleep(for: pause)
    }
  }
}
