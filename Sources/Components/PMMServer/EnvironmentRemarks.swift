import Core

extension PMMServer {
  /// The variables that the tool sets where the spec does not speak of them.
  var ownEnvironment: [(name: String, value: String)] {
    var result: [(name: String, value: String)] = []
    // PMM must not replace its own image under Pacemaker; the tag in the spec does. Later releases have no update of their own.
    if spec.major == .two {
      result.append(("DISABLE_UPDATES", "1"))
    } else if !spec.hasNoUpdates {
      result.append(("PMM_ENABLE_UPDATES", "0"))
    }
    if let publicAddress { result.append(("PMM_PUBLIC_ADDRESS", publicAddress)) }
    return result.filter { spec.environment[$0.name] == nil }
  }
}

extension PMMSpec {
  /// Since 3.9.0 PMM cannot replace its own image: the setting is about the look for new versions only.
  var hasNoUpdates: Bool { major == .three && version.map { $0.isFixed && !($0 < Version(3, 9, 0)) } ?? false }

  /// What is wrong with one variable: its name in this major version, else its value.
  func environmentRemarks(_ name: String, _ value: EnvironmentValue) -> [PMMRemark] {
    func remark(_ severity: Finding.Severity, _ message: String, _ hint: String) -> [PMMRemark] {
      [PMMRemark(severity, at: "environment", name, message: message, hint: hint)]
    }
    var text: String?
    if case .plain(let plain) = value { text = plain }
    let key = name.uppercased()
    if let text, let flag = readFlag(text), updatesItself(key, flag) {
      return remark(
        .blocking, "PMM must not update itself: the other node would keep the old version, with newer data",
        "Remove it; pmm-ha keeps updates off, and updates when pmm/tag changes.")
    }
    if let why = major.gone[key] { return remark(.warning, "\(name) has no effect: \(why)", "Remove it.") }
    guard let kind = major.variables[key] else {
      if let other = otherName(key) {
        let turned = text.flatMap(readFlag).map { other.inverted ? !$0 : $0 }
        let said =
          other.inverted ? turned.map { "\(other.name): \"\($0 ? 1 : 0)\"" } ?? "\(other.name), with the opposite value" : other.name
        return remark(
          .blocking, "PMM \(major.rawValue) does not know \(name), a name of PMM \(major == .three ? 2 : 3): it would have no effect",
          "Write \(said) in its place.")
      }
      if major.prefixes.contains(where: key.hasPrefix) { return text.map { blanks(name, $0) } ?? [] }
      let near = didYouMean(key, among: Array(major.variables.keys)).map { "Did you mean \($0)?" }
      return remark(
        .note, "\(name) is no setting of PMM \(major.rawValue) that pmm-ha knows: PMM ignores names that it does not know",
        near ?? "Look it up in Percona's list of environment variables.")
    }
    guard let text else { return [] }
    switch kind {
    case .text: return blanks(name, text)
    case .flag:
      guard readFlag(text) == nil else { return [] }
      return remark(.blocking, "PMM ends at its start: \(name) is '\(text)', and must be true or false", "Write \"1\" or \"0\".")
    case .duration(let unit):
      guard let seconds = readDuration(text) else {
        let days = text.hasSuffix("d") ? " (it knows no days)" : ""
        return remark(
          .blocking, "PMM ends at its start: \(name) is '\(text)', which it cannot read as a duration\(days)",
          unit > 1 ? "Write a number and its unit, such as 720h for 30 days." : "Write a number and its unit, such as 5s.")
      }
      guard seconds >= Double(unit), (seconds / Double(unit)).rounded() * Double(unit) == seconds else {
        return remark(
          .blocking,
          "PMM ends at its start: \(name) is '\(text)', and must be \(unit > 1 ? "whole days, at least one" : "whole seconds, at least one")",
          unit > 1 ? "Write a multiple of 24h, such as 720h for 30 days." : "Write such as 5s.")
      }
      return []
    }
  }

  /// This setting would have PMM replace its own image.
  private func updatesItself(_ name: String, _ flag: Bool) -> Bool {
    switch name {
    case "DISABLE_UPDATES": !flag
    case "ENABLE_UPDATES": flag
    case "PMM_ENABLE_UPDATES": flag && !hasNoUpdates
    default: false
    }
  }

  /// What this major version calls a variable of the other one.
  private func otherName(_ name: String) -> (name: String, inverted: Bool)? {
    let all = RenamedVariable.all
    let found = major == .three ? all.first { $0.old == name } : all.first { $0.new == name }
    return found.map { (major == .three ? $0.new : $0.old, $0.isInverted) }
  }

  /// podman's --env-file keeps blanks, and a quote is part of the value.
  private func blanks(_ name: String, _ text: String) -> [PMMRemark] {
    guard text.first?.isWhitespace == true || text.last?.isWhitespace == true else { return [] }
    return [
      PMMRemark(
        .warning, at: "environment", name, message: "the value of \(name) begins or ends with a blank, which PMM gets with it",
        hint: "Take the blank away.")
    ]
  }
}

/// Go's strconv.ParseBool, which PMM gives the value in small letters.
private func readFlag(_ text: String) -> Bool? {
  switch text.lowercased() {
  case "1", "t", "true": true
  case "0", "f", "false": false
  default: nil
  }
}

/// Go's time.ParseDuration, which PMM gives the value in small letters: numbers, each with a unit. Seconds; nil for what it refuses.
func readDuration(_ text: String) -> Double? {
  let units: [(String, Double)] = [("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600)]
  var rest = text.lowercased()[...]
  var sign = 1.0
  if rest.first == "-" || rest.first == "+" { sign = rest.removeFirst() == "-" ? -1 : 1 }
  if rest == "0" { return 0 }
  guard !rest.isEmpty else { return nil }
  var total = 0.0
  while !rest.isEmpty {
    let digits = rest.prefix { ("0"..."9").contains($0) || $0 == "." }
    guard digits.contains(where: { $0 != "." }), let number = Double("0\(digits)") ?? Double("0\(digits)0") else { return nil }
    rest = rest.dropFirst(digits.count)
    let unit = rest.prefix { !("0"..."9").contains($0) && $0 != "." }
    guard let factor = units.first(where: { $0.0 == unit })?.1 else { return nil }
    rest = rest.dropFirst(unit.count)
    total += number * factor
  }
  return sign * total
}
