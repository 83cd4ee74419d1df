import Core
import Testing

@testable import PMMServer

/// Whose PMM's data is, as a plan sees it.
@Suite struct DataTests {
  let pmm1 = try! NodeName("pmm1")
  let pmm2 = try! NodeName("pmm2")

  @Test("The owners of the mounted data and the images' users are read")
  func facts() throws {
    let facts = try facts(data: "root=0:0 755\nrefused=70:70 700 /srv/pmm/postgres 14", users: "abc 1000:0\ndef ")
    #expect(
      facts.data
        == PMMData(
          root: Owner(user: 0, group: 0), mode: 0o755, refused: .init(owner: Owner(user: 70, group: 70), path: "/srv/pmm/postgres 14")))
    #expect(facts.imageUsers == ["abc": "1000:0", "def": ""])
    // A disk that did not answer says nothing about its data.
    #expect(try self.facts(data: "root=0:0 755").data == nil)
    #expect(try self.facts(data: "").data == nil)
  }

  @Test("Data of another owner blocks where PMM is stopped, endangers its next start where it runs, and is never changed by a step")
  func refused() throws {
    let facts = try facts(data: "root=1000:0 755\nrefused=70:70 700 /srv/pmm/postgres14")
    let findings = try example().ownerFindings([pmm1: facts])
    #expect(findings.map(\.severity) == [.blocking])
    #expect(findings[0].message == "PMM 3 runs as 1000:0 and cannot work with data of another owner: /srv/pmm/postgres14 belongs to 70:70")
    #expect(findings[0].hint.hasSuffix("run on pmm1: chown -R 1000:0 /srv/pmm"))
    var running = facts
    running.alive = true
    #expect(try example().ownerFindings([pmm1: running]).map(\.severity) == [.danger])
    #expect(!(try example().proposal([pmm1: facts]).steps.contains { $0.what.contains("chown") }))
  }

  @Test("A root directory that PMM cannot write to blocks where there is data; an empty one is given to PMM by the start")
  func root() throws {
    var facts = try facts(data: "root=0:0 755\nrefused=")
    #expect(
      try example().ownerFindings([pmm1: facts]).map(\.message) == [
        "PMM 3 runs as 1000:0 and cannot write to /srv/pmm, which belongs to 0:0 with mode 755"
      ])
    facts.sharedEntries = 0
    #expect(try example().ownerFindings([pmm1: facts]) == [])
    #expect(try example().ownerFindings([pmm1: self.facts(data: "root=0:0 775\nrefused=")]) == [])
    #expect(try example().ownerFindings([pmm1: self.facts(data: "root=1000:1000 755\nrefused=")]) == [])
    #expect(try example().ownerFindings([pmm1: self.facts(data: "root=1000:0 555\nrefused=")]).count == 1)
  }

  @Test("A new filesystem belongs to the user of the image, else of the major version; PMM 2 and an image of root see no fault")
  func owner() throws {
    let other = try facts(data: "root=0:0 755\nrefused=70:70 700 /srv/pmm/postgres14")
    #expect(try example().dataOwner([:]) == Owner(user: 1000, group: 0))
    #expect(try example(tag: "2.44.1").dataOwner([:]) == Owner(user: 0, group: 0))
    #expect(try example(tag: "2.44.1").ownerFindings([pmm1: other]) == [])
    for (user, wanted) in [("", 0), ("root", 0), ("0:0", 0), ("pmm", 1000), ("1000:0", 1000), ("1234", 1234)] {
      var facts = other
      facts.images = [try example().spec.reference: "abc"]
      facts.imageUsers = ["abc": user]
      #expect(try example().dataOwner([pmm2: facts]) == Owner(user: wanted, group: 0), "\(user)")
      #expect(try example().ownerFindings([pmm1: facts]).isEmpty == (wanted != 1000))
    }
  }

  private func facts(data: String, users: String = "") throws -> PMMFacts {
    try PMMFacts(
      Answer(
        "== node\nshare=yes\n== modes\n== secret\n== unit\nAlive=no\n== volume\nshared=7\n== data\n\(data)\n== port\n== users\n\(users)\n== images\n\n"
      ))
  }
}
