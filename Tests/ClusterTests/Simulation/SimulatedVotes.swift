import Core

// The third vote: certificates as files that say who has signed what, and two daemons.

private let authority = "/etc/corosync/qnetd/nssdb/qnetd-cacert.crt"
private let trusted = "/etc/corosync/qdevice/net/nssdb/ca"
private let request = "/etc/corosync/qdevice/net/nssdb/qdevice-net-node.crq"
private let certificate = "/etc/corosync/qdevice/net/nssdb/cert"

extension SimulatedCluster {
  func deviceAnswer(_ node: NodeName) -> String {
    let here = self[node]
    guard here.has("corosync-qdevice") else { return "== device\n== end\n" }
    let unit = here.units["corosync-qdevice.service"] ?? .init()
    var text = "== device\ninstalled=yes\nactive=\(unit.active ? "active" : "inactive")\nboot=\(unit.enabled ? "enabled" : "disabled")\n"
    if let trust = here.files[trusted] { text += "== authority\n\(trust.content)\n" }
    if let name = certifiedName(node) { text += "== certificate\n        Subject: \"CN=\(name)\"\n" }
    return text + "== end\n"
  }

  /// "NAME NODE KEY by AUTHORITY", which must be of this node's key and by whom it trusts.
  private func certifiedName(_ node: NodeName) -> String? {
    let here = self[node]
    guard let found = here.files[certificate]?.content, let own = here.files[request]?.content, let trust = here.files[trusted]?.content,
      found == "\(own) by \(trust)"
    else { return nil }
    return found.split(separator: " ").first.map(String.init)
  }

  func voterAnswer(_ node: NodeName) -> String {
    let unit = self[node].units["corosync-qnetd.service"] ?? .init()
    let text =
      "== voter\nstore=\(self[node].files[authority] == nil ? "absent" : "whole")\nactive=\(unit.active ? "active" : "inactive")\nboot=\(unit.enabled ? "enabled" : "disabled")\n"
    return text + (self[node].files[authority].map { "== authority\n\($0.content)\n" } ?? "") + "== end\n"
  }

  /// What is not as a cluster with a third vote must be.
  var voteDefects: [String] {
    guard names.contains(where: { self[$0].corosync?.conf.contains("model: net") == true }) else {
      return names.filter { self[$0].units["corosync-qdevice.service"]?.active == true }.map { "\($0): it asks for a third vote" }
    }
    let voter = helpers.values.first { $0.units["corosync-qnetd.service"] == .init(active: true, enabled: true) }
    var result = voter == nil ? ["nobody gives a third vote"] : []
    for node in names {
      if self[node].units["corosync-qdevice.service"] != .init(active: true, enabled: true) { result.append("\(node): no third vote") }
      if certifiedName(node) == nil || self[node].files[trusted] != voter?.files[authority] { result.append("\(node): no certificate") }
    }
    return result
  }
}

extension SimulatedStep {
  func votes(_ name: String, _ values: Values, _ cluster: inout SimulatedCluster) throws {
    func write(_ path: String, _ content: String) { cluster[node].files[path] = .init(content: content, mode: 0o600) }
    switch name {
    case "serve-votes":
      guard cluster[node].has("corosync-qnetd") else { throw Refusal("there is no corosync-qnetd") }
      if cluster[node].files[authority] == nil { write(authority, "authority of \(node)") }
      cut(cluster)
      cluster[node].units["corosync-qnetd.service"] = .init(active: true, enabled: true)
    case "request-certificate":
      guard cluster[node].has("corosync-qdevice") else { throw Refusal("there is no corosync-qdevice") }
      for path in [trusted, request, certificate] { cluster[node].files[path] = nil }
      cut(cluster)
      write(trusted, try values["AUTHORITY"])
      cut(cluster)
      write(request, "\(try values["CLUSTER"]) \(node) key")
    case "sign-certificate":
      guard let own = cluster[node].files[authority]?.content else { throw Refusal("there is no authority") }
      write(try values["CERTIFICATE"], "\(try values["REQUEST"]) by \(own)")
    case "keep-certificate": write(certificate, try values["CERTIFICATE"])
    case "start-qdevice":
      guard cluster[node].corosync?.conf.contains("host: \(try values["HOST"])") == true else { throw Refusal("there is no device") }
      cluster[node].units["corosync-qdevice.service"] = .init(active: false, enabled: true)
      cut(cluster)
      cluster[node].units["corosync-qdevice.service"]?.active = true
      cut(cluster)
      let voter = cluster.helpers.values.first { $0.units["corosync-qnetd.service"]?.active == true }
      guard let voter, voter.files[authority] == cluster[node].files[trusted] else { throw Waiting(reason: "nobody votes") }
    case "stop-qdevice":
      cluster[node].units["corosync-qdevice.service"]?.enabled = false
      cut(cluster)
      cluster[node].units["corosync-qdevice.service"]?.active = false
    default: throw Refusal("the simulation does not know the script '\(name)': teach it")
    }
  }
}
