import Core

/// What a node says of itself.
package struct HostFacts: Sendable, Equatable, Codable {
  /// Seconds since 1970 by the node's clock, when it was asked.
  package var clock: Double
  /// 0 when the questions were asked as root.
  package var user: Int
  /// `uname -n`.
  package var hostName: String
  /// `uname -m`.
  package var machine: String
  /// Processors that the kernel runs; nil where it does not say.
  package var cpus: Int?
  /// MemTotal of /proc/meminfo, KiB.
  package var memory: Int?
  /// Whether every flag line of /proc/cpuinfo has sse4_2; nil where there is none (another architecture).
  package var sse42: Bool?
  /// The version of podman's package; nil where it is not installed.
  package var podman: String?
  /// KiB that are free where podman keeps images.
  package var imageRoom: Int?
  package var os: OSRelease
  /// Whether systemd runs the node.
  package var systemd: Bool
  /// systemd's word for the kind of container that the node is; nil for a machine.
  package var container: String?
  /// Of the packages asked for, those that are not there.
  package var missingPackages: [String]
  /// nil where Pacemaker is not installed.
  package var pacemaker: PacemakerVersion?
  /// /etc/hosts
  package var hosts: FileFact
  /// systemd units by name; those that do not exist are left out.
  package var units: [String: Unit]
  /// nil where the time service does not say, or none runs.
  package var synchronised: Bool?
  /// `MODE USER:GROUP` by path, for those that are there.
  package var directories: [String: String]
  /// An interrupted installation left its guard against starting services behind.
  package var guardLeft: Bool
  /// nil where firewalld does not run.
  package var firewall: FirewallFacts?
  /// nil where there is none in the kernel.
  package var selinux: SELinux?
  /// Of the files that name our time servers, those that are there, by path.
  package var timeFiles: [String: String]
  /// Seconds that the time service measures between the clock and its servers; nil where it does not say.
  package var clockOffset: Double?

  package enum SELinux: String, Sendable, Codable {
    case enforcing
    case permissive
  }

  package struct Unit: Sendable, Equatable, Codable {
    /// `active`, `inactive`, `failed`, ...
    package var active: String
    /// `enabled`, `disabled`, `masked`, ...; empty for units without a file of their own.
    package var file: String
  }

  package struct PacemakerVersion: Sendable, Equatable, Codable {
    /// `2.1.5-a3f44794f94`
    package var version: String
    /// The CIB feature set: `3.16.2`.
    package var featureSet: String
  }

  /// Reads what host-probe.sh printed. Throws where it was cut off.
  package init(_ answer: Answer) throws {
    let sections = answer.sections
    guard let host = sections["host"].map(keyValues), let os = sections["os"], sections["directories"] != nil,
      let clock = host["clock"].flatMap(Double.init), let user = host["uid"].flatMap(Int.init), let name = host["name"]
    else { throw UnreadableAnswer("host-probe", "it ended early (exit status \(answer.status)): \(answer.said)") }
    self.clock = clock
    self.user = user
    hostName = name
    machine = host["machine"] ?? ""
    cpus = host["cpus"].flatMap { Int($0) }
    memory = host["memory"].flatMap { Int($0) }
    sse42 = host["sse4_2"].flatMap { $0 == "yes" ? true : $0 == "no" ? false : nil }
    podman = host["podman"].flatMap { $0.isEmpty ? nil : $0 }
    imageRoom = host["images"].flatMap { Int($0) }
    self.os = OSRelease(os)
    systemd = host["systemd"] == "yes"
    container = host["container"]
    guardLeft = host["guard"] == "left"
    firewall = FirewallFacts(sections)
    selinux = host["selinux"].flatMap { $0 == "1" ? .enforcing : $0 == "0" ? .permissive : nil }
    timeFiles = [:]
    for (name, content) in sections where name.hasPrefix("time file ") { timeFiles[String(name.dropFirst(10))] = content }
    clockOffset = readOffset(sections["time"] ?? "")
    missingPackages = []
    pacemaker = PacemakerVersion(sections["pacemaker"] ?? "")
    hosts = .init(.absent)
    if let mode = sections["hosts mode"].flatMap({ UInt16($0, radix: 8) }) {
      hosts = FileFact(.shown, content: sections["hosts"] ?? "", mode: mode)
    }
    units = readUnits(sections["units"] ?? "")
    synchronised = readSynchronised(sections["time"] ?? "")
    directories = [:]
    for line in (sections["directories"] ?? "").split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 2)
      if words.count == 3 { directories[String(words[2])] = "\(words[0]) \(words[1])" }
    }
    missingPackages = (sections["packages"] ?? "").split(separator: "\n").compactMap(missingPackage)
  }
}

extension HostFacts.PacemakerVersion {
  /// Reads `pacemakerd --features`:
  ///
  ///     Pacemaker 2.1.5-a3f44794f94 (Build: a3f44794f94)
  ///      Supporting v3.16.2: agent-manpages cibsecrets ...
  init?(_ text: String) {
    let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
    guard let version = lines.first(where: { $0.first == "Pacemaker" })?.dropFirst().first,
      let features = lines.first(where: { $0.first == "Supporting" })?.dropFirst().first
    else { return nil }
    self.version = String(version)
    featureSet = features.trimming { $0 == "v" || $0 == ":" }
  }
}

/// Reads `systemctl show` of several units: blocks of `Property=value`, with an empty line between.
private func readUnits(_ text: String) -> [String: HostFacts.Unit] {
  var units: [String: HostFacts.Unit] = [:]
  for block in text.split(separator: "\n\n") {
    let properties = keyValues(String(block))
    guard let id = properties["Id"], properties["LoadState"] != "not-found" else { continue }
    units[id] = .init(active: properties["ActiveState"] ?? "", file: properties["UnitFileState"] ?? "")
  }
  return units
}

/// Reads our own word for systemd-timesyncd, or `chronyc tracking`:
///
///     Reference ID    : 00000000 ()
///     Leap status     : Not synchronised
private func readSynchronised(_ text: String) -> Bool? {
  if text.contains("synchronised=yes") { return true }
  guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Leap status") }) else { return nil }
  return !line.hasSuffix("Not synchronised")
}

/// Reads `chronyc tracking` (4.3): "System time     : 0.000013842 seconds fast of NTP time".
private func readOffset(_ text: String) -> Double? {
  guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("System time") }), !text.contains("Not synchronised") else {
    return nil
  }
  let words = line.split(separator: ":").last?.split(separator: " ") ?? []
  guard words.count > 2, let seconds = Double(words[0]) else { return nil }
  return words[2] == "slow" ? -seconds : seconds
}

/// The package that a line of the probe reports as missing: its own word, or rpm's
/// (`no package provides NAME`, `error: file PATH: No such file or directory`).
private func missingPackage(_ line: Substring) -> String? {
  for prefix in ["missing ", "no package provides "] where line.hasPrefix(prefix) { return String(line.dropFirst(prefix.count)) }
  guard let file = line.firstRange(of: "file "), let end = line.firstRange(of: ": No such file"), file.upperBound < end.lowerBound
  else { return nil }
  return String(line[file.upperBound..<end.lowerBound])
}
