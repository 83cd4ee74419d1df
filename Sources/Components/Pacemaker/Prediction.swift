import Core

/// What Pacemaker would do if an edit were made, by crm_simulate on the node.
package struct Prediction: Sendable, Equatable, Codable {
  /// One a transition, for people: `move pmm_server: pmm1 -> pmm2`. What would happen without the edit too is not in it.
  package var lines: [String]
  /// A member of the service's group stops, restarts or moves, or its node is fenced.
  package var disruptsService: Bool

  package init(lines: [String], disruptsService: Bool) {
    self.lines = lines
    self.disruptsService = disruptsService
  }

  /// `service`: the ids of the service's group and its members. Throws with the script's own words where the edit
  /// cannot be made or simulated.
  package init(_ answer: Answer, service: Set<String>) throws {
    let sections = answer.sections
    guard answer.status == 0, let now = sections["now"], let then = sections["then"] else {
      throw UnreadableAnswer("predict-cib", answer.said.isEmpty ? "it said nothing" : answer.said)
    }
    var before = try Transition.all(in: now)
    var added: [Transition] = []
    for transition in try Transition.all(in: then) {
      if let same = before.firstIndex(of: transition) { before.remove(at: same) } else { added.append(transition) }
    }
    lines = added.map(\.description)
    disruptsService = added.contains { transition in
      transition.fences || (service.contains(transition.object) && !Transition.harmless.contains(transition.action))
    }
  }
}

/// One line of crm_simulate's transition summary.
struct Transition: Equatable, CustomStringConvertible {
  /// `start`, `stop`, `move`, `restart`, `reload`, `promote`, `Fence (reboot)`, ...
  let action: String
  /// A resource, or the node that is fenced.
  let object: String
  let from: String?
  let to: String?
  let reason: String?
  let fences: Bool

  /// A start does not stop the service; what else it takes to get there has a line of its own.
  static let harmless: Set<String> = ["start", "reload", "leave"]

  var description: String {
    let place = [from, to].compactMap { $0 }.joined(separator: " -> ")
    return "\(action) \(object)" + (place.isEmpty ? "" : ": \(place)") + (reason.map { " (\($0))" } ?? "")
  }

  static func all(in output: String) throws -> [Transition] {
    let root: XMLNode
    do {
      root = try XMLNode(parsing: output)
    } catch {
      throw UnreadableAnswer("predict-cib", "crm_simulate: \(output.prefix(200)) (\(error))")
    }
    guard let actions = root.child("actions") else {
      throw UnreadableAnswer("predict-cib", "crm_simulate: \(root.child("status")?["message"] ?? "no actions in its answer")")
    }
    return actions.children.compactMap { node in
      switch node.name {
      case "rsc_action":
        Transition(
          action: (node["action"] ?? "?").lowercased(), object: node["resource"] ?? "?", from: node["source"] ?? node["node"],
          to: node["dest"],
          reason: node["reason"], fences: false)
      case "node_action":
        Transition(
          action: node["task"] ?? "?", object: node["node"] ?? "?", from: nil, to: nil, reason: node["reason"],
          fences: node["task"]?.lowercased().hasPrefix("fence") == true)
      default: nil
      }
    }
  }
}
