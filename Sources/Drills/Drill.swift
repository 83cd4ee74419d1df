import Core

/// A fault injected on purpose, what must hold then, and the way back: one file.
package struct Drill: Sendable, Equatable, Codable {
  /// The file's name without `.yml`.
  package internal(set) var name: String
  package let title: String
  /// What a passed run shows.
  package let proves: String
  package let place: Place
  /// Part of the short set that `make test` runs.
  package let short: Bool
  /// `drill random` may choose it: it leaves the cluster as it was, and does not take minutes.
  package let random: Bool
  package let acts: [Act]
  package let heal: [Action]
  /// Seconds until the cluster is healthy again after the way back was begun.
  package let healWithin: Int
  /// Which metrics may be missing in the end.
  package let missing: Missing

  /// Which metrics samples of a client may be missing in the end.
  package enum Missing: String, Sendable, Codable, CaseIterable {
    /// None: PMM is stopped in order, or not at all, and what it does not acknowledge the client keeps.
    case none
    /// Those that PMM had acknowledged and not yet written to its disk when it was killed.
    case unwritten
  }

  /// Where a drill may run.
  package enum Place: String, Sendable, Codable, CaseIterable {
    /// It breaks what only a lab can mend: power, cables, BMCs.
    case lab
    /// It needs ssh or the cluster's own fencing, nothing else.
    case anywhere
  }

  /// What is done at once, and what must hold then.
  package struct Act: Sendable, Equatable, Codable {
    package let actions: [Action]
    package let expect: Expectation

    private enum CodingKeys: String, CodingKey {
      case actions = "do"
      case expect
    }
  }

  package struct Action: Sendable, Equatable, Codable {
    package let fault: Fault
    package let on: Role
    package let ring: Int?
    package let loss: Int?
    package let delay: Int?
    package let seconds: Int?

    package init(
      _ fault: Fault, on role: Role = .active, ring: Int? = nil, loss: Int? = nil, delay: Int? = nil, seconds: Int? = nil
    ) {
      self.fault = fault
      on = role
      self.ring = ring
      self.loss = loss
      self.delay = delay
      self.seconds = seconds
    }
  }

  /// A node by what it was when the drill began.
  package enum Role: String, Sendable, Codable, CaseIterable {
    case active, passive, both
  }

  package struct Expectation: Sendable, Equatable, Codable {
    package let service: Service
    package let fenced: Fenced
    /// Seconds from the first action until the service answers as expected.
    package let within: Int
    /// Seconds that are watched in any case.
    package let hold: Int
    /// The longest outage that clients may feel, milliseconds; nil: any.
    package let outage: Int?
    /// A part of what `status` must say at last, within `within`.
    package let status: String?
    /// A part of what `plan` must say then.
    package let plan: String?
    /// The act ends only when the cluster is healthy.
    package let healthy: Bool

    package enum Service: String, Sendable, Codable, CaseIterable {
      /// It answers from the other node.
      case moves
      /// It answers from the node where it was.
      case stays
      /// It answers from either.
      case answers
      /// It answers nowhere, and no node holds anything of it but the one that had it.
      case nowhere
      /// Nothing is asked of it.
      case any
    }

    package enum Fenced: String, Sendable, Codable, CaseIterable {
      case active, passive, none
      /// One of them, and not both.
      case one
      /// The passive one or none.
      case notActive = "not-active"
      case any
    }
  }

  private enum CodingKeys: String, CodingKey {
    case name, title, proves, place, short, random, acts, heal
    case healWithin = "heal_within"
    case missing
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decodeIfPresent(String.self, forKey: .name) ?? ""
    title = try container.decode(String.self, forKey: .title)
    proves = try container.decode(String.self, forKey: .proves)
    place = try container.decode(Place.self, forKey: .place)
    short = try container.decode(Bool.self, forKey: .short)
    random = try container.decode(Bool.self, forKey: .random)
    acts = try container.decode([Act].self, forKey: .acts)
    heal = try container.decodeIfPresent([Action].self, forKey: .heal) ?? []
    healWithin = try container.decode(Int.self, forKey: .healWithin)
    missing = try container.decode(Missing.self, forKey: .missing)
  }

  /// It brings PMM to a newer version, for which there is no way back.
  package var updates: Bool { actions.contains { $0.fault == .update } }

  /// Why it cannot run there; nil: it can.
  package func refusal(_ ground: Ground) -> String? {
    if place == .lab && !ground.isLab {
      return "\(name) breaks what only a lab can mend: run it with --lab, or choose another: pmm-ha drill list"
    }
    return actions.lazy.compactMap { $0.fault.refusal(ground) }.first.map { "\(name) \($0)" }
  }

  /// All that is done, ways back included.
  var actions: [Action] { acts.flatMap(\.actions) + heal }
}
