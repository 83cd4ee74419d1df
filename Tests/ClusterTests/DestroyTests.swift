import Core
import Corosync
import Testing

@testable import Cluster

/// What destroy plans from what the nodes say.
@Suite("The plan of destroy") struct DestroyTests {
  private static let node = try! NodeName("pmm1")
  private static let corosync = "== absent\n"

  /// What probe-remains.sh prints.
  private func answer(
    daemons: String = "inactive\ninactive", files: [String] = ["/etc/pmm-ha"], mounts: [String] = ["/"], pmm: String = ""
  ) -> String {
    """
    == daemons
    \(daemons)
    == enabled
    disabled disabled
    == cib
    == files
    \(files.joined(separator: "\n"))
    == mounts
    \(mounts.joined(separator: "\n"))
    == pmm
    \(pmm)
    == end

    """
  }

  private func plan(_ text: String, corosync: String = corosync) throws -> Plan {
    var remains = try Remains(Answer(text))
    remains.cluster = try CorosyncFacts(Answer(corosync)).identity
    return destroyPlan("pmm-ha", [Self.node: remains])
  }

  @Test("Only paths of our own list are removed, whatever the node says")
  func files() throws {
    let remains = try Remains(
      Answer(answer(files: ["/etc/pmm-ha", "/", "/srv", "bash: warning: setlocale", "/etc/corosync/corosync.conf"])))
    #expect(remains.files == ["/etc/corosync/corosync.conf", "/etc/pmm-ha"])
    guard case .run(let script)? = try plan(answer(files: ["/", "/etc/pmm-ha"])).steps.last?.action else { throw Unexpected() }
    #expect(script["FILES"] == "/etc/pmm-ha")
  }

  @Test("A mount at or below a directory of ours, and a PMM that no cluster can stop, stand against it")
  func obstacles() throws {
    let mounted = try plan(answer(files: ["/var/lib/pmm-ha"], mounts: ["/", "/var/lib/pmm-ha/share"]))
    #expect(
      mounted.steps.isEmpty
        && mounted.blocking.map(\.message) == [
          "/var/lib/pmm-ha/share is mounted, and it lies in a directory that would be removed"
        ])
    let beside = try plan(answer(files: ["/var/lib/pmm-ha"], mounts: ["/", "/var/lib/pmm-hash", "/var/lib/pmm-ha/labs/a/merged"]))
    #expect(beside.blocking.isEmpty && beside.steps.count == 1)
    #expect(try plan(answer(pmm: "yes")).blocking.count == 1)
    #expect(try plan(answer(daemons: "active\nactive", pmm: "yes")).blocking.isEmpty)
  }

  @Test("Daemons whose state is not known count as running; a cluster that is not known is not taken away")
  func unknown() throws {
    for daemons in ["unknown\ninactive", "inactive", "", "activating\ninactive"] {
      #expect(
        try plan(answer(daemons: daemons)).steps.map(\.what).prefix(2) == [
          "Stop the service through Pacemaker", "Stop pacemaker and corosync",
        ])
    }
    let silent = "== version\n== conf\n== mode\n== authkey\n== active\nactive\n== running\n"
    let plan = try plan(answer(daemons: "active\nactive"), corosync: silent)
    #expect(plan.steps.isEmpty && plan.blocking[0].message.contains("corosync-cmapctl"))
  }

  @Test("An answer that is not whole is an error")
  func cut() throws {
    let text = answer()
    for end in ["== end", "== pmm", "== mounts", "== files"] {
      let cut = try #require(text.range(of: end))
      #expect(throws: UnreadableAnswer.self) { try Remains(Answer(String(text[..<cut.lowerBound]))) }
    }
    #expect(throws: UnreadableAnswer.self) { try Remains(Answer(answer(mounts: []))) }
  }

  private struct Unexpected: Error {}
}
