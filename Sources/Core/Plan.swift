/// Everything that an apply would do and everything that is wrong: the executor needs nothing else.
package struct Plan: Sendable, Equatable {
  /// In the order of their run: by stage, and within a stage and node as listed.
  package let steps: [Step]
  package let findings: [Finding]
  /// What Pacemaker's scheduler will do because of the steps, one line a transition.
  package let transitions: [String]
  /// The scheduler would stop or move the service.
  package let transitionsDisrupt: Bool

  /// Steps come by component and leave by stage; their order within a stage stays. While anything blocks, whoever's
  /// finding it is, no step that destroys data is part of a plan.
  package init(_ proposal: Proposal, transitions: [String] = [], transitionsDisrupt: Bool = false) {
    let blocked = proposal.findings.contains { $0.severity == .blocking }
    let steps = blocked ? proposal.steps.filter { !$0.destroysData } : proposal.steps
    self.steps = Stage.allCases.flatMap { stage in steps.filter { $0.stage == stage } }
    findings = proposal.findings
    self.transitions = transitions
    self.transitionsDisrupt = transitionsDisrupt
  }

  package var isEmpty: Bool { steps.isEmpty }

  /// Findings that apply does not step over.
  package var blocking: [Finding] { findings.filter { $0.severity == .blocking } }

  /// The steps that follow one another, each group side by side on its nodes.
  package var stages: [(stage: Stage, byNode: [(node: NodeName, steps: [Step])])] {
    Stage.allCases.compactMap { stage in
      let here = steps.filter { $0.stage == stage }
      if here.isEmpty { return nil }
      let nodes = Set(here.map(\.node)).sorted()
      return (stage, nodes.map { node in (node, here.filter { $0.node == node }) })
    }
  }
}

/// What the operator has agreed to beyond ordinary changes.
package struct Consent: Sendable, Equatable {
  /// Devices whose data may go, by the name that the spec gives them.
  package var destroy: Set<String>
  /// The service may stop or move.
  package var disruption: Bool

  package init(destroy: Set<String> = [], disruption: Bool = false) {
    self.destroy = destroy
    self.disruption = disruption
  }

  /// Whether what `device` names may go: `DISK`, a blank one; `DISK=SIGNATURES`; or `DISK=unknown-data`, one whose content has no
  /// signature. Consent to a set of signatures covers any subset, the empty one too: a disk is blank after an apply that was cut off
  /// when it had wiped them. It never covers unknown data: that is a word of its own.
  package func covers(_ device: String) -> Bool {
    func parts(_ text: String) -> (disk: Substring, signatures: Set<Substring>) {
      guard let equals = text.lastIndex(of: "=") else { return (text[...], []) }
      return (text[..<equals], Set(text[text.index(after: equals)...].split(separator: "+")))
    }
    let wanted = parts(device)
    return destroy.contains(device)
      || destroy.contains { parts($0).disk == wanted.disk && wanted.signatures.isSubset(of: parts($0).signatures) }
  }
}

extension Plan {
  /// What apply must be told before it may run this plan: the flag, and why. Empty when consent covers everything.
  package func lacking(_ consent: Consent) -> [(flag: String, reason: String)] {
    var lacking: [(flag: String, reason: String)] = []
    for step in steps {
      for effect in step.effects {
        switch effect {
        case .destroys(let device) where !consent.covers(device):
          lacking.append(("--allow-destroy \(device)", "\(step.node): \(step.what) destroys what is on \(device)"))
        case .disrupts(let how) where !consent.disruption:
          lacking.append(("--allow-disruption", "\(step.node): \(step.what): \(how)"))
        default: break
        }
      }
    }
    if transitionsDisrupt && !consent.disruption {
      lacking.append(("--allow-disruption", "Pacemaker will stop or move the service: " + transitions.joined(separator: "; ")))
    }
    return lacking
  }
}
