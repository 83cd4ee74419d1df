import Core

/// The nodes of one cluster, each behind its own shell.
package struct Connection: Acting, Watching {
  private let shells: [NodeName: Shell]
  /// The operator, as a lock shows it: user@host.
  private let who: String
  private let secrets: Secrets

  /// Where the values of secrets come from, at the moment they leave for a node.
  package struct Secrets: Sendable {
    /// For questions: what the user gave, to compare with what the node has. nil compares as unknown.
    let known: @Sendable (SecretName) -> String?
    /// For steps: throws why it is not at hand.
    let value: @Sendable (SecretName) throws -> String

    package init(known: @escaping @Sendable (SecretName) -> String?, value: @escaping @Sendable (SecretName) throws -> String) {
      self.known = known
      self.value = value
    }

    /// For commands that need none. A step that needs one all the same is an error: an empty secret must never be written.
    package static let none = Secrets(known: { _ in nil }, value: { throw MissingSecret(name: $0) })
  }

  init(shells: [NodeName: Shell], who: String, secrets: Secrets) {
    self.shells = shells
    self.who = who
    self.secrets = secrets
  }

  private func shell(of node: NodeName) throws -> Shell {
    guard let shell = shells[node] else { throw NodeFailure(node, "no such node", hint: "the spec names \(shells.keys.sorted())") }
    return shell
  }

  package func answers(to inquiries: [Inquiry], of node: NodeName) async throws -> [Answer] {
    if inquiries.isEmpty { return [] }
    let mark = Self.mark()
    // A question may hold a secret to compare with; one that nobody gave arrives empty, and the probe says so.
    let text = Wire.questions(inquiries, mark: mark) { secrets.known($0) ?? "" }
    let (output, errors) = try await shell(of: node).exchange(text, inquiries, mark: mark)
    guard let parts = Wire.parts(output, count: inquiries.count, mark: mark) else {
      throw NodeFailure(
        node, "its shell ended before it had answered",
        hint: "what it said last: \((output + errors).split(separator: "\n").suffix(3).joined(separator: " / "))")
    }
    let complaints = Wire.parts(Wire.own(errors, mark: mark), count: inquiries.count, mark: mark)
    return try parts.indices.map { index in
      let errors = complaints?[index].text ?? ""
      let section = "\(mark) section "
      switch parts[index].end {
      case .status(let status): return Answer(parts[index].text, errors: errors, status: status, mark: section)
      // timeout(1): 124, or 137 where it had to kill.
      case .killed(let status) where status == 124 || status == 137:
        let (name, limit) = (inquiries[index].script.name, inquiries[index].limit)
        throw NodeFailure(
          node, "'\(name)' did not answer in \(limit) s, and was stopped",
          hint: "a disk, a network filesystem, a fencing device or a daemon hangs there; see: dmesg, ps -ef --forest")
      case .killed(let status): return Answer(parts[index].text, errors: errors, status: status == 0 ? 1 : status, mark: section)
      }
    }
  }

  @discardableResult
  package func perform(_ steps: [Step], on node: NodeName, report: @escaping @Sendable (StepEvent) async -> Void) async throws
    -> String
  {
    let mark = Self.mark()
    var fetched: [SecretName: String] = [:]
    for name in steps.flatMap(\.secrets) where name.file != nil { fetched[name] = try await content(of: name) }
    let text = try Wire.steps(steps, mark: mark) { [fetched] in try fetched[$0] ?? secrets.value($0) }
    // Until the first step begins: the connection, and the wait for the last step of an interrupted run.
    let deadline = Deadline(.seconds(330), for: "its shell")
    let progress = Progress(steps: steps, mark: mark, deadline: deadline, report: report)
    try await shell(of: node).lines(of: text, by: deadline) { await progress.read($0) }
    return try await progress.finish()
  }

  /// Hands on each line that a script prints for as long as it runs and the node is there; ends with either, or when
  /// the task is cancelled. For what watches a node: a connection of its own, so that its end is noticed and disturbs nobody.
  package func follow(_ script: Script, on node: NodeName, _ body: @escaping @Sendable (String) async throws -> Void) async throws {
    try await shell(of: node).lines(of: Wire.alone(script) { secrets.known($0) ?? "" }, body)
  }

  /// A key file of another node, as base64.
  private func content(of name: SecretName) async throws -> String {
    guard let file = name.file, let node = shells.keys.first(where: { $0.description == file.node }) else {
      throw UnreadableAnswer("\(name)", "no such node")
    }
    let question = Question("read-file", PackageResources.read_file_sh, ["FILE": Text(file.path)])
    let answer = try await ask(question, of: node)
    guard answer.status == 0, !answer.output.isEmpty else {
      throw NodeFailure(node, "cannot read \(file.path): \(answer.said)", hint: "it is needed on the other node too")
    }
    return answer.output
  }

  package func locked<Result: Sendable>(_ node: NodeName, _ body: @Sendable () async throws -> Result) async throws -> Result {
    let script = Script("hold-lock", PackageResources.hold_lock_sh, ["WHO": Text(who)])
    // Not rendered as a subshell: it must see our end of its standard input close.
    let text = "{\nWHO=\(shellQuoted(who))\n\(script.body)\n}\n"
    return try await withoutActuallyEscaping(body) { body in
      try await shell(of: node).whileOpen(text) { line in
        guard line == "held" else { throw Locked(node: node, holder: line) }
        return try await body()
      }
    }
  }

  /// No output of a script can be taken for a mark that it could not know.
  private static func mark() -> String { "\u{1e}" + String(UInt64.random(in: .min ... .max), radix: 36) }
}

extension Step {
  fileprivate var secrets: [SecretName] {
    switch action {
    case .write(let file): file.content.secrets
    case .run(let script): script.variables.flatMap(\.value.secrets)
    case .remove: []
    }
  }
}

/// A step needs a secret through a connection that has none.
struct MissingSecret: Error, CustomStringConvertible {
  let name: SecretName
  var description: String {
    "the secret '\(name)' is needed and this command has none at hand: this is a defect of pmm-ha, please report it"
  }
}

/// Follows the lines of a running batch.
private actor Progress {
  private let steps: [Step]
  private let mark: String
  private let deadline: Deadline
  private let report: @Sendable (StepEvent) async -> Void
  private var current: (index: Int, since: ContinuousClock.Instant)?
  private var done = 0
  private var tail: [String] = []
  private var failure: StepFailure?

  init(steps: [Step], mark: String, deadline: Deadline, report: @escaping @Sendable (StepEvent) async -> Void) {
    self.steps = steps
    self.mark = mark
    self.deadline = deadline
    self.report = report
  }

  func read(_ line: String) async {
    guard line.hasPrefix(mark) else {
      if !line.isEmpty { tail.append(line) }
      if tail.count > 12 { tail.removeFirst() }
      return
    }
    let words = line.split(separator: " ")
    guard words.count >= 3, let index = Int(words[2]), steps.indices.contains(index) else { return }
    if words[1] == "begin" {
      current = (index, .now)
      tail = []
      // timeout(1) on the node ends it before; this is for a connection or a node that hangs.
      deadline.extend(by: .seconds(steps[index].limit + 30), for: "'\(steps[index].what)'")
      await report(.began(steps[index]))
    } else if let status = words.last.flatMap({ Int32($0) }), let current {
      if words[1] == "ended" {
        let limit = steps[index].limit
        let took = (ContinuousClock.now - current.since) / .seconds(1)
        tail.append(
          took >= Double(limit) - 1
            ? "it did not end in \(limit) s, and was stopped" : "its shell was ended from outside (\(status)): see the node's log")
        failure = StepFailure(step: steps[index], status: status == 0 ? 1 : status, output: tail.joined(separator: "\n"))
        return
      }
      deadline.extend(by: .seconds(60), for: "what follows '\(steps[index].what)'")
      guard status == 0 else {
        failure = StepFailure(step: steps[index], status: status, output: tail.joined(separator: "\n"))
        return
      }
      done = index + 1
      await report(.finished(steps[index], seconds: (ContinuousClock.now - current.since) / .seconds(1)))
    }
  }

  /// The shell has ended: was that all?
  func finish() throws -> String {
    if let failure { throw failure }
    guard done < steps.count else { return tail.joined(separator: "\n") }
    throw StepFailure(step: steps[done], status: -1, output: "the connection ended while it ran\n" + tail.joined(separator: "\n"))
  }
}
