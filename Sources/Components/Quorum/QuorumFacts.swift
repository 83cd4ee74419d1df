import Core

/// What a node has of the third vote: corosync-qdevice, and the certificates by which it talks to corosync-qnetd.
package struct QuorumFacts: Sendable, Equatable, Codable {
  package var installed: Bool
  package var active: Bool
  package var atBoot: Bool
  /// The certificate of the authority that it trusts, PEM; nil where it has none.
  package var authority: String?
  /// The cluster whose certificate and key it has, both good; nil where it has none.
  package var certifiedFor: String?

  package static var question: Question<QuorumFacts> {
    Question("qdevice-probe", PackageResources.qdevice_probe_sh) { try QuorumFacts($0) }
  }

  package init(_ answer: Answer) throws {
    let sections = answer.sections
    guard let device = sections["device"].map(keyValues), sections["end"] != nil else {
      throw UnreadableAnswer("qdevice-probe", "it ended early: \(answer.said)")
    }
    installed = device["installed"] == "yes"
    active = device["active"] == "active"
    atBoot = device["boot"] == "enabled"
    authority = sections["authority"].flatMap { $0.isEmpty ? nil : $0 }
    certifiedFor = sections["certificate"].flatMap(commonName)
  }
}

/// What the machine with the third vote has.
package struct VoterFacts: Sendable, Equatable, Codable {
  package var active: Bool
  package var atBoot: Bool
  /// Its authority's certificate, PEM; nil where that or its own certificate is missing.
  package var authority: String?
  /// The directory of its certificates.
  package var store: Store

  package enum Store: Sendable, Equatable, Codable {
    case absent
    /// An interrupted attempt: there is no authority's certificate, so none was ever served from it.
    case begun
    case whole
    /// certutil's words, or what it leaves out: other clusters may depend on what is there.
    case unreadable(String)
  }

  package static var question: Question<VoterFacts> { Question("qnetd-probe", PackageResources.qnetd_probe_sh) { try VoterFacts($0) } }

  package init(_ answer: Answer) throws {
    let sections = answer.sections
    guard let voter = sections["voter"].map(keyValues), sections["end"] != nil else {
      throw UnreadableAnswer("qnetd-probe", "it ended early: \(answer.said)")
    }
    active = voter["active"] == "active"
    atBoot = voter["boot"] == "enabled"
    authority = sections["authority"].flatMap { $0.isEmpty ? nil : $0 }
    switch voter["store"] {
    case "absent": store = .absent
    case "begun": store = .begun
    case "unreadable": store = .unreadable(voter["said"] ?? "nothing")
    default: store = authority == nil ? .unreadable("certutil does not print the authority's certificate") : .whole
    }
    if case .whole = store { return }
    authority = nil
  }
}

/// certutil (NSS 3.87) prints `        Subject: "CN=pmm-ha"`.
private func commonName(_ text: String) -> String? {
  text.split(separator: "\"").first { $0.hasPrefix("CN=") }.map { String($0.dropFirst(3)) }
}
