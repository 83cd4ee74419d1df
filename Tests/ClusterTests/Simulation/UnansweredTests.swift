import Core
import Foundation
import Synchronization
import Testing
import Transport

@testable import Cluster

/// A node on which one question gets no answer, or a wrong one.
private struct Spoiled: Asking {
  enum Way: String, CaseIterable, CustomTestStringConvertible {
    case hangs, silent, garbage, half
    var testDescription: String { rawValue }
  }
  let door: SimulatedDoor
  let node: NodeName
  let script: String
  let way: Way

  func answers(to inquiries: [Inquiry], of node: NodeName) async throws -> [Answer] {
    let answers = try await door.answers(to: inquiries, of: node)
    return try zip(inquiries, answers).map { inquiry, answer in
      guard node == self.node, inquiry.script.name == script else { return answer }
      switch way {
      case .hangs: throw NodeFailure(node, "'\(script)' did not answer in 30 s, and was stopped", hint: "")
      case .silent: return Answer("")
      case .garbage: return Answer("Segmentation fault\n== x\n\u{0}=\n/\n", status: 0)
      case .half: return Answer(String(answer.output.prefix(answer.output.count / 2)), status: 137)
      }
    }
  }
}

/// Remembers what was asked.
private final class Listening: Asking {
  let door: SimulatedDoor
  let names = Mutex<Set<String>>([])
  init(_ door: SimulatedDoor) { self.door = door }

  func answers(to inquiries: [Inquiry], of node: NodeName) async throws -> [Answer] {
    names.withLock { $0.formUnion(inquiries.map(\.script.name)) }
    return try await door.answers(to: inquiries, of: node)
  }
}

@Suite("Questions without an answer")
struct UnansweredTests {
  private static func scenarios() throws -> [Scenario] {
    let consent = Consent(destroy: [Scenario.device], disruption: true)
    return [
      Scenario("filesystem", Scenario.installed, try Scenario.spec(), consent),
      Scenario("lvm", Scenario.installed, try Scenario.volumeSpec(), consent),
    ]
  }

  @Test("Any question that hangs, says nothing, garbage or half: the plan has no step that destroys", arguments: Spoiled.Way.allCases)
  fileprivate func unanswered(_ way: Spoiled.Way) async throws {
    var destroyed = 0
    for scenario in try Self.scenarios() {
      let door = SimulatedDoor(scenario.cluster, given: Scenario.given)
      let listening = Listening(door)
      let whole = try await makePlan(scenario.spec, consent: scenario.consent, asking: listening)
      let destroys = whole.steps.contains { $0.effects.contains { if case .destroys = $0 { true } else { false } } }
      destroyed += destroys ? 1 : 0
      // Nobody reads what the call for the address says: what came of it is the next question's.
      let names = listening.names.withLock { $0 }.subtracting(["call-address"])
      #expect(names.count >= 10, "\(names)")
      for name in names.sorted() {
        for node in [Scenario.pmm1, Scenario.pmm2] {
          let spoiled = Spoiled(door: door, node: node, script: name, way: way)
          guard let plan = try? await makePlan(scenario.spec, consent: scenario.consent, asking: spoiled) else { continue }
          let destroying = plan.steps.filter { $0.effects.contains { if case .destroys = $0 { true } else { false } } }
          #expect(destroying == [], "\(scenario.testDescription): \(name) of \(node)")
        }
      }
    }
    #expect(destroyed > 0, "with whole answers there is something to destroy")
  }

  @Test("Answers with anything cut out, doubled or changed never crash a parser or the planner")
  func fuzz() async throws {
    let environment = ProcessInfo.processInfo.environment
    let seed = environment["FUZZ_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0...UInt64.max)
    let seconds = environment["FUZZ_SECONDS"].flatMap { Double($0) } ?? 3
    print("FUZZ_SEED=\(seed)")
    var random = Seeded(state: seed)
    let end = ContinuousClock.now + .seconds(seconds)
    var (rounds, plans) = (0, 0)
    let cases = try Self.scenarios() + [Scenario("applied", try await Scenario.applied.value, try Scenario.spec(), Consent())]
    while rounds < 20 || ContinuousClock.now < end {
      let scenario = cases[rounds % cases.count]
      let door = Mangling(door: SimulatedDoor(scenario.cluster, given: Scenario.given), seed: random.next())
      if (try? await makePlan(scenario.spec, consent: scenario.consent, asking: door)) != nil { plans += 1 }
      _ = try? await makeDestroyPlan(scenario.spec.cluster, asking: door)
      rounds += 1
    }
    print("\(rounds) rounds, \(plans) plans")
  }
}

/// Changes one or two answers of each round trip, always in the same way for a seed.
private final class Mangling: Asking {
  let door: SimulatedDoor
  private let random: Mutex<Seeded>
  init(door: SimulatedDoor, seed: UInt64) {
    self.door = door
    random = Mutex(Seeded(state: seed))
  }

  func answers(to inquiries: [Inquiry], of node: NodeName) async throws -> [Answer] {
    var answers = try await door.answers(to: inquiries, of: node)
    return random.withLock { random in
      for _ in 0..<Int.random(in: 1...2, using: &random) {
        guard let index = answers.indices.randomElement(using: &random) else { break }
        answers[index] = Answer(mangled(answers[index].output, &random), status: Int32.random(in: 0...1, using: &random) * 137)
      }
      return answers
    }
  }

  private func mangled(_ text: String, _ random: inout Seeded) -> String {
    var bytes = Array(text.utf8)
    guard !bytes.isEmpty else { return "x" }
    let from = Int.random(in: 0..<bytes.count, using: &random)
    let to = min(bytes.count, from + Int.random(in: 1...40, using: &random))
    switch Int.random(in: 0..<6, using: &random) {
    case 0: bytes.removeLast(bytes.count - from)
    case 1: bytes.removeSubrange(from..<to)
    case 2: bytes.insert(contentsOf: bytes[from..<to], at: from)
    case 3: bytes[from] = UInt8.random(in: 0...255, using: &random)
    case 4: bytes.insert(contentsOf: [0x0a, 0x3d, 0x22, 0x2f, 0x20, 0x7c].shuffled(using: &random).prefix(3), at: from)
    default:
      // Words and lines lose their ends where parsers look for the next one.
      let text = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      return text.map { line in
        Int.random(in: 0..<8, using: &random) == 0 ? line.prefix(Int.random(in: 0...line.count, using: &random)) : line
      }.joined(separator: "\n")
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// SplitMix64: the same numbers for the same seed.
private struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }
}
