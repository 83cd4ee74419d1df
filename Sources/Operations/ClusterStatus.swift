import Cluster
import Core
import PMMServer
import Pacemaker

/// The cluster at a glance: what `status` shows and `--json` prints.
package struct ClusterStatus: Sendable, Equatable, Encodable {
  /// corosync.conf's cluster_name; nil for a saved CIB.
  package var cluster: String?
  /// Whose view this is: a node's, or that of the file of a saved CIB.
  package var seenFrom: String
  /// The nodes that answered. What only another one notes, such as its tests of fencing devices, is not known.
  package var heardFrom: [String]
  /// What it says is what was so when the CIB was saved; tests, links and answers are not known.
  package var isSaved: Bool
  /// What crm_mon says; nil where Pacemaker does not run.
  package var state: ClusterState?
  package var service: Service
  package var fencingDevices: [FencingDevice]
  /// Nodes that were really fenced, through Pacemaker, to see whether it works: by name.
  package var reallyFenced: [String: Fenced]
  /// Corosync links that are down: "pmm2 link 1".
  package var linksDown: [String]
  /// Whether the third vote counts here; nil where there is no device for one.
  package var thirdVote: Bool?
  package var findings: [Finding]

  /// PMM's parts as supervisord has noted them, and the node where they run. Not printed for programs: the findings have it.
  private var parts = Parts(node: "", facts: .no)
  /// What this view's node noted of its own tests, by device.
  private var tests: [String: Tested] = [:]
  /// Why there is no state.
  private var trouble: [Finding] = []

  private enum CodingKeys: String, CodingKey {
    case cluster, seenFrom, heardFrom, state, service, fencingDevices, reallyFenced, linksDown, thirdVote, findings
  }

  package struct Service: Sendable, Equatable, Encodable {
    /// Where every member of the group is up.
    package var node: String?
    /// When its last member was started there, in the node's own words.
    package var since: String?
    /// Through the virtual IP; nil where nobody asked (no spec, or a saved CIB).
    package var readiness: ServiceAnswer?
    package var resources: [ClusterState.Resource]
    /// What a start of PMM waits for; nil where none is under way, or it has begun within the last ten seconds.
    package var starting: Starting?
    /// The node where PMM's user admin still has the password admin, as the resource agent has found.
    package var defaultLogin: String?
  }

  /// A start of PMM that is under way, as the resource agent notes it (ocf-agent.sh).
  package struct Starting: Sendable, Equatable, Encodable {
    package var node: String
    /// PMM migrates its data, as far as that shows on its filesystem.
    package var isMigrating: Bool
    /// Seconds before the status was taken.
    package var age: Int
    /// The last line of PMM's own log; may be empty.
    package var words: String

    /// Reads the note; nil for none.
    init?(_ note: String, node: String, now: Int) {
      let values: [String: String] = note.split(separator: "\n").reduce(into: [:]) { result, line in
        let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if parts.count == 2 { result[parts[0]] = parts[1] }
      }
      guard let doing = values["doing"], let since = values["since"].flatMap({ Int($0) }) else { return nil }
      self.node = node
      isMigrating = doing == "migrating"
      age = max(0, now - since)
      words = values["words"] ?? ""
    }
  }

  private struct Parts: Sendable, Equatable {
    var node: String
    var facts: Fact<[PMMPart]>
  }

  package struct FencingDevice: Sendable, Equatable, Encodable {
    package var id: String
    /// The node where Pacemaker monitors it.
    package var monitoredOn: String?
    package var failed: Bool
    /// Its last test by pmm-ha.
    package var tested: Tested?
  }

  package struct Tested: Sendable, Equatable, Encodable {
    /// Seconds since 1970.
    package var at: Int
    package var passed: Bool
    /// Seconds before the status was taken.
    package var age: Int
  }

  /// A node that was fenced for real.
  package struct Fenced: Sendable, Equatable, Encodable {
    package var tested: Tested
    /// Seconds until its devices said that it is off, and until it was online again.
    package var confirmed: Double?
    package var online: Double?
  }

  /// The last test of a device by any node that answered.
  package func test(of device: String) -> Tested? { tests[device] }

  /// The service answers (or, where that was not asked, is up), and nothing is wrong.
  package var isHealthy: Bool {
    guard let state else { return false }
    let isComplete = state.nodes.allSatisfy { $0.isRemote || ($0.online && !$0.pending) }
    return service.node != nil && isComplete && (service.readiness?.isReady ?? true) && state.quorum
      && findings.allSatisfy { $0.severity < .warning }
  }
}

extension ClusterStatus {
  /// `url` as given to the question.
  package static func question(url: String?) -> Question<ClusterStatus> {
    Question("probe-status", PMMPart.script + PackageResources.probe_status_sh, ["URL": Text(url ?? "")]) {
      try ClusterStatus($0, url: url)
    }
  }

  package init(_ answer: Answer, url: String?, group: String = PacemakerSpec.group) throws {
    let sections = answer.sections
    guard let node = sections["node"], let text = sections["state"] else {
      throw UnreadableAnswer("probe-status", "a section is missing in: \(answer.said)")
    }
    let identity = node.split(separator: "\n")
    seenFrom = identity.first.map(String.init) ?? ""
    let now = identity.last.flatMap { Int($0) } ?? 0
    isSaved = sections["saved"] == "yes"
    heardFrom = isSaved ? [] : [seenFrom]
    cluster = sections["cluster"].flatMap { $0.isEmpty ? nil : $0 }
    trouble = []
    do {
      state = try ClusterState(text)
    } catch {
      state = nil
      let hint =
        isSaved
        ? "Save it anew: cibadmin --query > FILE"
        : "Start the cluster there: systemctl start corosync pacemaker, or run: pmm-ha apply"
      trouble.append(Finding(.danger, at: seenFrom, "\(error)", hint: hint))
    }
    let members = state?.members(of: group) ?? []
    let from = seenFrom
    let answered = sections["service"].flatMap { $0.isEmpty ? nil : $0 }
    service = Service(
      node: state?.home(of: group), since: state?.home(of: group) == nil ? nil : members.last?.since,
      readiness: url.flatMap { url in answered.map { ServiceAnswer(Answer($0), url: url) } },
      resources: members + (state?.beside ?? []), starting: sections["start"].flatMap { Starting($0, node: from, now: now) },
      defaultLogin: sections["login"] == "default" ? seenFrom : nil)
    tests = Self.records(sections["tests"] ?? "", now: now).mapValues(\.tested)
    reallyFenced = Self.records(sections["fenced"] ?? "", now: now)
    fencingDevices = (state?.resources.filter(\.isFencingDevice) ?? []).map {
      FencingDevice(id: $0.id, monitoredOn: $0.nodes.first, failed: $0.failed, tested: nil)
    }
    linksDown = Self.linksDown(sections["links"] ?? "")
    thirdVote = Self.thirdVote(sections["votes"] ?? "")
    parts = Parts(node: seenFrom, facts: PMMPart.read(sections["parts"] ?? ""))
    findings = []
    findings = trouble + parts.facts.findings(at: parts.node) + (state.map { statusFindings(self, $0) } ?? [])
  }

  /// The first view whose Pacemaker runs, with the fencing tests and events of all: each node notes its own.
  package init?(merging views: [ClusterStatus]) {
    guard let best = views.first(where: { $0.state != nil }) ?? views.first else { return nil }
    self = best
    heardFrom = views.flatMap(\.heardFrom).sorted()
    service.defaultLogin = views.compactMap(\.service.defaultLogin).first
    service.starting = views.compactMap(\.service.starting).first
    if let active = views.first(where: { !$0.parts.facts.isNo }) { parts = active.parts }
    for view in views {
      tests.merge(view.tests) { $0.at > $1.at ? $0 : $1 }
      reallyFenced.merge(view.reallyFenced) { $0.tested.at > $1.tested.at ? $0 : $1 }
    }
    // A node that was just fenced hears of it a few seconds after it has come back.
    for event in views.flatMap({ $0.state?.fencing ?? [] }) where state?.fencing.contains(event) == false { state?.fencing.append(event) }
    state?.fencing.sort { ($0.when ?? "now") > ($1.when ?? "now") }
    for index in fencingDevices.indices { fencingDevices[index].tested = tests[fencingDevices[index].id] }
    findings = trouble + parts.facts.findings(at: parts.node) + (state.map { statusFindings(self, $0) } ?? [])
  }

  /// Lines `NAME key=value ...` with `time` and `result`.
  private static func records(_ text: String, now: Int) -> [String: Fenced] {
    var result: [String: Fenced] = [:]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      var values: [Substring: Substring] = [:]
      for word in words.dropFirst() {
        let pair = word.split(separator: "=", maxSplits: 1)
        if pair.count == 2 { values[pair[0]] = pair[1] }
      }
      guard let name = words.first, let time = values["time"].flatMap({ Int($0) }) else { continue }
      result[String(name)] = Fenced(
        tested: Tested(at: time, passed: values["result"] == "passed", age: max(0, now - time)),
        confirmed: values["confirmed"].flatMap { Double($0) }, online: values["online"].flatMap { Double($0) })
    }
    return result
  }

  /// From corosync-quorumtool -s (Corosync 3.1), the last line of the membership: "         0          1            Qdevice",
  /// with "0" for the votes where it has none.
  private static func thirdVote(_ text: String) -> Bool? {
    if text.isEmpty { return nil }
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      if words.count > 2, words[0] == "0", words[2] == "Qdevice" { return words[1] == "1" }
    }
    return false
  }

  /// From corosync-cfgtool -n (Corosync 3.1): "nodeid: 2 reachable" and then
  /// "   LINK: 0 udp (198.51.100.11->198.51.100.12) enabled connected mtu: 1397".
  private static func linksDown(_ text: String) -> [String] {
    var node = ""
    var result: [String] = []
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.first == "nodeid:", words.count > 1 { node = String(words[1]) }
      if words.first == "LINK:", words.count > 1, !words.contains("connected") { result.append("link \(words[1]) to node \(node)") }
    }
    return result
  }
}
