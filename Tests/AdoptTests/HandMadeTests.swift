import Corosync
import Foundation
import Pacemaker
import Testing

@testable import Adopt
@testable import Core
@testable import SpecFile

/// What two nodes said on which the runbook's commands were run by hand.
@Suite("A cluster built by hand") struct HandMadeTests {
  static func node(_ node: String, _ change: (inout String) -> Void = { _ in }) throws -> HandMadeNode {
    let url = try #require(Bundle.module.url(forResource: "Fixtures/runbook-pcs-0.11.5-\(node)", withExtension: "txt"))
    var text = try String(contentsOf: url, encoding: .utf8)
    change(&text)
    let answers = text.components(separatedBy: "-- next answer\n").map { Answer($0) }
    try #require(answers.count == 3)
    return try HandMadeNode(CorosyncFacts(answers[0]), PacemakerFacts(answers[1]), answers[2])
  }

  static func cluster(_ change: (inout String) -> Void = { _ in }) throws -> HandMadeCluster {
    try HandMadeCluster(["pmm2", "pmm1"].map { try node($0, change) })
  }

  private func places(_ cluster: HandMadeCluster) -> [String] { cluster.defects.map { "\($0.severity) \($0.place)" } }

  @Test("Its spec: names, addresses, disk, address, unit and image as they are")
  func draft() throws {
    let draft = try Self.cluster().draft
    #expect(draft.cluster == "pmm_ha_cluster" && draft.timing == "standard")
    #expect(draft.nodes.map(\.name) == ["pmm1", "pmm2"] && draft.nodes.map(\.addresses) == [["198.51.100.11"], ["198.51.100.12"]])
    #expect(draft.virtualIP == "198.51.100.100/24")
    #expect(
      draft.device == "/dev/disk/by-id/scsi-pmm-ha-lab-shared" && draft.filesystem == "ext4" && draft.mountPoint == "/mnt/pmm-server/srv")
    #expect(draft.configShare == "/mnt/share/pmm" && draft.image == "localhost/pmm-lab" && draft.tag == "3.0.0" && draft.port == "443")
    #expect(
      draft.missing == [
        "--fence-device pmm1=ADDRESS (or --fencing none-i-accept-data-loss)",
        "--fence-device pmm2=ADDRESS (or --fencing none-i-accept-data-loss)",
      ])
  }

  @Test("The runbook's defects are named, and nothing else")
  func defects() throws {
    let cluster = try Self.cluster()
    #expect(
      places(cluster) == [
        "danger stonith-enabled", "danger pmm-server.service", "warning pmm-server.service", "warning pmm-server", "note dc-deadtime",
        "note nodes",
      ])
    let restart = cluster.defects.filter { $0.message.hasPrefix("Restart=on-failure") }
    #expect(restart.count == 1)
  }

  @Test("A unit that binds another directory than the cluster mounts, and what lies there, are dangers")
  func otherDirectory() throws {
    let cluster = try Self.cluster {
      $0 = $0.replacing("PMM_VOLUME_PATH=/mnt/pmm-server/srv", with: "PMM_VOLUME_PATH=/mnt/pmm/srv")
        .replacing("== own disk\n", with: "== own disk\n2 /mnt/pmm/srv\n")
    }
    let words = cluster.defects.map(\.message)
    #expect(
      words.contains { $0.contains("takes PMM's data from /mnt/pmm/srv, and the cluster mounts the shared disk at /mnt/pmm-server/srv") })
    #expect(
      cluster.defects.filter { $0.severity == .danger }.map(\.place).filter { $0.hasPrefix("pmm1") || $0.hasPrefix("pmm2") }.sorted() == [
        "pmm1", "pmm2",
      ])
  }

  @Test("Volume groups whose names differ, and one without room", arguments: [("pmm_server", true), ("pmm-server", false)])
  func volumeGroups(name: String, danger: Bool) throws {
    let lvm =
      "<primitive id=\"pmm_lvm\" class=\"ocf\" provider=\"heartbeat\" type=\"LVM-activate\"><instance_attributes id=\"a\"><nvpair id=\"b\" name=\"vgname\" value=\"\(name)\"/></instance_attributes></primitive>"
    let cluster = try Self.cluster {
      $0 = $0.replacing("<group id=\"pmm\">", with: "<group id=\"pmm\">\(lvm)").replacing(
        "value=\"/dev/sdb\"", with: "value=\"/dev/pmm-server/srv\""
      )
      .replacing("== groups\n", with: "== groups\n  pmm-server|21470642176|0|pmm1\n")
      .replacing("== volumes\n", with: "== volumes\n  pmm-server|srv|21470642176\n")
      .replacing("== physical\n", with: "== physical\n/dev/sda1|pmm-server|/dev/disk/by-id/wwn-0x5000\n")
    }
    let draft = cluster.draft
    #expect(draft.device == "/dev/disk/by-id/wwn-0x5000" && draft.volumeGroup == "pmm-server" && draft.logicalVolume == "srv")
    #expect(draft.volumeSize == "100%")
    #expect(cluster.defects.contains { $0.place == "pmm_lvm" && $0.severity == .danger } == danger)
    #expect(cluster.defects.contains { $0.place == "pmm-server" && $0.message.contains("no room for a snapshot") })
  }

  @Test("Different images under one name, a unit that starts at boot, and a constraint left by a move")
  func others() throws {
    let nodes = try [
      Self.node("pmm1") { $0 = $0.replacing("UnitFileState=disabled", with: "UnitFileState=enabled") },
      Self.node("pmm2") { $0 = $0.replacing("\"id\":\"0b82a2ce", with: "\"id\":\"ffffffff") },
    ]
    var cluster = try HandMadeCluster(nodes)
    #expect(cluster.defects.contains { $0.place == "image" && $0.severity == .danger })
    #expect(cluster.defects.contains { $0.place == "pmm1" && $0.message.contains("starts at boot") })
    cluster = try Self.cluster {
      $0 = $0.replacing(
        "<constraints/>",
        with: "<constraints><rsc_location id=\"cli-prefer-pmm\" rsc=\"pmm\" node=\"pmm1\" score=\"INFINITY\"/></constraints>")
    }
    #expect(cluster.defects.contains { $0.place == "cli-prefer-pmm" })
  }

  @Test("Settings of PMM are kept; of secret ones the spec says where they come from, and never holds them")
  func environment() throws {
    let cluster = try Self.cluster {
      $0 = $0.replacing("#ENABLE_DBAAS=1", with: "DISABLE_TELEMETRY=1\nGF_SECURITY_ADMIN_PASSWORD=(hidden)")
    }
    var draft = cluster.draft
    #expect(
      draft.environment == [
        .init(name: "DISABLE_TELEMETRY", value: "1"),
        .init(name: "GF_SECURITY_ADMIN_PASSWORD", source: "PMM_HA_GF_SECURITY_ADMIN_PASSWORD"),
      ])
    draft.fencing = SpecDraft.noFencing
    let text = draft.yaml(try Schema.ofSpec())
    #expect(
      text.contains("GF_SECURITY_ADMIN_PASSWORD: {env: PMM_HA_GF_SECURITY_ADMIN_PASSWORD}") && text.contains("DISABLE_TELEMETRY: \"1\""))
  }

  @Test("What a unit does not say is asked, and the example's image, tag and share are not put in its place")
  func nothingInvented() throws {
    var draft = try Self.cluster { $0 = $0.replacing(" ${PMM_IMAGE}:${PMM_TAG}\n", with: "\n") }.draft
    #expect(draft.image == nil && draft.tag == nil)
    #expect(draft.missing.contains("--image IMAGE") && draft.missing.contains("--tag TAG"))
    draft.fencing = SpecDraft.noFencing
    let text = draft.yaml(try Schema.ofSpec())
    #expect(!text.contains("docker.io/percona/pmm-server") && !text.contains("  tag:"), "\(text)")
    let own = try Self.cluster { $0 = $0.replacing("/mnt/share/pmm/", with: "/root/.config/systemd/user/") }
    #expect(own.draft.configShare == nil && own.draft.missing.contains("--config-share PATH"))
    #expect(own.defects.contains { $0.message == "its settings lie in /root/.config/systemd/user, which each node has for itself" })
  }

  @Test("A short image name is what podman made of it, where the nodes have it under one whole name")
  func shortName() throws {
    let short = "PMM_IMAGE=percona/pmm-server\n"
    let named = try Self.cluster {
      $0 = $0.replacing("PMM_IMAGE=localhost/pmm-lab\n", with: short).replacing(
        "localhost/pmm-lab:3.0.0", with: "docker.io/percona/pmm-server:3.0.0")
    }
    #expect(named.draft.image == "docker.io/percona/pmm-server" && named.draft.tag == "3.0.0")
    let unknown = try Self.cluster { $0 = $0.replacing("PMM_IMAGE=localhost/pmm-lab\n", with: short) }
    #expect(unknown.draft.image == nil && unknown.draft.missing.contains("--image IMAGE"))
  }

  @Test(
    "Data in a volume of podman's, and a unit that says nothing of it, are told", arguments: ["-v pmm-data:/srv", "-v/data/pmm:/srv", ""])
  func otherVolumes(option: String) throws {
    let cluster = try Self.cluster {
      $0 = $0.replacing("--mount=type=bind,src=${PMM_VOLUME_PATH},dst=/srv,relabel=shared", with: option)
    }
    let words = cluster.defects.map(\.message)
    #expect(option.isEmpty == words.contains { $0.contains("says where PMM's data (/srv) comes from") })
    #expect(option.isEmpty != words.contains { $0.contains("a failover begins without its data") })
  }

  @Test("Variables on podman's command line are settings, too, and a secret one is not written down")
  func commandLineVariables() throws {
    var draft = try Self.cluster {
      $0 = $0.replacing("--ulimit=host", with: "--ulimit=host -e PMM_DEBUG=1 --env=GF_SECURITY_ADMIN_PASSWORD=swordfish")
    }.draft
    #expect(draft.environment.contains(.init(name: "PMM_DEBUG", value: "1")))
    draft.fencing = SpecDraft.noFencing
    #expect(!draft.yaml(try Schema.ofSpec()).contains("swordfish"))
  }

  @Test("A fencing device that is there is part of the spec, its password not")
  func devices() throws {
    let device =
      "<primitive id=\"ipmi-1\" class=\"stonith\" type=\"fence_ipmilan\"><instance_attributes id=\"c\"><nvpair id=\"d\" name=\"ip\" value=\"198.51.100.21\"/><nvpair id=\"e\" name=\"username\" value=\"root\"/><nvpair id=\"f\" name=\"password\" value=\"swordfish\"/><nvpair id=\"g\" name=\"pcmk_host_list\" value=\"pmm1\"/><nvpair id=\"h\" name=\"pcmk_delay_base\" value=\"5s\"/></instance_attributes></primitive>"
    let draft = try Self.cluster { $0 = $0.replacing("<group id=\"pmm\">", with: "\(device)<group id=\"pmm\">") }.draft
    #expect(draft.fencing == "fence_ipmilan" && draft.fenceAddresses == ["pmm1": "198.51.100.21"] && draft.fenceUser == "root")
    let text = draft.yaml(try Schema.ofSpec())
    #expect(draft.fenceDelays == ["pmm1": 5] && text.contains("    delay: 5\n"))
    #expect(!text.contains("swordfish"))
  }

  @Test("Who wins, and where the service would rather run, are part of the spec; what a move has left is not")
  func constraints() throws {
    func cluster(_ constraints: String) throws -> HandMadeCluster {
      try Self.cluster {
        $0 = $0.replacing("<constraints/>", with: "<constraints>\(constraints)</constraints>").replacing(
          "</crm_config>",
          with: "<cluster_property_set id=\"p\"><nvpair id=\"q\" name=\"priority-fencing-delay\" value=\"1min\"/></cluster_property_set>"
            + "</crm_config><rsc_defaults><meta_attributes id=\"r\"><nvpair id=\"s\" name=\"resource-stickiness\" value=\"INFINITY\"/>"
            + "</meta_attributes></rsc_defaults>")
      }
    }
    func location(_ id: String, _ node: String, _ score: String) -> String {
      "<rsc_location id=\"\(id)\" rsc=\"pmm\" node=\"\(node)\" score=\"\(score)\"/>"
    }
    let locations = location("a", "pmm1", "-100") + location("b", "pmm2", "50") + location("cli-prefer-pmm", "pmm1", "INFINITY")
    var draft = try cluster(locations).draft
    #expect(draft.preferredNode == "pmm2" && draft.stickiness == 1_000_000 && draft.priorityFencingDelay == 60)
    draft.fencing = SpecDraft.noFencing
    let text = draft.yaml(try Schema.ofSpec())
    #expect(text.contains("  preferred_node: pmm2\n") && text.contains("  priority_fencing_delay: 60\n"), "\(text)")
    #expect(try cluster(location("a", "pmm1", "-INFINITY")).draft.preferredNode == nil)
  }

  @Test("Nodes that are no cluster, or not all of it, are refused in words")
  func refused() throws {
    let one = try Self.node("pmm1")
    #expect(throws: HandMadeCluster.NoCluster.self) { try HandMadeCluster([one]) }
    var stranger = one
    stranger.name = try NodeName("db1")
    #expect(throws: HandMadeCluster.NoCluster.self) { try HandMadeCluster([one, stranger]) }
    var bare = one
    bare.corosync.file = FileFact(.absent)
    let error = #expect(throws: HandMadeCluster.NoCluster.self) { try HandMadeCluster([bare]) }
    #expect(error?.description.contains("pmm-ha init") == true)
  }
}
