/// A node's distribution, by os-release(5).
package struct OSRelease: Sendable, Equatable, Codable {
  /// `ID`: debian, ubuntu, centos, rhel, rocky, ...
  package let id: String
  /// `VERSION_ID`: 12, 9.4, ...
  package let version: String
  /// `PRETTY_NAME`, for people.
  package let name: String
  /// `ID_LIKE`.
  let like: [String]

  package enum Family: String, Sendable, Codable {
    /// apt
    case debian
    /// dnf
    case enterprise
  }

  init(_ text: String) {
    var values: [String: String] = [:]
    for line in text.split(separator: "\n") {
      guard let equals = line.firstIndex(of: "="), !line.hasPrefix("#") else { continue }
      values[String(line[..<equals])] = line[line.index(after: equals)...].trimming { "\"' \r".contains($0) }
    }
    id = values["ID"] ?? ""
    version = values["VERSION_ID"] ?? ""
    name = values["PRETTY_NAME"] ?? [values["NAME"], values["VERSION_ID"]].compactMap { $0 }.joined(separator: " ")
    like = (values["ID_LIKE"] ?? "").split(separator: " ").map(String.init)
  }

  /// Nil for a distribution that this tool cannot set up.
  package var family: Family? {
    let names = [id] + like
    if names.contains("debian") || names.contains("ubuntu") { return .debian }
    if names.contains("rhel") || names.contains("fedora") || names.contains("centos") { return .enterprise }
    return nil
  }

  /// The number before the first dot; nil for a rolling release.
  var major: Int? { Int(version.prefix { $0 != "." }) }

  /// What is too old: its podman has no netavark, or its Pacemaker is not of the 2.1 line or later.
  var tooOld: String? {
    guard let major else { return nil }
    let oldest: Int? =
      switch id {
      case "debian": 12
      case "ubuntu": 24
      case "rhel", "centos", "rocky", "almalinux", "ol": 8
      default: nil
      }
    guard let oldest, major < oldest else { return nil }
    return "\(id) \(oldest)"
  }

  /// The repository that has Pacemaker and is not enabled by default; nil where it is part of the distribution.
  /// `machine` is `uname -m`.
  func highAvailabilityRepository(machine: String) -> String? {
    switch (id, major) {
    case ("fedora", _): nil
    case ("rhel", let major?): "rhel-\(major)-for-\(machine)-highavailability-rpms"
    case ("ol", let major?): "ol\(major)_addons"
    case (_, 8?): "ha"
    default: "highavailability"
    }
  }
}

extension StringProtocol {
  /// Without the characters at both ends that `drop` is true for.
  func trimming(_ drop: (Character) -> Bool) -> String {
    var rest = self[...]
    while let first = rest.first, drop(first) { rest = rest.dropFirst() }
    while let last = rest.last, drop(last) { rest = rest.dropLast() }
    return String(rest)
  }
}
