import Core

extension HostSpec {
  /// Where each time service reads servers from, beside what its own configuration names.
  private struct Place: Sendable {
    let file: String
    var configuration = ""
    var directive = ""
    let line: @Sendable ([String]) -> String
  }

  private static let chrony: @Sendable ([String]) -> String = { servers in servers.map { "server \($0) iburst\n" }.joined() }

  /// Debian's chrony.conf reads sources.d already; the one of CentOS Stream and its like reads what DHCP gives only.
  private static let places: [String: Place] = [
    "chrony.service": Place(
      file: "/etc/chrony/sources.d/pmm-ha.sources", configuration: "/etc/chrony/chrony.conf", directive: "sourcedir /etc/chrony/sources.d",
      line: chrony),
    "chronyd.service": Place(
      file: "/etc/chrony.d/pmm-ha.sources", configuration: "/etc/chrony.conf", directive: "sourcedir /etc/chrony.d", line: chrony),
    "systemd-timesyncd.service": Place(
      file: "/etc/systemd/timesyncd.conf.d/pmm-ha.conf", line: { "[Time]\nNTP=\($0.joined(separator: " "))\n" }),
  ]

  /// The files, for the probe.
  static var timeFiles: [String] { places.values.map(\.file).sorted() }

  /// A step where the node's time service does not ask the spec's servers.
  func setTimeServers(_ node: NodeName, _ fact: HostFacts) -> Step? {
    guard !timeServers.isEmpty, fact.timeService != nil || fact.needsTimeService else { return nil }
    let unit = fact.timeService ?? (fact.os.family == .debian ? "chrony.service" : "chronyd.service")
    guard let place = Self.places[unit] else { return nil }
    let wanted = "# Written by pmm-ha from its spec: change the spec and run 'pmm-ha apply'.\n" + place.line(timeServers)
    guard fact.timeFiles[place.file] != wanted else { return nil }
    return Step(
      node, "Host", .files, "Let \(unit) ask \(timeServers.joined(separator: ", "))",
      because: fact.timeFiles[place.file] == nil ? "it asks others" : "the servers change",
      .run(
        Script(
          "use-time-servers", PackageResources.use_time_servers_sh,
          [
            "UNIT": Text(unit), "FILE": Text(place.file), "CONTENT": Text(wanted), "CONFIGURATION": Text(place.configuration),
            "DIRECTIVE": Text(place.directive),
          ])))
  }

  /// A time service that the spec's servers cannot be given to.
  func timeFindings(_ node: NodeName, _ fact: HostFacts) -> [Finding] {
    guard !timeServers.isEmpty, let unit = fact.timeService, Self.places[unit] == nil else { return [] }
    return [
      Finding(
        .warning, at: node.description, "\(unit) keeps the time here, and the spec's time_servers are not given to it",
        hint: "name them in its own configuration, or let chrony take its place")
    ]
  }
}
