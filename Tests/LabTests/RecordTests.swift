import FoundationEssentials
import Testing

@testable import Lab

@Suite("What a lab is")
struct RecordTests {
  @Test("Names fit into paths and namespaces", arguments: ["demo", "a", "test-2", "abcdefghijklmnop"])
  func names(_ name: String) throws { #expect(try LabName(name).description == name) }

  @Test("Names that would not fit are refused", arguments: ["", "2nd", "Demo", "a b", "a/b", "..", "abcdefghijklmnopq", "-a"])
  func badNames(_ name: String) { #expect(throws: LabFailure.self) { try LabName(name) } }

  @Test("The two nodes have an address on each ring and a BMC beside them")
  func pair() {
    #expect(LabNode.pair.map(\.name.description) == ["pmm1", "pmm2"])
    #expect(LabNode.pair[1].addresses == ["198.51.100.12", "198.51.101.12"])
    #expect(LabNode.pair[1].bmcAddress == "198.51.100.22")
  }

  @Test("A real image is taken apart at its tag, not at its registry's port")
  func image() throws {
    let pmm = try LabPMM(reference: "registry.example.net:5000/percona/pmm-server:3.4.1")
    #expect(pmm.image == "registry.example.net:5000/percona/pmm-server")
    #expect(pmm.tag == "3.4.1")
    #expect(pmm.archive == "/mnt/share/images/pmm-server-{tag}.tar")
    let place = LabDirectory(path: "/labs/demo")
    #expect(place.archive(pmm, tag: "3.4.1") == "/labs/demo/share/images/pmm-server-3.4.1.tar")
  }

  @Test("An image without a tag is refused", arguments: ["pmm-server", "registry:5000/pmm-server", "pmm-server:", ":3", "a b:3"])
  func untagged(_ reference: String) { #expect(throws: LabFailure.self) { try LabPMM(reference: reference) } }

  @Test(
    "The lab's own PMM is made with versions of PMM 2 and 3 and its variants", arguments: ["3.0.0", "2.44.0", "3.10", "3.0.1-slow-start"])
  func ownTags(_ tag: String) throws {
    let pmm = try LabPMM(reference: "localhost/pmm-lab:\(tag)")
    #expect(pmm.tag == tag && pmm.isStandIn && pmm.archive == LabPMM.standIn.archive)
    #expect(pmm.tags == ["3.0.0", "3.0.1"] + (tag == "3.0.0" ? [] : [tag]))
    #expect(try pmm.with(["3.0.1-dies", tag]).with(["3.0.1-dies"]).tags.suffix(1) == ["3.0.1-dies"])
    #expect(throws: LabFailure.self) { try LabPMM(reference: "docker.io/percona/pmm-server:3.9.1").with([tag]) }
  }

  @Test(
    "Other tags of it are refused",
    arguments: ["latest", "4.0.0", "3", "3.0.1-", "3.0.1-quick", "3..1", "3.0.0.0", "3.0.1/../x", "3.0.1 -dies"])
  func otherTags(_ tag: String) { #expect(throws: LabFailure.self) { try LabPMM.ownTag(tag) } }

  @Test("What the scripts read is quoted")
  func quoted() {
    let record = LabRecord(
      nodes: LabNode.pair, image: "/var/cache/it's", bare: false, diskSize: "4G", virtualIP: "198.51.100.100", pmm: .standIn)
    #expect(record.environment.contains("lab_image='/var/cache/it'\\''s'\n"))
    #expect(record.environment.contains("lab_nodes='pmm1 pmm2'\n"))
  }

  @Test("A spec's fencing goes by what the lab was made with: BMCs, or SBD's slots")
  func fencing() throws {
    let parent = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: parent) }
    let lab = Lab(try LabName("one"), parent: parent)
    try FileManager.default.createDirectory(atPath: lab.directory, withIntermediateDirectories: true)
    var record = LabRecord(
      driver: .vm, accelerator: .tcg, nodes: LabNode.pair, image: "/i", bare: false, diskSize: "4G", virtualIP: "198.51.100.100",
      pmm: .standIn)
    try lab.place.write(record)
    #expect(try lab.specYAML().contains("agent: fence_ipmilan"))
    record.fencing = .sbd
    try lab.place.write(record)
    let spec = try lab.specYAML()
    for node in ["pmm1", "pmm2"] {
      #expect(spec.contains("  - {node: \(node), agent: fence_sbd, device: /dev/disk/by-id/virtio-pmm-sbd}\n"), "\(spec)")
    }
    #expect(!spec.contains("fence_ipmilan"))
  }

  @Test("Instances have ids as EC2 makes them, which stay; their disk goes by its volume's serial number")
  func instances() throws {
    let cloud = LabCloud(LabNode.pair)
    let ids = [cloud.instances["pmm1"], cloud.instances["pmm2"], cloud.volume].compactMap { $0 }
    #expect(Set(ids).count == 3)
    for id in ids { #expect(id.split(separator: "-").last?.count == 17, "\(id)") }
    var record = LabRecord(
      nodes: LabNode.pair, image: "/i", bare: false, diskSize: "4G", virtualIP: "198.51.100.100", pmm: .standIn, cloud: cloud)
    let serial = cloud.volume.replacing("-", with: "")
    #expect(record.device == "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_\(serial)")
    #expect(record.environment.contains("volume_serial=\(serial)\n"))
    let kept = try JSONDecoder().decode(LabRecord.self, from: JSONEncoder().encode(record))
    #expect(kept == record)
    record.cloud = nil
    #expect(!record.environment.contains("volume_serial"))
  }
}

@Suite("What of a lab is there")
struct StatusTests {
  private let record = LabRecord(
    nodes: LabNode.pair, image: "/i", bare: false, diskSize: "4G", virtualIP: "198.51.100.100", pmm: .standIn)

  private func status(_ report: String) throws -> LabStatus {
    LabStatus(try LabName("demo"), LabDirectory(path: "/labs/demo"), record, report: report)
  }

  @Test("Everything there, one node without power: the lab is up")
  func up() throws {
    let status = try status("network on\nnode pmm1 on\nbmc pmm1 on\nnode pmm2 off\nbmc pmm2 on\nforward 8443 on\ndisk /dev/loop0")
    #expect(status.state == .up)
    #expect(status.nodes.map(\.power) == [.on, .off])
    #expect(status.url == "https://127.0.0.1:8443/")
  }

  @Test("A BMC missing: the lab is incomplete")
  func incomplete() throws {
    let status = try status("network on\nnode pmm1 frozen\nbmc pmm1 off\nnode pmm2 on\nbmc pmm2 on\nforward 8443 on\ndisk /dev/loop0")
    #expect(status.state == .incomplete)
    #expect(status.nodes[0].power == .frozen)
  }

  @Test("Instances have no BMC; without their API the lab is incomplete, one that is only not heard is up")
  func cloud() throws {
    var record = record
    record.cloud = LabCloud(LabNode.pair)
    for (api, state) in [("on", LabStatus.State.up), ("silent", .up), ("off", .incomplete)] {
      let report = "network on\nnode pmm1 on\nnode pmm2 on\nforward 8443 on\ndisk /dev/loop0\ncloud \(api)"
      let status = LabStatus(try LabName("demo"), LabDirectory(path: "/labs/demo"), record, report: report)
      #expect(status.state == state)
      #expect(status.cloud?.api.rawValue == api)
    }
  }

  @Test("After a restart of the machine only the files are there")
  func down() throws {
    let status = try status("network off\nnode pmm1 off\nbmc pmm1 off\nnode pmm2 off\nbmc pmm2 off\nforward 8443 off\ndisk ")
    #expect(status.state == .down)
    #expect(status.url == nil)
  }
}
