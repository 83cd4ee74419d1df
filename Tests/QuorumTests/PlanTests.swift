import Testing

@testable import Core
@testable import Quorum

@Suite("The third vote's part of a plan") struct PlanTests {
  static let pmm1 = try! NodeName("pmm1")
  static let pmm2 = try! NodeName("pmm2")
  static let votes = Quorum(device: try! .init(host: "vote"), cluster: "pmm-ha", nodes: [pmm1, pmm2])
  static let bare = try! QuorumFacts(Answer("== device\n== end"))
  static let newVoter = try! VoterFacts(Answer("== voter\nstore=absent\nactive=inactive\nboot=disabled\n== end"))
  static let voter = try! VoterFacts(Answer("== voter\nstore=whole\nactive=active\nboot=enabled\n== authority\n-----BEGIN A\n== end"))
  static let node = try! QuorumFacts(
    Answer(
      """
      == device
      installed=yes
      active=active
      boot=enabled
      == authority
      -----BEGIN A
      == certificate
              Subject: "CN=pmm-ha"
      == end
      """))

  func plan(_ first: QuorumFacts, _ second: QuorumFacts, _ voter: VoterFacts?, _ votes: Quorum = votes) -> Proposal {
    votes.proposal([Self.pmm1: first, Self.pmm2: second], voter: voter)
  }

  @Test("Bare machines: the third one gets ready, each node gets a certificate for a key of its own, then it asks for votes")
  func bare() {
    let steps = plan(Self.bare, Self.bare, Self.newVoter).steps
    #expect(
      steps.map { "\($0.stage.rawValue) \($0.node) \($0.what)" } == [
        "packages vote Let corosync-qnetd give the third vote",
        "peers pmm1 Ask vote for a certificate", "files vote Sign pmm1's certificate",
        "storage pmm1 Keep the certificate for the third vote",
        "peers pmm2 Ask vote for a certificate", "files vote Sign pmm2's certificate",
        "storage pmm2 Keep the certificate for the third vote",
        "settle pmm1 Start corosync-qdevice, and wait for vote's vote", "settle pmm2 Start corosync-qdevice, and wait for vote's vote",
      ])
  }

  @Test("Applied twice is silent, also while the third machine is away")
  func silent() {
    #expect(plan(Self.node, Self.node, Self.voter) == Proposal())
    #expect(plan(Self.node, Self.node, nil) == Proposal())
  }

  @Test("A third machine that cannot be asked blocks nodes that have no certificate, for their vote would never come")
  func silentVoter() {
    let proposal = plan(Self.node, Self.bare, nil)
    #expect(proposal.findings.map(\.severity) == [.blocking])
    #expect(proposal.findings[0].place == "pmm2")
  }

  @Test("Certificates that cannot be read are left alone; what an interrupted attempt has left is moved aside with consent only")
  func stores() throws {
    for store in ["store=unreadable\nsaid=SEC_ERROR_LEGACY_DATABASE", "store=whole"] {
      let voter = try VoterFacts(Answer("== voter\n\(store)\nactive=active\nboot=enabled\n== end"))
      let proposal = plan(Self.bare, Self.bare, voter)
      #expect(proposal.findings.map(\.severity) == [.blocking] && proposal.steps.isEmpty)
    }
    let begun = try VoterFacts(Answer("== voter\nstore=begun\nactive=inactive\nboot=enabled\n== end"))
    let step = try #require(plan(Self.bare, Self.bare, begun).steps.first)
    #expect(!step.effects.isEmpty)
    #expect(plan(Self.bare, Self.bare, Self.newVoter).steps[0].effects.isEmpty)
  }

  @Test("A third machine that was made anew signs for both nodes again, and both read their new certificates")
  func anew() {
    var voter = Self.voter
    voter.authority = "-----BEGIN B"
    let steps = plan(Self.node, Self.node, voter).steps
    #expect(steps.count == 8)
    #expect(steps.last?.why == "it has a new certificate")
  }

  @Test("A certificate for another cluster's name is no certificate")
  func otherCluster() {
    var other = Self.node
    other.certifiedFor = "erp"
    #expect(plan(Self.node, other, Self.voter).steps.map(\.node.description) == ["pmm2", "vote", "pmm2", "pmm2"])
  }

  @Test("What no longer has a third vote stops asking for it, before Corosync forgets it")
  func removed() {
    let none = Quorum(device: nil, cluster: "pmm-ha", nodes: [Self.pmm1, Self.pmm2])
    let steps = plan(Self.node, Self.bare, nil, none).steps
    #expect(steps.map(\.id) == ["pmm1/Quorum/Stop corosync-qdevice"])
    #expect(steps.allSatisfy { $0.stage < .cluster })
  }

  @Test("An answer that was cut off is an error")
  func cutOff() {
    #expect(throws: UnreadableAnswer.self) { try QuorumFacts(Answer("== device\ninstalled=yes")) }
    #expect(throws: UnreadableAnswer.self) { try VoterFacts(Answer("")) }
  }
}
