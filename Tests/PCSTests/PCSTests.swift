import Core
import Testing

@testable import PCS

@Suite struct PCSTests {
  @Test("What pcs 0.11.5 has is read: pcsd, the hosts it knows, the tokens it takes")
  func reading() throws {
    let facts = try PCSFacts(Answer(fixture("pmm1")))
    #expect(facts.pcsd)
    #expect(facts.knownHosts["pmm2"] == .init(address: "198.51.100.12", token: "68f996da"))
    #expect(facts.knownHosts.count == 2)
    #expect(facts.accepted == ["25ac5e26"])
    #expect(facts.password == FileFact(.absent))
    #expect(!facts.isSet)
    let more = try fixture("pmm1").replacing("== pcs\n", with: "== pcs\nmode=600\npassword=different\nset=yes\n")
    #expect(try PCSFacts(Answer(more)).password == FileFact(.different, mode: 0o600))
    #expect(try PCSFacts(Answer(more)).isSet)
  }

  @Test("A node without pcs says nothing, a cut-off answer is an error, an unreadable known-hosts knows nobody")
  func poor() throws {
    let bare = try PCSFacts(Answer("== pcs\n== unit\nLoadState=not-found\n== known hosts\n== tokens\n== end\n"))
    #expect(!bare.pcsd && bare.knownHosts.isEmpty && bare.accepted.isEmpty)
    #expect(throws: UnreadableAnswer.self) { try PCSFacts(Answer("== pcs\n== unit\n")) }
    #expect(try PCSFacts(Answer("== pcs\n== unit\n== known hosts\n{ not json\n== tokens\n== end\n")).knownHosts.isEmpty)
  }

  @Test("Authorized both ways, nothing is left to do")
  func silent() throws {
    #expect(proposal(try ready("pmm1"), try ready("pmm2")) == [])
    let unknown: (inout PCSFacts) -> Void = { $0.password.state = .unknown }
    #expect(proposal(try ready("pmm1", unknown), try ready("pmm2", unknown)) == [], "a generated password that only the nodes know")
  }

  @Test("Bare nodes get a password, pcsd at the end, and one authorization for all")
  func bare() throws {
    let bare: (inout PCSFacts) -> Void = {
      $0 = try! PCSFacts(Answer("== pcs\n== unit\n== known hosts\n== tokens\n== end\n"))
    }
    let steps = spec.proposal([pmm1: try ready("pmm1", bare), pmm2: try ready("pmm2", bare)]).steps
    #expect(
      steps.map { "\($0.node) \($0.stage) \($0.what)" } == [
        "pmm1 files Write /etc/pmm-ha/hacluster.password", "pmm1 files Set the password of hacluster", "pmm1 access Start pcsd.service",
        "pmm2 files Write /etc/pmm-ha/hacluster.password", "pmm2 files Set the password of hacluster", "pmm2 access Start pcsd.service",
        "pmm1 access Authorize pcs on pmm1 and pmm2",
      ])
    guard case .write(let file) = steps[0].action, case .run(let script) = steps[6].action else { throw Unexpected() }
    #expect(file.content == Text(secret: SecretName("hacluster")))
    #expect(file.mode == 0o600)
    #expect(script["HOSTS"] == "pmm1=198.51.100.11 pmm2=198.51.100.12")
  }

  @Test("A node that lost the password gets the other's, not a new one")
  func copied() throws {
    let lost = try ready("pmm2") {
      $0.password = FileFact(.absent)
      $0.isSet = false
    }
    let steps = spec.proposal([pmm1: try ready("pmm1") { $0.password.state = .unknown }, pmm2: lost]).steps
    #expect(steps.map(\.what) == ["Write /etc/pmm-ha/hacluster.password", "Set the password of hacluster"])
    guard case .write(let file) = steps[0].action else { throw Unexpected() }
    #expect(file.content.secrets.first?.file?.node == "pmm1")
  }

  @Test("A password that was changed, in the file, in the account or in the spec, is set again")
  func changed() throws {
    let good = try ready("pmm2")
    #expect(proposal(try ready("pmm1") { $0.isSet = false }, good) == ["pmm1 files Set the password of hacluster"])
    #expect(
      proposal(try ready("pmm1") { $0.password.state = .different }, good) == [
        "pmm1 files Write /etc/pmm-ha/hacluster.password", "pmm1 files Set the password of hacluster",
      ])
    #expect(proposal(try ready("pmm1") { $0.password.mode = 0o644 }, good).first == "pmm1 files Write /etc/pmm-ha/hacluster.password")
  }

  @Test("A token that the other node does not take, an unknown host or a wrong address: authorized anew")
  func authorization() throws {
    let authorize = ["pmm1 access Authorize pcs on pmm1 and pmm2"]
    #expect(proposal(try ready("pmm1"), try ready("pmm2") { $0.accepted = ["ffffffff"] }) == authorize)
    #expect(proposal(try ready("pmm1") { $0.knownHosts["pmm2"] = nil }, try ready("pmm2")) == authorize)
    #expect(proposal(try ready("pmm1") { $0.knownHosts["pmm2"]?.address = "203.0.113.1" }, try ready("pmm2")) == authorize)
    for fine in ["pmm2", "198.51.101.12"] {
      #expect(proposal(try ready("pmm1") { $0.knownHosts["pmm2"]?.address = fine }, try ready("pmm2")) == [], "authorized by hand")
    }
    #expect(proposal(try ready("pmm1") { $0.pcsd = false }, try ready("pmm2")) == ["pmm1 access Start pcsd.service"])
  }
}

struct Unexpected: Error {}
