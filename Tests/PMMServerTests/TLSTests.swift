import Core
import Foundation
import TestSupport
import Testing

@testable import PMMServer

/// Real certificates, by openssl.
@Suite struct TLSTests {
  let pmm1 = try! NodeName("pmm1")
  let pmm2 = try! NodeName("pmm2")
  let directory = FileManager.default.temporaryDirectory.appending(path: "pmm-ha-tls-\(UUID().uuidString)").path

  /// `good.pem` with `key.pem`; `soon.pem` ends in ten days, `old.pem` has expired; `other.pem` is another key.
  init() throws {
    let made = try shell(
      """
      set -eu
      mkdir -p \(directory)
      cd \(directory)
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out good.pem -subj /CN=pmm -days 90 2>/dev/null
      openssl req -x509 -key key.pem -out soon.pem -subj /CN=pmm -days 10
      openssl genpkey -algorithm ed25519 -out other.pem
      openssl req -new -key key.pem -subj /CN=pmm -out request
      printf '[ca]\\ndefault_ca=d\\n[d]\\ndatabase=index\\nserial=serial\\nnew_certs_dir=.\\ndefault_md=sha256\\npolicy=p\\n[p]\\ncommonName=optional\\n' >config
      : >index
      echo 01 >serial
      openssl ca -batch -config config -selfsign -keyfile key.pem -in request -out old.pem -notext -startdate 20200101000000Z -enddate 20200201000000Z 2>/dev/null
      """)
    guard made.status == 0 else { throw NoCertificates(said: made.output) }
  }

  struct NoCertificates: Error { let said: String }

  private func facts(_ certificate: String, _ key: String, mount: String = "/nosuch") throws -> PMMFacts {
    let server = try example(mountPoint: mount, tls: PMMTLS(certificate: "\(directory)/\(certificate)", key: "\(directory)/\(key)"))
    let answer = try shell(Script.functions + server.question.script.rendered { _ in "" })
    return try PMMFacts(Answer(answer.output, status: answer.status))
  }

  @Test(
    "A certificate that does not fit its key, has expired, cannot be read or is not there is found before anything changes",
    arguments: [
      ("good.pem", "other.pem", "is not that of the certificate"), ("old.pem", "key.pem", "has expired: Feb  1"),
      ("request", "key.pem", "cannot be judged: openssl cannot read"), ("good.pem", "request", "as a private key without a password"),
      ("nosuch.pem", "key.pem", "there is no "), ("good.pem", "nosuch.pem", "there is no "),
    ])
  func refused(certificate: String, key: String, said: String) throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let server = try example(tls: PMMTLS(certificate: "\(directory)/\(certificate)", key: "\(directory)/\(key)"))
    let findings = server.tlsFindings([pmm1: try facts(certificate, key)])
    #expect(findings.map(\.severity) == [.blocking] && findings.first?.message.contains(said) == true, "\(findings)")
  }

  @Test("A right certificate is no finding, its last 30 days are a warning, and two nodes must have the same one")
  func right() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let server = try example(tls: PMMTLS(certificate: "/c", key: "/k"))
    let (good, soon) = (try facts("good.pem", "key.pem"), try facts("soon.pem", "key.pem"))
    #expect(server.tlsFindings([pmm1: good, pmm2: good]) == [])
    #expect(server.tlsFindings([pmm1: soon]).map(\.severity) == [.warning])
    #expect(server.tlsFindings([pmm1: good, pmm2: soon]).map(\.message).contains("the files of pmm/tls are not the same on both nodes"))
  }

  @Test("A renewed certificate is given to the running PMM by a step, and nothing is done where PMM has it")
  func renewed() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let server = try example(tls: PMMTLS(certificate: "/c", key: "/k"))
    var facts = try facts("good.pem", "key.pem", mount: directory)
    #expect(facts.tls?.isInstalled == nil)
    try FileManager.default.createDirectory(atPath: "\(directory)/nginx", withIntermediateDirectories: true)
    facts = try self.facts("good.pem", "key.pem", mount: directory)
    facts.alive = true
    #expect(facts.tls?.isInstalled == false)
    #expect(server.installCertificate([pmm2: facts])?.what == "Give PMM the certificate /c")
    for (from, name) in [("good.pem", "certificate.crt"), ("key.pem", "certificate.key")] {
      try FileManager.default.copyItem(atPath: "\(directory)/\(from)", toPath: "\(directory)/nginx/\(name)")
    }
    facts = try self.facts("good.pem", "key.pem", mount: directory)
    facts.alive = true
    #expect(facts.tls?.isInstalled == true)
    #expect(server.installCertificate([pmm2: facts]) == nil)
  }

  @Test("The start check copies the certificate for PMM's user, and a wrong or unfitting one keeps the old one and the start")
  func start() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let node = FakeNode()
    let arrange =
      "mkdir $srv/nginx; echo old >$srv/nginx/certificate.crt; chown -R 1000:0 $srv; export PMM_TLS_CERTIFICATE=\(directory)/good.pem PMM_TLS_KEY=\(directory)"
    let look = "cd $srv/nginx && stat -c '%n %u:%g %a' *; cmp certificate.crt \(directory)/good.pem && echo same"
    let good = try node.check("\(arrange)/key.pem", after: look)
    #expect(good.status == 0 && good.output == "certificate.crt 1000:0 644\ncertificate.key 1000:0 600\nsame\n", "\(good.output)")
    let wrong = try node.check("\(arrange)/other.pem", after: "cat $srv/nginx/certificate.crt")
    #expect(
      wrong.status == 0 && wrong.output.contains("PMM keeps the certificate that it has") && wrong.output.hasSuffix("old\n"),
      "\(wrong.output)")
    let full = try node.check(
      "mount -o remount,size=8k $srv; \(arrange)/key.pem; cat /dev/zero >$srv/fill 2>/dev/null",
      after: "cat $srv/nginx/certificate.crt; ls $srv/nginx")
    #expect(
      full.status == 0 && full.output.contains("is the filesystem full?") && full.output.hasSuffix("old\ncertificate.crt\n"),
      "\(full.output)")
    // A new filesystem has no place for it yet: PMM makes that first.
    #expect(
      try node.check(
        "chown 1000:0 $srv; export PMM_TLS_CERTIFICATE=\(directory)/good.pem PMM_TLS_KEY=\(directory)/key.pem", after: "ls $srv"
      ).output == "")
  }

  @Test("The settings name the certificate, and a relative path is refused")
  func settings() throws {
    #expect(
      try example(tls: PMMTLS(certificate: "/c", key: "/k", ca: "/a")).settings.hasSuffix(
        "\nPMM_TLS_CERTIFICATE=/c\nPMM_TLS_KEY=/k\nPMM_TLS_CA=/a\n"))
    #expect(throws: InvalidPMM.self) { try example(tls: PMMTLS(certificate: "c.pem", key: "/k")) }
  }
}
