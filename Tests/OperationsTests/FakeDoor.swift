import Core
import Synchronization
import Transport

/// Nodes that answer each question as told, by the script's name, and note what they were to do.
final class FakeDoor: Acting, Watching {
  private let answers: [String: [String: Result<Answer, NodeFailure>]]
  private let steps = Mutex<[Step]>([])

  private let looks: [(text: String, status: Int)]
  private let isOpen = Mutex(false)

  /// By node, then by question. A question without an answer finds its node silent. `looks`: what watching shows, look after
  /// look, each with crm_mon's exit status.
  init(_ answers: [String: [String: Result<Answer, NodeFailure>]], looks: [(text: String, status: Int)] = []) {
    self.answers = answers
    self.looks = looks
  }

  /// Whether watching goes on in silence after the last look; else it ends there.
  var staysOpen: Bool {
    get { isOpen.withLock { $0 } }
    set { isOpen.withLock { $0 = newValue } }
  }

  func follow(_ script: Script, on node: NodeName, _ body: @escaping @Sendable (String) async throws -> Void) async throws {
    let mark = script["MARK"] ?? ""
    for look in looks {
      try await body("\(mark) begin")
      for line in look.text.split(separator: "\n") { try await body(String(line)) }
      try await body("\(mark) end \(look.status)")
    }
    if staysOpen { try await Task.sleep(for: .seconds(60)) }
  }

  /// What was performed, in order.
  var performed: [Step] { steps.withLock { $0 } }

  func answers(to inquiries: [Inquiry], of node: NodeName) async throws -> [Answer] {
    try inquiries.map { question in
      guard let answer = answers[node.description]?[question.script.name] else {
        throw NodeFailure(node, "not reachable by ssh: Connection timed out", hint: "", reachability: .silent)
      }
      return try answer.get()
    }
  }

  func perform(_ steps: [Step], on node: NodeName, report: @escaping @Sendable (StepEvent) async -> Void) async throws -> String {
    self.steps.withLock { $0 += steps }
    return "\(node)"
  }

  func locked<Value: Sendable>(_ node: NodeName, _ body: @Sendable () async throws -> Value) async throws -> Value { try await body() }
}
