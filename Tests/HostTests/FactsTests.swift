import Core
import Testing

@testable import Host

@Suite struct FactsTests {
  @Test("What a Debian 12 node with Pacemaker 2.1.5 says is read whole")
  func debian() throws {
    let facts = try HostFacts(Answer(fixture("host-probe-debian-12-container-pmm1.txt")))
    #expect(facts.user == 0)
    #expect(facts.hostName == "pmm1")
    #expect(facts.machine == "x86_64")
    #expect(facts.systemd)
    #expect(facts.container == "systemd-nspawn")
    #expect(facts.os.family == .debian)
    #expect(facts.os.name == "Debian GNU/Linux 12 (bookworm)")
    #expect(facts.missingPackages == [])
    #expect(facts.pacemaker == .init(version: "2.1.5", featureSet: "3.16.1"))
    #expect(facts.hosts == FileFact(.shown, content: "127.0.0.1 localhost\n", mode: 0o644))
    #expect(facts.units["chrony.service"] == .init(active: "active", file: "enabled"))
    #expect(facts.units["corosync.service"]?.active == "inactive")
    #expect(facts.units["sbd.service"] == nil, "a unit that does not exist")
    #expect(facts.timeService == "chrony.service")
    #expect(facts.directories == [:])
    #expect(!facts.guardLeft)
  }

  @Test("An answer that was cut off is an error, not an empty node")
  func cutOff() throws {
    let whole = try fixture("host-probe-debian-12-container-pmm1.txt")
    #expect(throws: UnreadableAnswer.self) { try HostFacts(Answer(String(whole.prefix(300)))) }
    #expect(throws: UnreadableAnswer.self) { try HostFacts(Answer("sh: 1: date: not found", status: 127)) }
  }

  @Test("Missing packages are read from dpkg's and from rpm's words")
  func missing() throws {
    // rpm 4.18: a file that no package owns is there all the same.
    let packages = """
      pacemaker-2.1.7-5.el9.x86_64
      no package provides pcs
      error: file /usr/bin/curl: No such file or directory
      file /usr/bin/podman is not owned by any package
      missing corosync
      """
    let whole = try fixture("host-probe-debian-12-container-pmm1.txt")
    let facts = try HostFacts(Answer(whole.replacing("== packages\n", with: "== packages\n\(packages)\n")))
    #expect(facts.missingPackages == ["pcs", "/usr/bin/curl", "corosync"])
  }

  @Test(
    "Distributions fall into families, with the repository that has Pacemaker",
    arguments: [
      ("centos-stream-9", OSRelease.Family.enterprise, "highavailability", String?.none),
      ("rhel-9.4", .enterprise, "rhel-9-for-x86_64-highavailability-rpms", nil),
      ("rocky-8.10", .enterprise, "ha", nil),
      ("ubuntu-22.04", .debian, "highavailability", "ubuntu 24"),
    ])
  func families(file: String, family: OSRelease.Family, repository: String, oldest: String?) throws {
    let os = OSRelease(try fixture("os-release-\(file)"))
    #expect(os.family == family)
    #expect(os.tooOld == oldest)
    if family == .enterprise { #expect(os.highAvailabilityRepository(machine: "x86_64") == repository) }
  }

  @Test("chronyc's leap status says whether the clock is synchronised")
  func synchronised() throws {
    let whole = try fixture("host-probe-debian-12-container-pmm1.txt")
    func read(_ text: String) throws -> Bool? {
      try HostFacts(Answer(whole.replacing("== time\n", with: "== time\n\(text)\n"))).synchronised
    }
    #expect(try read("Reference ID    : 00000000 ()\nLeap status     : Not synchronised") == false)
    #expect(try read("Leap status     : Normal") == true)
    #expect(try read("synchronised=yes") == true)
    #expect(try read("506 Cannot talk to daemon") == nil)
  }
}
