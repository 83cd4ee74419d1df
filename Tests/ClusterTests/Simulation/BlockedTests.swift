import Core
import Testing

@testable import Cluster

/// What must be mended by hand before anything is done.
struct Fault: Sendable, CustomTestStringConvertible {
  let testDescription: String
  /// A part of the finding's message, and its place.
  let says: String
  let place: String
  let change: @Sendable (inout SimulatedCluster) -> Void

  private static let (one, two) = (Scenario.pmm1, Scenario.pmm2)

  /// On nodes where nothing is installed yet, or packages are.
  static let ofNewNodes: [Fault] = [
    Fault("different distributions", "packages and paths differ", "pmm1, pmm2") {
      $0[two].os = "PRETTY_NAME=\"CentOS Stream 9\"\nID=centos\nID_LIKE=\"rhel fedora\"\nVERSION_ID=\"9\""
    },
    Fault("different releases", "Debian GNU/Linux 12 (bookworm) on one, Debian GNU/Linux 13 (trixie) on the other", "pmm1, pmm2") {
      $0[two].os = "PRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\nID=debian\nVERSION_ID=\"13\""
    },
    Fault("different Pacemakers", "Pacemaker 2.1.5 (feature set 3.16.2) on one", "pmm1, pmm2") {
      for node in [one, two] { $0[node].packages.insert("pacemaker") }
      ($0[one].featureSet, $0[two].featureSet) = ("3.16.2", "3.19.0")
    },
    Fault("a release that is too old", "too old", "pmm1") { $0[one].os = "PRETTY_NAME=\"Debian 11\"\nID=debian\nVERSION_ID=\"11\"" },
    Fault("clocks apart", "their clocks are about 90.0 s apart", "pmm1, pmm2") { $0[two].clockError = 90 },
    Fault("disks of two sizes", "is not one disk: its size", "pmm1, pmm2") {
      $0.disks.append(.init(size: 1 << 30))
      $0[two].disk = 1
    },
    Fault("disks of two contents", "is not one disk: what it holds is nothing on pmm1", "pmm1, pmm2") {
      $0.disks.append(.init(signatures: [SimulatedCluster.Disk.filesystem("ext4", label: "pmm", uuid: "1")]))
      $0[two].disk = 1
    },
    Fault("a disk with foreign data", "it holds foreign data: LVM2_member", Scenario.device) {
      $0.disks[0].signatures = [",,,LVM2_member"]
    },
    Fault("a filesystem of somebody's", "was not made by this tool (label backup", Scenario.device) {
      $0.disks[0].signatures = [SimulatedCluster.Disk.filesystem("ext4", label: "backup", uuid: "1")]
    },
    Fault("a config share that only one node has mounted", "pmm2 does not see the file .pmm-ha-share", "pmm1, pmm2") {
      $0.shares = [["/mnt/share/pmm/.pmm-ha-share": .init(content: "mark", mode: 0o644)], [:]]
      $0[two].share = 1
    },
    Fault("a virtual IP that somebody has", "is in use by a foreign host: 02:00:00:00:00:99", "virtual_ip/address") {
      $0[one].stranger = "02:00:00:00:00:99"
    },
    Fault("nodes in another network", "no interface of pmm2 is in the network of 198.51.100.100", "virtual_ip/address") {
      $0[two].address = "203.0.113.12"
    },
    Fault("a taken port", "port 443 is in use by nginx", "pmm1") { $0[one].portTakenBy = "nginx" },
    Fault("another cluster that runs", "a cluster named 'billing' is running here, not 'pmm-ha'", "pmm2") {
      let conf = debianExample.replacing("debian", with: "billing")
      $0[two].packages.insert("corosync")
      $0[two].files["/etc/corosync/corosync.conf"] = .init(content: conf, mode: 0o644)
      $0[two].corosync = .init(conf: conf, key: "")
    },
    Fault("another cluster that is stopped", "a cluster named 'billing' is configured here", "pmm1") {
      $0[one].packages.insert("corosync")
      $0[one].files["/etc/corosync/corosync.conf"] = .init(content: debianExample.replacing("debian", with: "billing"), mode: 0o644)
    },
  ]

  /// On a cluster that runs.
  static let ofLiveClusters: [Fault] = [
    Fault("another disk in its place", "it holds foreign data: xfs", Scenario.device) {
      $0.running["pmm_fs"] = nil
      $0.disks[0].signatures = [SimulatedCluster.Disk.filesystem("xfs", label: "", uuid: "2")]
    },
    Fault("a node that thinks it belongs elsewhere", "has the nodes pmm1, pmm9, not pmm1, pmm2", "pmm2") {
      let conf = $0[two].files["/etc/corosync/corosync.conf"]!.content.replacing("pmm2", with: "pmm9")
      $0[two].files["/etc/corosync/corosync.conf"]?.content = conf
    },
    Fault("two images under one tag", "is not the same image on both nodes", "pmm/tag") {
      $0[two].images = $0[two].images.mapValues { _ in "another" }
    },
    Fault("PMM's data of a newer version", "PMM cannot go back", "pmm/tag") {
      for node in [one, two] {
        $0[node].pmm?.image = "docker.io/percona/pmm-server:3.11.0"
      }
    },
  ]

  init(_ name: String, _ says: String, _ place: String, _ change: @escaping @Sendable (inout SimulatedCluster) -> Void) {
    testDescription = name
    (self.says, self.place, self.change) = (says, place, change)
  }
}

@Suite("Blocked plans")
struct BlockedTests {
  @Test("What must be mended first is said; nothing is done, and nothing would be destroyed", arguments: Fault.ofNewNodes)
  func newNodes(_ fault: Fault) async throws {
    try await expectRefusal(of: fault, on: Scenario.bare)
  }

  @Test("The same where the cluster runs", arguments: Fault.ofLiveClusters)
  func live(_ fault: Fault) async throws {
    try await expectRefusal(of: fault, on: try await Scenario.applied.value)
  }

  private func expectRefusal(of fault: Fault, on cluster: SimulatedCluster) async throws {
    var scenario = Scenario("", cluster, try Scenario.spec(), Consent(destroy: [Scenario.device], disruption: true))
    fault.change(&scenario.cluster)
    let plan = try await scenario.plan()
    let found = plan.blocking.first { $0.message.contains(fault.says) }
    #expect(found?.place == fault.place, "\(plan.blocking)")
    #expect(found?.hint.isEmpty == false)
    let destroying = plan.steps.filter { $0.effects.contains { if case .destroys = $0 { true } else { false } } }
    #expect(destroying == [])
    await #expect(throws: Refusal.self) { try await scenario.apply() }
  }

  @Test("Blank disks, shares and registries that are not one are found out before PMM starts")
  func twins() async throws {
    let consent = Consent(destroy: [Scenario.device])
    var twin = Scenario("", Scenario.bare, try Scenario.spec(), consent)
    twin.cluster.disks.append(.init())
    twin.cluster[Scenario.pmm2].disk = 1
    try await expectEnd(twin, "pmm2 does not see the filesystem that pmm1 has made", then: "what it holds is ext4")
    twin = Scenario("", Scenario.bare, try Scenario.spec(), consent)
    twin.cluster.shares.append(nil)
    twin.cluster[Scenario.pmm2].share = 1
    try await expectEnd(twin, "the share is not shared", then: "/mnt/share/pmm is not shared")
    twin = Scenario("", Scenario.bare, try Scenario.spec(), consent)
    twin.cluster.registryOf = [Scenario.pmm2: "published anew"]
    try await expectEnd(twin, "two images of one name", then: "is not the same image on both nodes")
  }

  @Test("A share that is down holds nothing up: all but the share gets its new settings, and the share when it is back")
  func shareDown() async throws {
    var scenario = try await Work.newEnvironment.scenario()
    scenario.cluster.shareDown = true
    let down = try await scenario.apply()
    #expect(down.shown.findings.filter { $0.message.hasPrefix("the config share is down") }.map(\.severity) == [.warning, .warning])
    #expect(down.cluster.defects == [])
    #expect(down.cluster.shares == scenario.cluster.shares)
    var back = down.cluster
    back.shareDown = false
    let after = try await scenario.apply(from: back, run: 2)
    #expect(after.door.performed.allSatisfy { $0.contains("/mnt/share/pmm/") }, "\(after.door.performed)")
    #expect(try await scenario.plan(after.cluster).isEmpty)
  }

  private func expectEnd(_ scenario: Scenario, _ words: String, then finding: String) async throws {
    let door = SimulatedDoor(scenario.cluster, given: Scenario.given)
    let failure = await #expect(throws: (any Error).self) { try await scenario.apply(through: door) }
    #expect(failure.map { "\($0)".contains(words) } == true, "\(String(describing: failure))")
    #expect(door.boundaries.flatMap { $0.cluster.running.keys.sorted() + $0.cluster.alarms } == [])
    let next = try await scenario.plan(door.cluster)
    #expect(next.blocking.contains { $0.message.contains(finding) }, "\(next.blocking)")
  }
}
