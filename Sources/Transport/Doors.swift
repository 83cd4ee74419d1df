import Core

/// Something that can put questions to a node and is not made to change it: the survey is handed nothing else.
package protocol Asking: Sendable {
  /// All answers in one round trip, in the order of the inquiries and as many. Throws `NodeFailure` when the node cannot be
  /// asked, or when a script has not ended within its limit. Ask by `ask`, which reads the answers, too.
  func answers(to inquiries: [Inquiry], of node: NodeName) async throws -> [Answer]
}

extension Asking {
  /// Asks the questions in one round trip and reads each answer by its own question. Throws as `answers` and the questions'
  /// parsers do.
  package func ask<each Facts: Sendable>(_ question: repeat Question<each Facts>, of node: NodeName) async throws -> (repeat each Facts) {
    var inquiries: [Inquiry] = []
    for inquiry in repeat (each question).inquiry {
      if !inquiry.script.isNothing { inquiries.append(inquiry) }
    }
    var answers = Answers(try await answers(to: inquiries, of: node), count: inquiries.count, node: node)
    return (repeat try answers.read(each question))
  }
}

/// The answers to a list of questions, on their way to the questions' parsers.
private struct Answers {
  private var rest: ArraySlice<Answer>
  private let isComplete: Bool
  private let node: NodeName

  init(_ answers: [Answer], count: Int, node: NodeName) {
    rest = answers[...]
    isComplete = answers.count == count
    self.node = node
  }

  mutating func read<Facts: Sendable>(_ question: Question<Facts>) throws -> Facts {
    if question.script.isNothing { return try question.read(Answer("")) }
    guard isComplete, let answer = rest.popFirst() else {
      throw NodeFailure(node, "the answer to '\(question.script.name)' is missing", hint: "this is a defect of pmm-ha: please report it")
    }
    return try question.read(answer)
  }
}

/// Something that can also change a node.
package protocol Acting: Asking {
  /// Runs the steps in their order in one round trip, reporting each; stops at the first that fails and throws it as
  /// `StepFailure`. Returns the last lines that the last step printed.
  @discardableResult
  func perform(_ steps: [Step], on node: NodeName, report: @escaping @Sendable (StepEvent) async -> Void) async throws -> String

  /// Runs `body` while holding the node's lock. Throws `Locked` when someone else has it.
  func locked<Result: Sendable>(_ node: NodeName, _ body: @Sendable () async throws -> Result) async throws -> Result
}

/// Something that can watch a node.
package protocol Watching: Sendable {
  /// Hands on each line that a script prints for as long as it runs and the node is there; ends with either, when the task is
  /// cancelled, or when `body` throws.
  func follow(_ script: Script, on node: NodeName, _ body: @escaping @Sendable (String) async throws -> Void) async throws
}

/// What happens to a step while it runs.
package enum StepEvent: Sendable, Equatable {
  case began(Step)
  /// Seconds that it took, as seen from here.
  case finished(Step, seconds: Double)
}

/// A step that did not succeed.
package struct StepFailure: Error, Sendable, CustomStringConvertible {
  package let step: Step
  package let status: Int32
  /// The last lines of what its script printed.
  package let output: String

  package init(step: Step, status: Int32, output: String) {
    self.step = step
    self.status = status
    self.output = printable(output)
  }

  package var description: String {
    "\(step.node): \(step.what) failed (exit \(status))" + (output.isEmpty ? "" : "\n" + output.indented(by: "    "))
  }
}

/// Another operator is at work.
package struct Locked: Error, Sendable, CustomStringConvertible {
  let node: NodeName
  let holder: String
  package init(node: NodeName, holder: String) {
    self.node = node
    self.holder = printable(holder)
  }
  package var description: String {
    "\(node): \(holder); wait until they are done, or end their pmm-ha: the lock goes with its connection"
  }
}

/// A node that could not be talked to, with what to do about it.
package struct NodeFailure: Error, Sendable, CustomStringConvertible {
  package let node: NodeName
  package let message: String
  package let hint: String
  /// What the attempt has shown of the machine.
  package let reachability: Reachability

  package init(_ node: NodeName, _ message: String, hint: String, reachability: Reachability = .unknown) {
    self.node = node
    self.message = printable(message)
    self.hint = printable(hint)
    self.reachability = reachability
  }

  package var description: String { "\(node): \(message)\n    \(hint)" }
}

extension String {
  /// Every line with `prefix` before it.
  package func indented(by prefix: String) -> String {
    split(separator: "\n", omittingEmptySubsequences: false).map { prefix + $0 }.joined(separator: "\n")
  }
}
