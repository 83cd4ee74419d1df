import Core
import FoundationEssentials
import Synchronization
import Testing
import Transport

@testable import Apply

private let one = try! NodeName("pmm1")
private let two = try! NodeName("pmm2")

private func step(_ node: NodeName, _ stage: Stage, _ what: String, effects: [Step.Effect] = []) -> Step {
  Step(node, "Test", stage, what, because: "test", .remove(path: what), effects: effects)
}

/// Nodes that only remember what was asked of them, and fail where they are told to.
private final class Recorder: Acting {
  let log = Mutex<[String]>([])
  let failing: String?
  init(failing: String? = nil) { self.failing = failing }

  func answers(to inquiries: [Inquiry], of node: NodeName) async throws -> [Answer] { [] }

  func perform(_ steps: [Step], on node: NodeName, report: @escaping @Sendable (StepEvent) async -> Void) async throws -> String {
    for step in steps {
      await report(.began(step))
      log.withLock { $0.append("\(node) \(step.what)") }
      if step.what == failing { throw StepFailure(step: step, status: 1, output: "no") }
      await report(.finished(step, seconds: 0))
    }
    return ""
  }

  func locked<Result: Sendable>(_ node: NodeName, _ body: @Sendable () async throws -> Result) async throws -> Result {
    log.withLock { $0.append("lock \(node)") }
    return try await body()
  }
}

private func journal() throws -> Journal { try Journal(in: "/tmp/pmm-ha-test-\(UInt64.random(in: 0...UInt64.max))") }

@Suite(.serialized) struct ExecutorTests {
  @Test("Stages follow one another, whatever order the components proposed them in")
  func order() async throws {
    let nodes = Recorder()
    let proposal = Proposal(steps: [step(one, .start, "c"), step(two, .start, "d"), step(one, .files, "a"), step(one, .files, "b")])
    try await Executor(door: nodes, journal: journal()).run(Plan(proposal)) { _ in }
    let log = nodes.log.withLock { $0 }
    #expect(log.prefix(2) == ["pmm1 a", "pmm1 b"])
    #expect(Set(log.suffix(2)) == ["pmm1 c", "pmm2 d"])
  }

  @Test("After a failure no further stage begins, and the journal's last lines name the step")
  func failure() async throws {
    let nodes = Recorder(failing: "a")
    let journal = try journal()
    await #expect(throws: StepFailure.self) {
      try await Executor(door: nodes, journal: journal).run(
        Plan(Proposal(steps: [step(one, .files, "a"), step(two, .files, "b"), step(one, .start, "c")]))
      ) { _ in }
    }
    let log = nodes.log.withLock { $0 }
    #expect(Set(log) == ["pmm1 a", "pmm2 b"])
    let lines = try String(contentsOfFile: journal.path, encoding: .utf8)
    #expect(lines.contains(#""event":"began","step":"pmm1/Test/a""#))
    #expect(lines.split(separator: "\n").last?.contains("pmm1: a failed (exit 1)") == true)
  }

  @Test("What fails on both nodes is told and noted of both")
  func bothFail() async throws {
    let nodes = Recorder(failing: "a")
    let journal = try journal()
    let failure = await #expect(throws: SeveralFailures.self) {
      try await Executor(door: nodes, journal: journal).run(Plan(Proposal(steps: [step(one, .files, "a"), step(two, .files, "a")]))) { _ in
      }
    }
    #expect(failure?.description == "pmm1: a failed (exit 1)\n    no\npmm2: a failed (exit 1)\n    no")
    let last = try String(contentsOfFile: journal.path, encoding: .utf8).split(separator: "\n").last
    #expect(last?.contains("pmm1: a failed") == true && last?.contains("pmm2: a failed") == true)
  }

  @Test("Where the journal's disk is full nothing is done, and the error says so")
  func fullDisk() async throws {
    let nodes = Recorder()
    let failure = await #expect(throws: JournalFailure.self) {
      try await Executor(door: nodes, journal: Journal(file: "/dev/full")).run(Plan(Proposal(steps: [step(one, .files, "a")]))) { _ in }
    }
    #expect(failure?.description.contains("cannot write the journal /dev/full: No space left on device") == true)
    #expect(nodes.log.withLock { $0 } == [])
  }

  @Test("A later round runs what follows, after it was said, and nothing that destroys or disrupts beyond what was shown")
  func rounds() async throws {
    let nodes = Recorder()
    let first = Plan(Proposal(steps: [step(one, .packages, "a")]))
    func run(then next: [Step], _ consent: Consent = Consent()) async throws -> [String] {
      let plans = Mutex([first, Plan(Proposal(steps: next)), Plan(Proposal())])
      let said = Mutex<[String]>([])
      _ = try await runRounds(
        first, consent, executor: Executor(door: nodes, journal: journal()),
        look: { plans.withLock { $0.removeFirst() } }, announce: { steps in said.withLock { $0 += steps.map(\.what) } }
      ) { _ in }
      return said.withLock { $0 }
    }
    #expect(try await run(then: [step(two, .files, "b")]) == ["b"])
    nodes.log.withLock { $0 = [] }
    let mkfs = step(one, .storage, "mkfs", effects: [.destroys(device: "/dev/sdb")])
    // Covered by consent to more, but named by nobody.
    await #expect(throws: NotDone.self) { try await run(then: [mkfs], Consent(destroy: ["/dev/sdb=ext4+gpt"])) }
    let stop = step(one, .cluster, "stop", effects: [.disrupts("PMM stops")])
    await #expect(throws: NotDone.self) { try await run(then: [stop], Consent(disruption: true)) }
    #expect(nodes.log.withLock { $0 } == ["pmm1 a", "pmm1 a"])
    #expect(try await run(then: [mkfs], Consent(destroy: ["/dev/sdb"])) == ["mkfs"])
  }

  @Test("Of one name with other contents is other work: what was not shown is not run")
  func sameName() async throws {
    @Sendable func plan(_ text: String) -> Plan {
      Plan(Proposal(steps: [Step(one, "Test", .files, "Change it", because: "test", .run(Script("x", Array(text.utf8))))]))
    }
    let nodes = Recorder()
    await #expect(throws: ChangedMeanwhile.self) {
      try await runRounds(plan("one"), Consent(), executor: Executor(door: nodes, journal: journal()), look: { plan("two") }) { _ in }
    }
    #expect(nodes.log.withLock { $0 } == [])
  }

  @Test("A plan that destroys or disrupts names the flags that it lacks")
  func consent() {
    let plan = Plan(
      Proposal(steps: [
        step(one, .storage, "mkfs", effects: [.destroys(device: "/dev/sdb")]),
        step(one, .cluster, "restart", effects: [.disrupts("PMM restarts")]),
      ]))
    #expect(plan.lacking(Consent()).map(\.flag) == ["--allow-destroy /dev/sdb", "--allow-disruption"])
    #expect(plan.lacking(Consent(destroy: ["/dev/sdc"], disruption: true)).map(\.flag) == ["--allow-destroy /dev/sdb"])
    #expect(plan.lacking(Consent(destroy: ["/dev/sdb"], disruption: true)).isEmpty)
  }

  @Test("Locks are taken in one order")
  func locks() async throws {
    let nodes = Recorder()
    try await withLocks(of: [two, one], through: nodes) {}
    #expect(nodes.log.withLock { $0 } == ["lock pmm1", "lock pmm2"])
  }

  @Test("The second of two operators is told who holds the lock, and gets it when the first has ended")
  func twoOperators() async throws {
    let here = Connection.local(as: one)
    try await here.locked(one) {
      let refusal = await #expect(throws: Locked.self) { try await Connection.local(as: one).locked(one) {} }
      #expect(refusal?.description.contains("locked by root@pmm1 since 2") == true)
    }
    try await Connection.local(as: one).locked(one) {}
  }

  @Test("The one who is refused is told of who has the lock now, not of who had it before")
  func staleNote() async throws {
    let here = Connection.local(as: one)
    // Larger than any process id.
    let slow = """
      mkdir -p /run/pmm-ha; exec 9>>/run/pmm-ha/lock; flock -n 9; echo '9999999 before@host since then' >/run/pmm-ha/lock.holder
      echo ready >/run/pmm-ha/lock.test; sleep 0.3; echo "$$ now@host since now" >/run/pmm-ha/lock.holder; sleep 0.5
      rm /run/pmm-ha/lock.test
      """
    async let holding = here.ask(Question(Script("slow", Array(slow.utf8))), of: one)
    while !FileManager.default.fileExists(atPath: "/run/pmm-ha/lock.test") { try await Task.sleep(for: .milliseconds(10)) }
    let refusal = await #expect(throws: Locked.self) { try await here.locked(one) {} }
    #expect(refusal?.description.contains("now@host since now") == true)
    #expect(try await holding == Answer(""))
  }

  @Test("Who looked before taking the lock knows whether somebody had it in between")
  func counts() async throws {
    let here = Connection.local(as: one)
    @Sendable func look() async throws -> LockCount {
      let door = LockReading(here)
      let answer = try await door.ask(Question(Script("greet", Array("echo hello".utf8))), of: one)
      #expect(answer == Answer("hello\n"))
      return door.locks
    }
    let alone = try await look()
    let first = try await here.locked(one) { try await alone.isStillTrue(asking: here) }
    #expect(first)
    let overtaken = try await look()
    try await here.locked(one) {}
    let second = try await here.locked(one) { try await overtaken.isStillTrue(asking: here) }
    #expect(!second)
    let during = try await here.locked(one) { try await look() }
    let third = try await here.locked(one) { try await during.isStillTrue(asking: here) }
    #expect(!third, "somebody had it while it was read")
  }
}
