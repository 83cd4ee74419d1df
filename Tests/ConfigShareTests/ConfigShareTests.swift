import Core
import Foundation
import Testing

@testable import ConfigShare

let pmm1 = try! NodeName("pmm1")
let pmm2 = try! NodeName("pmm2")
let nodes = [
  NodeSpec(name: pmm1, addresses: ["198.51.100.11", "198.51.101.11"]), NodeSpec(name: pmm2, addresses: ["198.51.100.12", "198.51.101.12"]),
]
private let spec = ConfigShareSpec.directory(try! SharedDirectory(path: "/mnt/share/pmm"))

func facts(_ lines: String...) throws -> ShareFacts {
  try ShareFacts(Answer("== share\n" + lines.map { $0 + "\n" }.joined() + "== end\n"))
}

private func proposal(_ first: ShareFacts, _ second: ShareFacts) -> Proposal {
  ConfigShare(spec, nodes: nodes).proposal([pmm1: first, pmm2: second])
}

@Suite struct ConfigShareTests {
  @Test("The probe's answers are read: a directory with its mark, none, something else, silence")
  func reading() throws {
    #expect(try facts("kind=directory", "filesystem=nfs", "token=a-b").place == .directory(filesystem: "nfs", mark: "a-b"))
    #expect(try facts("kind=directory", "filesystem=ext2/ext3").place == .directory(filesystem: "ext2/ext3", mark: nil))
    #expect(try facts("kind=absent", "parent=directory").place == .absent(parent: true))
    #expect(try facts("kind=absent").place == .absent(parent: false))
    #expect(try facts("kind=regular file").place == .other("regular file"))
    #expect(try facts("kind=hanging").place == .hanging)
    #expect(
      try facts("kind=failing: stat: cannot statx '/mnt/share': Stale file handle").place
        == .failing("stat: cannot statx '/mnt/share': Stale file handle"))
    #expect(throws: UnreadableAnswer.self) { try ShareFacts(Answer("== share\nkind=directory\n")) }
    #expect(throws: UnreadableAnswer.self) { try ShareFacts(Answer("sh: timeout: not found", status: 127)) }
  }

  @Test("A share without a mark gets one from one node, which the other must see")
  func unmarked() throws {
    let bare = try facts("kind=directory", "filesystem=nfs")
    let plan = proposal(bare, bare)
    #expect(plan.findings == [])
    #expect(
      plan.steps.map { "\($0.node) \($0.stage) \($0.what)" } == [
        "pmm1 files Mark /mnt/share/pmm as the shared directory", "pmm2 storage Check that /mnt/share/pmm is pmm1's directory",
      ])
    guard case .run(let check) = plan.steps[1].action else { throw Unexpected() }
    #expect(check.variables.map { "\($0.name)=\($0.value)" } == ["SHARE=/mnt/share/pmm", "MAKER=pmm1"])
  }

  @Test("A directory that is nowhere yet is made by one node, and the other must see it")
  func absent() throws {
    let absent = try facts("kind=absent", "parent=directory")
    #expect(proposal(absent, absent).steps.map(\.what) == ["Make /mnt/share/pmm", "Check that /mnt/share/pmm is pmm1's directory"])
  }

  @Test("Marked and seen by both, nothing is left to do")
  func silent() throws {
    let marked = try facts("kind=directory", "filesystem=nfs", "token=a-b", "record=a-b")
    #expect(proposal(marked, marked) == Proposal())
  }

  @Test("Who has not noted the mark, or another one, looks again")
  func unnoted() throws {
    let noted = try facts("kind=directory", "token=a-b", "record=a-b")
    let unnoted = try facts("kind=directory", "token=a-b")
    #expect(proposal(unnoted, noted).steps.map(\.why) == ["this node has not noted which one it is"])
    let other = try facts("kind=directory", "token=a-b", "record=c-d")
    #expect(proposal(noted, other).steps.map(\.what) == ["Check that /mnt/share/pmm is pmm1's directory"])
    #expect(proposal(noted, other).steps.map(\.why) == ["it is another one than before"])
  }

  @Test("A share that was seen before and does not answer is a warning, and nothing waits for it")
  func down() throws {
    let up = try facts("kind=directory", "token=a-b", "record=a-b")
    for answer in ["kind=hanging", "kind=failing: stat: cannot statx: Input/output error"] {
      let plan = proposal(up, try facts(answer, "record=a-b"))
      #expect(plan.findings.map(\.severity) == [.warning])
      #expect(plan.findings[0].message.hasPrefix("the config share is down: /mnt/share/pmm"), "\(plan.findings)")
      #expect(plan.steps == [])
    }
  }

  @Test(
    "Two directories under one name are not taken for a share",
    arguments: [
      ("kind=directory\ntoken=a", "kind=directory", "pmm2 does not see the file .pmm-ha-share that pmm1 has there"),
      ("kind=directory", "kind=directory\ntoken=a", "pmm1 does not see the file .pmm-ha-share that pmm2 has there"),
      ("kind=directory\ntoken=a", "kind=directory\ntoken=b", "the file .pmm-ha-share there differs"),
      ("kind=directory", "kind=absent\nparent=directory", "pmm1 has this directory, pmm2 has not"),
      ("kind=absent\nparent=directory", "kind=directory", "pmm2 has this directory, pmm1 has not"),
      ("kind=absent\nparent=directory", "kind=directory\ntoken=a", "pmm1 does not see the file .pmm-ha-share that pmm2 has there"),
    ])
  func notShared(first: String, second: String, reason: String) throws {
    let plan = proposal(try facts(first), try facts(second))
    #expect(plan.findings.map(\.message) == ["/mnt/share/pmm is not shared: \(reason)"])
    #expect(plan.findings.map(\.severity) == [.blocking])
    #expect(plan.steps == [])
  }

  @Test("What cannot be used is named with its node", arguments: ["kind=hanging", "kind=regular file", "kind=absent", "kind=failing: no"])
  func unusable(answer: String) throws {
    let plan = proposal(try facts("kind=directory"), try facts(answer))
    #expect(plan.findings.map(\.place) == ["pmm2"])
    #expect(plan.findings.map(\.severity) == [.blocking])
    #expect(plan.steps == [])
  }

  @Test("The section of a spec is read and written back; other paths than absolute ones are refused")
  func codable() throws {
    let read = try JSONDecoder().decode(ConfigShareSpec.self, from: Data(#"{"kind":"directory","path":"/mnt/share/pmm"}"#.utf8))
    #expect(read == spec)
    #expect(try JSONDecoder().decode(ConfigShareSpec.self, from: JSONEncoder().encode(read)) == spec)
    for bad in ["share", "/", "/mnt/../etc", "/mnt/share/", "/mnt/my share"] {
      #expect(throws: InvalidShare.self) { try SharedDirectory(path: bad) }
    }
  }
}

struct Unexpected: Error {}
