import Core

/// What a node says about the devices that it would use.
package struct FencingFacts: Sendable, Equatable, Codable {
  package var ipmitool: Bool
  /// By device id.
  package var devices: [String: Device]
  /// By agent, for those that are installed: what they say that they know.
  package var parameters: [String: Set<String>] = [:]
  /// nil where the spec has no SBD.
  package var sbd: SBDFacts?
  /// By the disk's path.
  package var reservations: [String: ReservationFacts] = [:]

  package struct Device: Sendable, Equatable, Codable {
    /// The agent's program is installed.
    package var agent: Bool
    package var password: FileFact
    package var script: FileFact
    /// nil: never tested from this node.
    package var test: Test?
  }

  /// The last time that a device was asked for its node's power state.
  package struct Test: Sendable, Equatable, Codable {
    package var passed: Bool
    /// Seconds since 1970, by the node's clock.
    package var time: Int
    /// The configuration that was tested.
    package var fingerprint: String
    /// Its password or script has been written anew since.
    package var stale: Bool
    /// Milliseconds from the question to the answer; nil: not measured, by an earlier version.
    package var took: Int?
  }

  /// Reads what fencing-probe.sh printed.
  package init(_ answer: Answer) throws {
    let sections = answer.sections
    guard answer.status == 0 else {
      throw UnreadableAnswer("fencing-probe", "it ended early (exit status \(answer.status)): \(answer.said)")
    }
    ipmitool = sections[""] == "ipmitool=yes"
    devices = [:]
    for (name, text) in sections where name.hasPrefix("device ") {
      let id = String(name.dropFirst(7))
      var values: [String: String] = [:]
      var modes: [String: UInt16] = [:]
      for line in text.split(separator: "\n") {
        let parts = line.split(separator: "=", maxSplits: 1)
        guard parts.count == 2 else { continue }
        if parts[0] == "mode" {
          let words = parts[1].split(separator: " ", maxSplits: 1)
          if words.count == 2 { modes[String(words[1])] = UInt16(words[0], radix: 8) }
        } else {
          values[String(parts[0])] = String(parts[1])
        }
      }
      let password = values["password"].flatMap(FileFact.State.init) ?? .unknown
      let script = sections["script \(id)"]
      var test: Test?
      if let result = values["result"], let time = values["time"].flatMap(Int.init) {
        test = Test(
          passed: result == "passed", time: time, fingerprint: values["fingerprint"] ?? "", stale: values["stale"] == "yes",
          took: values["took"].flatMap { Int($0) })
      }
      devices[id] = Device(
        agent: values["agent"] == "yes", password: FileFact(password, mode: modes[FencingPath.password(id)]),
        script: FileFact(script == nil ? .absent : .shown, content: script, mode: modes[FencingPath.script(id)]), test: test)
    }
    for (name, text) in sections {
      if name.hasPrefix("agent ") { parameters[String(name.dropFirst(6))] = Set(text.split(separator: "\n").map(String.init)) }
      if name.hasPrefix("reservations ") { reservations[String(name.dropFirst(13))] = ReservationFacts(text) }
    }
    sbd = SBDFacts(sections)
  }
}
