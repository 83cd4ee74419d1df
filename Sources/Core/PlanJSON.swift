// The plan for programs: what `plan --json` prints. Secrets stand by name, as everywhere.

extension Plan: Encodable {
  private enum Key: String, CodingKey { case changes, steps, findings, transitions, disruptive, destroys }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(!isEmpty, forKey: .changes)
    try container.encode(steps, forKey: .steps)
    try container.encode(findings, forKey: .findings)
    try container.encode(transitions, forKey: .transitions)
    let effects = steps.flatMap(\.effects)
    try container.encode(transitionsDisrupt || effects.contains { if case .disrupts = $0 { true } else { false } }, forKey: .disruptive)
    try container.encode(effects.compactMap { if case .destroys(let device) = $0 { device } else { nil } }, forKey: .destroys)
  }
}

extension Step: Encodable {
  private enum Key: String, CodingKey {
    case id, node, component, stage, what, why, file, diff, mode, owner, script, variables, disrupts, destroys
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(id, forKey: .id)
    try container.encode(node, forKey: .node)
    try container.encode(component, forKey: .component)
    try container.encode(stage, forKey: .stage)
    try container.encode(what, forKey: .what)
    try container.encode(why, forKey: .why)
    switch action {
    case .write(let file):
      try container.encode(file.path, forKey: .file)
      try container.encode(String(file.mode, radix: 8), forKey: .mode)
      try container.encode(file.owner, forKey: .owner)
      try container.encode(file.diff, forKey: .diff)
    case .remove(let path): try container.encode(path, forKey: .file)
    case .run(let script):
      try container.encode(script.name, forKey: .script)
      let values = script.variables.map { ($0.name, $0.value.description) }
      try container.encode(Dictionary(values) { $1 }, forKey: .variables)
    }
    for effect in effects {
      switch effect {
      case .disrupts(let how): try container.encode(how, forKey: .disrupts)
      case .destroys(let device): try container.encode(device, forKey: .destroys)
      }
    }
  }
}

extension FileWrite {
  /// The change of the file as a unified diff; all lines are added where nothing may be shown of the old one.
  package var diff: [String] { unifiedDiff(from: current ?? "", to: content.description) }
}
