import Core

/// What a node says about Pacemaker.
package struct PacemakerFacts: Sendable, Equatable, Codable {
  package enum CIBFile: String, Sendable, Codable {
    case absent
    /// One of a cluster that never had a resource: the package's first start leaves such a file.
    case blank
    /// One of ours that no Pacemaker has read yet.
    case seeded
    case configured
  }
  package var installed: Bool
  /// `2.1.5`; nil where it does not say.
  package var version: String?
  /// crm_feature_set, `3.16.1`: nodes with an older one than the CIB's cannot join.
  package var featureSet: String?
  package var corosyncActive: Bool
  package var pacemakerActive: Bool
  /// Both start at boot.
  package var enabled: Bool
  /// SHA-256 of /etc/pacemaker/authkey, nil where there is none.
  package var authkey: String?
  /// The CIB: as the cluster has it if `live`, else as the file that Pacemaker would start with.
  package var cib: XMLNode?
  package var cibFile: CIBFile
  /// True when `cib` came from the running cluster.
  package var live: Bool
  package var state: ClusterState?
  /// Pacemaker runs, and which of its tools gave no answer that can be read; nil where both did, or where it does not run.
  package var unanswered: Unknown?

  /// Version of the configuration: admin_epoch.epoch; nil where there is none.
  package var epoch: String? {
    guard let cib else { return nil }
    return "\(cib["admin_epoch"] ?? "").\(cib["epoch"] ?? "")"
  }

  package static var question: Question<PacemakerFacts> {
    Question("probe-pacemaker", PackageResources.probe_pacemaker_sh) { try PacemakerFacts($0) }
  }

  package init(_ answer: Answer) throws {
    let sections = answer.sections
    installed = sections["absent"] == nil
    (corosyncActive, pacemakerActive, enabled, live, cibFile) = (false, false, false, false, .absent)
    unanswered = nil
    guard installed else { return }
    guard let features = sections["features"], let units = sections["units"], let cibText = sections["cib"],
      let stateText = sections["state"]
    else { throw UnreadableAnswer("probe-pacemaker", "a section is missing in: \(answer.said)") }
    // "Pacemaker 2.1.5 (Build: a3f44794f94)\n Supporting v3.16.1: ..."
    let words = features.split { $0 == " " || $0 == "\n" }
    version = words.firstIndex(of: "Pacemaker").flatMap { words.indices.contains($0 + 1) ? String(words[$0 + 1]) : nil }
    featureSet = words.first { $0.hasPrefix("v") && $0.hasSuffix(":") }.map { String($0.dropFirst().dropLast()) }
    let states = unitStates(units)
    corosyncActive = states["corosync.service"]?["ActiveState"] == "active"
    pacemakerActive = states["pacemaker.service"]?["ActiveState"] == "active"
    enabled = ["corosync.service", "pacemaker.service"].allSatisfy { states[$0]?["UnitFileState"]?.hasPrefix("enabled") == true }
    authkey = sections["authkey"]?.split(separator: " ").first.map(String.init)
    live = sections["live"] != nil
    do {
      cib = cibText.isEmpty ? nil : try XMLNode(parsing: cibText)
    } catch {
      throw UnreadableAnswer("probe-pacemaker", "the CIB: \(error)")
    }
    cibFile = cib.map(Self.kind) ?? .absent
    guard pacemakerActive else { return }
    do { state = try ClusterState(stateText) } catch { unanswered = Unknown("crm_mon", "\(error)") }
    if !live { unanswered = Unknown("cibadmin --query", "it gave no answer in 5 s") }
  }

  private static func kind(_ cib: XMLNode) -> CIBFile {
    let configuration = cib.child("configuration")
    let sections = ["resources", "constraints", "fencing-topology"]
    if sections.allSatisfy({ configuration?.child($0)?.children.isEmpty ?? true }) { return .blank }
    let ran = configuration?.descendants("nvpair").contains { $0["name"] == "dc-version" } ?? false
    return cib["crm_feature_set"] == "3.0.0" && !ran ? .seeded : .configured
  }
}

/// `systemctl show` of several units: blocks of KEY=VALUE, by their Id; of one that has several, all count.
func unitStates(_ output: String) -> [String: [String: String]] {
  var result: [String: [String: String]] = [:]
  var block: [String: String] = [:]
  for line in (output + "\n\n").split(separator: "\n", omittingEmptySubsequences: false) {
    if let equals = line.firstIndex(of: "=") {
      block[String(line[..<equals])] = String(line[line.index(after: equals)...])
    } else if let id = block["Id"] {
      result[id, default: [:]].merge(block) { $1 }
      block = [:]
    }
  }
  return result
}
