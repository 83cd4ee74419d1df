import TestSupport
import Testing

/// No answer is never a "no": a tool that fails, prints nothing, prints garbage or half of its answer, or hangs, right before a
/// script destroys, confirms, deletes or forgets something, ends the script before it has done so.
@Suite("Last looks") struct LastLookTests {
  static let all = storage + fencing + daemons + emergency

  @Test("A script that acts when all its tools answer, acts; one that is forbidden by what is there does not", arguments: all)
  func usual(script: LastLook) throws {
    let (outcome, destroying, _) = try script.run()
    #expect(destroying.isEmpty == !script.acts, "\(destroying), \(outcome)")
    if !script.acts { #expect(outcome.status != 0, "\(outcome)") }
  }

  @Test("Each tool that gives no answer ends the script with an error, and nothing was destroyed", arguments: all)
  func noAnswer(script: LastLook) throws {
    for tool in script.asked {
      for behaviour in Behaviour.noAnswers where !(script.exceptions[tool] ?? []).contains(behaviour) {
        let (outcome, destroying, _) = try script.run(tool, behaviour)
        #expect(destroying == [], "\(tool) \(behaviour): \(outcome)")
        #expect(outcome.status != 0 && outcome.status != 124, "\(tool) \(behaviour): \(outcome)")
        if [.fails(1), .hangs].contains(behaviour), script.acts {
          #expect(outcome.output.contains(tool), "\(tool) \(behaviour): \(outcome)")
        }
      }
    }
  }
}
