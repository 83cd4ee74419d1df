import Core
import Foundation
import Testing

@testable import ConfigShare

func gluster(arbiter: Bool) -> ConfigShare {
  ConfigShare(
    .glusterfs(try! GlusterShare(path: "/mnt/share/pmm", arbiter: arbiter ? .init(host: "198.51.100.30") : nil)), nodes: nodes)
}

/// What glusterd's files say of a volume of both nodes.
private func volume(_ changes: KeyValuePairs<String, String> = [:], peer: String = "198.51.100.12", pending: Int = 0) -> String {
  var text = """
    == gluster
    daemon=active
    boot=enabled
    brick=yes
    pending=\(pending)
    == peers
    uuid=3c0e
    state=3
    hostname1=\(peer)
    == volume
    type=2
    count=2
    status=1
    sub_count=2
    replica_count=2
    arbiter_count=0
    network.ping-timeout=5
    cluster.quorum-type=auto
    auth.allow=198.51.100.11,198.51.100.12,198.51.101.11,198.51.101.12,127.0.0.1
    brick-0=198.51.100.11:-srv-glusterfs-pmm-ha
    brick-1=198.51.100.12:-srv-glusterfs-pmm-ha
    """
  for (old, new) in changes { text = text.replacing(old, with: new) }
  return text
}

private func up(_ node: NodeName, _ volume: String) throws -> ShareFacts {
  try mounted(
    gluster(arbiter: false), node, "kind=directory", "token=a", "record=a", "mounted=fuse.glusterfs localhost:/pmm-ha-share rw",
    volume: volume)
}

@Suite struct GlusterTests {
  @Test("Two bare nodes: both start glusterd, one makes the volume of both, both mount it from themselves")
  func bare() throws {
    let absent = try facts("kind=absent", "parent=directory")
    let plan = gluster(arbiter: false).proposal([pmm1: absent, pmm2: absent])
    #expect(
      plan.steps.map { "\($0.node) \($0.stage) \($0.what)" } == [
        "pmm1 packages Start glusterd.service", "pmm2 packages Start glusterd.service",
        "pmm1 peers Make the volume pmm-ha-share of 198.51.100.11, 198.51.100.12",
        "pmm1 files Write /etc/systemd/system/mnt-share-pmm.mount", "pmm1 files Write /etc/systemd/system/mnt-share-pmm.automount",
        "pmm1 files Mount localhost:/pmm-ha-share on /mnt/share/pmm",
        "pmm2 files Write /etc/systemd/system/mnt-share-pmm.mount", "pmm2 files Write /etc/systemd/system/mnt-share-pmm.automount",
        "pmm2 files Mount localhost:/pmm-ha-share on /mnt/share/pmm",
        "pmm1 files Mark /mnt/share/pmm as the shared directory", "pmm2 storage Check that /mnt/share/pmm is pmm1's directory",
      ])
    let make = try #require(plan.steps.first { $0.stage == .peers })
    guard case .run(let script) = make.action else { throw Unexpected() }
    #expect(script["KIND"] == "replica 2" && script["PEERS"] == "198.51.100.12")
    #expect(script["BRICKS"] == "198.51.100.11:/srv/glusterfs/pmm-ha 198.51.100.12:/srv/glusterfs/pmm-ha")
    #expect(
      plan.findings.map(\.message) == [
        "two copies and no third vote: so that they cannot part (split brain), the share is read-only while pmm1 is away"
      ])
  }

  @Test("With an arbiter there is a third brick and no risk to name")
  func arbiter() throws {
    let absent = try facts("kind=absent", "parent=directory")
    let server = try ServerFacts(Answer("== server\nactive=inactive\nboot=\n== end\n"))
    let plan = gluster(arbiter: true).proposal([pmm1: absent, pmm2: absent], server: server)
    #expect(plan.findings == [])
    #expect(plan.steps.first.map { "\($0.node) \($0.stage) \($0.what)" } == "198.51.100.30 packages Start glusterd.service")
    let make = try #require(plan.steps.first { $0.stage == .peers })
    guard case .run(let script) = make.action else { throw Unexpected() }
    #expect(script["KIND"] == "replica 3 arbiter 1" && script["PEERS"] == "198.51.100.12 198.51.100.30")
    #expect(script["BRICKS"]?.hasSuffix("198.51.100.30:/srv/glusterfs/pmm-ha") == true)
  }

  @Test("Where all is there nothing is done; the risk of two copies stays named")
  func silent() throws {
    let share = gluster(arbiter: false)
    let facts = [pmm1: try up(pmm1, volume()), pmm2: try up(pmm2, volume(peer: "198.51.100.11"))]
    #expect(share.proposal(facts).steps == [])
    #expect(share.proposal(facts).findings.count == 1)
  }

  @Test(
    "What is not as it should be is finished by the same script",
    arguments: [
      ("status=1", "status=0", "it is not started"), ("state=3", "state=5", "198.51.100.12 is no peer yet"),
      ("network.ping-timeout=5\n", "", "its network.ping-timeout differs"),
    ])
  func unfinished(old: String, new: String, why: String) throws {
    let share = gluster(arbiter: false)
    let plan = share.proposal([pmm1: try up(pmm1, volume([old: new])), pmm2: try up(pmm2, volume(peer: "198.51.100.11"))])
    #expect(plan.steps.first.map { "\($0.stage) \($0.why)" } == "peers \(why)")
  }

  @Test("A volume of other bricks is left alone, and changes that wait are named")
  func findings() throws {
    let share = gluster(arbiter: false)
    let second = try up(pmm2, volume(peer: "198.51.100.11"))
    let foreign = share.proposal([pmm1: try up(pmm1, volume(["brick-1=198.51.100.12": "brick-1=198.51.100.99"])), pmm2: second])
    #expect(foreign.findings.contains { $0.severity == .blocking && $0.message.contains("is of other bricks") })
    #expect(foreign.steps == [])
    let pending = share.proposal([pmm1: try up(pmm1, volume(pending: 3)), pmm2: second])
    #expect(pending.findings.contains { $0.message == "3 changes of the volume pmm-ha-share wait to be copied to another machine" })
  }
}
