import Core
import Testing

@testable import PMMServer

@Suite struct EncryptionKeyTests {
  let pmm1 = try! NodeName("pmm1")
  let pmm2 = try! NodeName("pmm2")

  @Test("A key outside of PMM's data is bound into the container, and one inside is PMM's own matter")
  func unit() throws {
    #expect(try server().unit(selinux: false).contains("--mount=type=bind,src=/etc/pmm.key,dst=/etc/pmm.key,ro --env-file"))
    #expect(try server("/srv/pmm-encryption.key").spec.encryptionKey == nil)
    #expect(try server("/srv/pmm-encryption.key").keyFindings([pmm1: facts("")]) == [])
    #expect(try !server("/srv/pmm-encryption.key").unit(selinux: false).contains(",ro"))
  }

  @Test("A key that is missing, unreadable for PMM, or not the other node's blocks, and its checksum is not shown")
  func findings() throws {
    let good = try facts("file=1000:0 600\nsum=aaaa")
    func messages(_ first: PMMFacts, _ second: PMMFacts) throws -> [String] {
      let findings = try server().keyFindings([pmm1: first, pmm2: second])
      #expect(findings.allSatisfy { $0.severity == .blocking })
      return findings.map { "\($0.place): \($0.message)" }
    }
    #expect(try messages(good, good) == [])
    #expect(
      try messages(good, facts("")) == ["pmm2: there is no /etc/pmm.key, which PMM_ENCRYPTION_KEY_PATH names: PMM could not start here"])
    #expect(
      try messages(facts("file=0:0 600\nsum=aaaa"), good)
        == ["pmm1: PMM runs as 1000:0 and cannot read its encryption key /etc/pmm.key, which belongs to 0:0 with mode 600"])
    #expect(try messages(facts("file=0:0 640\nsum=aaaa"), good) == [])
    #expect(try messages(good, facts("file=1000:0 600")).count == 1)
    let different = try messages(good, facts("file=1000:0 600\nsum=bbbb"))
    #expect(different == ["pmm1, pmm2: the encryption key /etc/pmm.key is another one on each node: after a failover PMM would not start"])
  }

  private func server(_ path: String = "/etc/pmm.key") throws -> PMMServer {
    try example(environment: ["PMM_ENCRYPTION_KEY_PATH": .plain(path)])
  }

  private func facts(_ key: String) throws -> PMMFacts {
    try PMMFacts(Answer("== node\n== modes\n== secret\n== unit\nAlive=no\n== key\n\(key)\n== port\n== images\n\n"))
  }
}
