import Core
import Foundation
import Testing

@testable import SharedStorage

@Suite("Spec and facts of kind lvm") struct LVMSpecTests {
  @Test("The section is read with its defaults, and written back the same")
  func codable() throws {
    let text = #"{"kind":"lvm","device":"\#(disk)","filesystem":"xfs","mount_point":"/srv/pmm","options":"noatime"}"#
    let spec = try JSONDecoder().decode(SharedStorageSpec.self, from: Data(text.utf8))
    #expect(spec == .lvm(try LVMSpec(disk: disk, filesystem: .xfs, mountPoint: "/srv/pmm")))
    #expect(spec.device == "/dev/pmm/srv" && spec.disk == disk)
    #expect(try JSONDecoder().decode(SharedStorageSpec.self, from: JSONEncoder().encode(spec)) == spec)
    let other = SharedStorageSpec.lvm(
      try LVMSpec(disk: disk, volumeGroup: "pmm-server", logicalVolume: "data", size: VolumeSize("1.5T"), mountPoint: "/srv/pmm"))
    #expect(try JSONDecoder().decode(SharedStorageSpec.self, from: JSONEncoder().encode(other)) == other)
  }

  @Test("A key of kind lvm under kind filesystem is a mistake")
  func misplaced() {
    let text = #"{"kind":"filesystem","device":"\#(disk)","filesystem":"ext4","mount_point":"/srv/pmm","options":"","volume_group":"pmm"}"#
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(SharedStorageSpec.self, from: Data(text.utf8)) }
  }

  @Test(
    "Sizes are percentages of the group, or amounts in powers of 1024",
    arguments: [
      ("90%", VolumeSize.percent(90)), ("100%", .percent(100)), ("200G", .bytes(200 << 30)), ("500M", .bytes(500 << 20)),
      ("1.5TiB", .bytes(1536 << 30)), ("20gb", .bytes(20 << 30)),
    ])
  func sizes(text: String, size: VolumeSize) throws { #expect(try VolumeSize(text) == size) }

  @Test("What is no size is refused", arguments: ["0%", "101%", "90", "-5G", "G", "1e9G", "5P", "%", ""])
  func wrongSizes(text: String) { #expect(throws: InvalidStorage.self) { try VolumeSize(text) } }

  @Test("Names that LVM would refuse", arguments: ["", "-pmm", "..", "pmm server", "pmm/srv", "pmm\"", "snapshot1"])
  func names(name: String) {
    #expect(throws: InvalidStorage.self) { try LVMSpec(disk: disk, logicalVolume: name, mountPoint: "/srv/pmm") }
  }

  @Test("device-mapper doubles hyphens")
  func mapper() throws { #expect(try LVMSpec(disk: disk, volumeGroup: "pmm-server", mountPoint: "/x").mapperName == "pmm--server-srv") }

  @Test("What LVM reports is read, on the owner and on the other node")
  func reports() throws {
    for node in [pmm1, pmm2] {
      let facts = try lvmSeen("whole", node)
      let lvm = try #require(facts.lvm)
      #expect(lvm.version == "2.03.16" && lvm.systemID == node.description && lvm.systemIDSource == "uname")
      let view = try #require(lvm.physicalVolume(facts.disk.number))
      #expect(view.group?.name == "pmm" && view.group?.systemID == "pmm1" && view.group?.autoActivation == true)
      #expect(view.extents == 255 && view.start == 1 << 20 && view.group?.free == 0)
      #expect(lvm.volumes.map(\.name) == ["srv"] && lvm.volumes[0].size == 1020 << 20)
      #expect(lvm.volume == .absent && lvm.devicesFile == nil)
    }
    #expect(try lvmSeen("pending", pmm2).lvm?.volumes.first?.tags == [LVMSpec.pending])
    let unconfigured = try #require(lvmSeen("unconfigured", pmm1).lvm)
    #expect(unconfigured.systemID == "" && unconfigured.systemIDSource == "none")
    #expect(unconfigured.local.content?.hasSuffix("# host_id = 0\n}\n") == true)
  }

  @Test("A report that is cut off is an error, not an empty list")
  func failures() {
    let text = "== lvm\nversion=2.03.16\n== lvm physical volumes\nfailed\n== device\nreal=/dev/sdb\nkind=absent\n== end\n"
    #expect(throws: UnreadableAnswer.self) { try StorageFacts(Answer(text)) }
  }

  @Test("The devices file and the lists of lvm.conf are read where they count")
  func lists() throws {
    let text = """
      == lvm
      version=2.03.17
      use_devicesfile=1
      volume_list=rhel @tag
      == lvm local mode
      == lvm local

      == lvm devices
      file
      /dev/sda2
      == lvm physical volumes
      {"report":[{"pv":[]}]}
      == lvm volumes
      {"report":[{"lv":[]}]}
      == kernel
      rd.lvm.lv=rhel/root
      == device
      real=/dev/sdb
      kind=absent
      == mount point
      == fstab
      == end

      """
    let lvm = try #require(StorageFacts(Answer(text)).lvm)
    #expect(lvm.devicesFile == ["/dev/sda2"] && lvm.volumeList == ["rhel", "@tag"] && lvm.autoActivationList == nil)
    #expect(lvm.bootArguments == ["rd.lvm.lv=rhel/root"] && lvm.local.state == .absent)
    let off = try #require(StorageFacts(Answer(text.replacing("devicesfile=1", with: "devicesfile=0"))).lvm)
    #expect(off.devicesFile == nil)
  }
}
