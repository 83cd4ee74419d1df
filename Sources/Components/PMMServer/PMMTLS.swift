import Core

// A certificate of one's own lies in files on both nodes, as the tools that renew certificates leave them. The start of PMM
// copies them to where PMM's nginx reads them, and so does a step while PMM runs.

/// Where the nodes have the certificate that clients see: the spec's `pmm.tls`.
package struct PMMTLS: Sendable, Equatable, Codable {
  /// The certificate, with those between it and the authority's, as PEM.
  package let certificate: String
  /// Its private key as PEM, without a password, readable for root only.
  package let key: String
  /// The authorities' certificates that PMM gives to others, as PEM; nil leaves PMM's own.
  package let ca: String?

  package init(certificate: String, key: String, ca: String? = nil) {
    self.certificate = certificate
    self.key = key
    self.ca = ca
  }

  /// The key of the spec whose path is none.
  var wrong: String? {
    [("certificate", certificate), ("key", key), ("ca", ca ?? "/")].first { !$0.1.hasPrefix("/") || $0.1.contains(where: \.isNewline) }?.0
  }
}

/// What a node has for `pmm.tls`.
package struct TLSFacts: Sendable, Equatable, Codable {
  /// Whether the key is the certificate's: `yes`, `no`, `absent PATH`, `unknown WHY`.
  package var pair: String
  /// The last day, in openssl's words; empty where it is not known.
  package var end: String
  /// It has expired; nil where openssl did not say it.
  package var expired: Bool?
  /// It will have expired in 30 days; nil where openssl did not say it.
  package var soon: Bool?
  /// A checksum of all files; empty where they could not be read.
  package var sum: String
  /// They are what PMM's nginx reads on the mounted filesystem; nil where it is not mounted, or PMM has not made its directory.
  package var isInstalled: Bool?

  init?(_ values: [String: String]) {
    guard let pair = values["pair"] else { return nil }
    func answer(_ key: String) -> Bool? { values[key].flatMap { ["yes": true, "no": false][$0] } }
    self.pair = pair
    end = values["end"] ?? ""
    expired = answer("expired")
    soon = answer("soon")
    sum = values["sum"] ?? ""
    isInstalled = answer("installed")
  }
}

extension PMMServer {
  /// What is wrong with the certificate: found before anything changes.
  func tlsFindings(_ facts: [NodeName: PMMFacts]) -> [Finding] {
    guard let tls = spec.tls else { return [] }
    var findings: [Finding] = []
    for node in nodes {
      guard let fact = facts[node]?.tls else { continue }
      func add(_ severity: Finding.Severity, _ message: String, _ hint: String) {
        findings.append(Finding(severity, at: "\(node)", message, hint: hint))
      }
      if fact.pair.hasPrefix("absent ") {
        add(
          .blocking, "there is no \(fact.pair.dropFirst(7)), which pmm/tls names",
          "put it there on both nodes, or take pmm/tls out of the spec")
      } else if fact.pair == "no" {
        add(
          .blocking, "the key \(tls.key) is not that of the certificate \(tls.certificate)",
          "put the key there that belongs to the certificate")
      } else if fact.pair != "yes" {
        add(
          .blocking,
          "the certificate of pmm/tls cannot be judged: \(fact.pair.hasPrefix("unknown ") ? String(fact.pair.dropFirst(8)) : fact.pair)",
          "mend that on \(node); try: openssl x509 -in \(tls.certificate) -noout -text")
      } else if fact.expired != false {
        add(
          .blocking,
          fact.expired == true
            ? "the certificate \(tls.certificate) has expired: \(fact.end)" : "openssl does not say whether \(tls.certificate) has expired",
          "renew it, and put it there on both nodes")
      } else if fact.soon != false {
        add(
          .warning, "the certificate \(tls.certificate) ends within 30 days: \(fact.end)",
          "renew it, put it there on both nodes, and apply: PMM is not restarted")
      }
    }
    let sums = nodes.compactMap { node in facts[node]?.tls.map { (node: node, sum: $0.sum) } }.filter { !$0.sum.isEmpty }
    if Set(sums.map(\.sum)).count > 1 {
      findings.append(
        Finding(
          .blocking, at: sums.map(\.node.description).joined(separator: ", "), "the files of pmm/tls are not the same on both nodes",
          hint: "copy the newer ones to the other node; after a failover clients would see another certificate"))
    }
    return findings
  }

  /// Puts a renewed certificate into the running PMM.
  func installCertificate(_ facts: [NodeName: PMMFacts]) -> Step? {
    guard let tls = spec.tls, let active = nodes.first(where: { facts[$0]?.alive == true }), let fact = facts[active]?.tls,
      fact.isInstalled == false, fact.pair == "yes"
    else { return nil }
    return Step(
      active, "PMMServer", .settle, "Give PMM the certificate \(tls.certificate)", because: "PMM has another one",
      .run(
        Script(
          "install-certificate", PackageResources.certificate_sh + PackageResources.install_certificate_sh,
          ["CERTIFICATE": Text(tls.certificate), "KEY": Text(tls.key), "AUTHORITIES": Text(tls.ca ?? "")])))
  }
}
