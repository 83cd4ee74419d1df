import Core
import Testing

@testable import SharedStorage

@Suite("Findings of kind lvm") struct LVMFindingsTests {
  /// One plan, its blocking findings, and no step that could destroy.
  private func blocked(_ facts: [NodeName: StorageFacts], _ consent: Consent = Consent()) -> [String] { blocked(volume, facts, consent) }

  private func blocked(_ spec: LVMSpec, _ facts: [NodeName: StorageFacts], _ consent: Consent = Consent()) -> [String] {
    let plan = spec.plan(facts, consent: consent)
    if !plan.blocking.isEmpty { #expect(plan.steps == []) }
    return plan.blocking
  }

  @Test("A disk that is absent, differs or is too small")
  func unusable() throws {
    var facts = try lvmBoth("blank", settled)
    facts[pmm2]?.device = .absent
    #expect(blocked(facts) == ["pmm2: there is no \(disk)"])
    facts = try lvmBoth("blank", settled)
    facts[pmm2]?.disk.size = 2 << 30
    #expect(blocked(facts).first?.hasPrefix("pmm1, pmm2: \(disk) is not one disk: its size") == true)
    facts = try lvmBoth("vg", settled)
    facts[pmm2]?.disk.signatures[0].uuid = "another"
    #expect(blocked(facts).first?.contains("is not one disk: what it holds is LVM2_member (UUID") == true)
    let small = try lvmBoth("blank") {
      settled(&$0)
      $0.disk.size = 64 << 20
    }
    #expect(blocked(small) == ["\(disk): it is too small: 64 MiB are too little for a filesystem of PMM's"])
    let large = try LVMSpec(disk: disk, size: VolumeSize("2G"), mountPoint: "/srv/pmm")
    #expect(
      blocked(large, try lvmBoth("blank", settled)) == ["\(disk): it is too small: 1 GiB are less than the 2 GiB of shared_storage/size"])
    #expect(blocked(large, try lvmBoth("vg", settled)) == ["pmm: it has 1020 MiB free, and srv shall have 2 GiB"])
  }

  @Test("Foreign data is refused by name, unless the consent names it", arguments: [("gpt", "PMBR+gpt"), ("xfs-pmm", "xfs")])
  func foreign(name: String, types: String) throws {
    let facts = try lvmBoth("blank") {
      settled(&$0)
      $0.disk.signatures = try! seen(name).disk.signatures
    }
    #expect(blocked(facts).first?.contains("it holds foreign data") == true)
    #expect(blocked(facts, Consent(destroy: [disk])).count == 1)
    let plan = volume.plan(facts, consent: Consent(destroy: ["\(disk)=\(types)"]))
    #expect(plan.blocking == [])
    #expect(try plan.script("make-logical-volume")["FROM"] == "disk:\(types)")
    #expect(plan.steps.flatMap(\.effects) == [.destroys(device: "\(disk)=\(types)")])
  }

  @Test("A volume group of somebody's is refused, with the way to adopt it and the way to lose it")
  func foreignGroup() throws {
    let facts = try lvmBoth("billing", settled)
    #expect(blocked(facts) == ["\(disk): it belongs to the volume group billing of the host 'db7'"])
    #expect(volume.plan(facts).findings[0].hint.contains("write volume_group: billing"))
    let consent = Consent(destroy: ["\(disk)=LVM2_member"])
    #expect(try volume.plan(facts, consent: consent).script("make-logical-volume")["FROM"] == "disk:LVM2_member")
    let spread = try lvmBoth("billing") {
      settled(&$0)
      $0.group.disks = 2
    }
    #expect(blocked(spread, consent).count == 1, "another disk would lose its data, too")
    var active = facts
    active[pmm2]?.disk.users = [.init(name: "billing-data", type: "lvm", mount: "")]
    #expect(blocked(active, consent) == ["pmm2: \(disk) is in use by billing-data (lvm)"])
  }

  @Test("Our group's name under a stranger's system id is not ours to take")
  func stranger() throws {
    let facts = try lvmBoth("stranger", settled)
    #expect(blocked(whole, facts) == ["\(disk): its volume group pmm belongs to the host 'db7', which is neither node"])
    #expect(whole.plan(facts).findings[0].hint.contains("vgchange --config 'local/extra_system_ids=[\"db7\"]' --systemid pmm1 pmm"))
  }

  @Test("The group's name is taken on one node by another disk")
  func nameTaken() throws {
    for name in ["blank", "made"] {
      var facts = try lvmBoth(name, settled)
      let group = LVMFacts.Group(
        name: "pmm", uuid: "root", systemID: "", lockType: "", isExported: false, autoActivation: true, extentSize: 4 << 20, extents: 10,
        free: 0, disks: 1)
      facts[pmm2]?.lvm?.physicalVolumes.append(
        .init(uuid: "p", number: "8:3", diskSize: 1 << 30, start: 1 << 20, extents: 10, group: group))
      #expect(blocked(facts) == ["pmm2: the name pmm is taken: another disk (8:3) holds a volume group of that name"])
    }
  }

  @Test("A group over several disks, an exported one, and one with cluster locks")
  func unusableGroups() throws {
    func changed(_ change: (inout LVMFacts.Group) -> Void) throws -> [String] {
      blocked(
        try lvmBoth("made") {
          settled(&$0)
          change(&$0.group)
        })
    }
    #expect(try changed { $0.disks = 2 } == ["pmm: it spans 2 disks, and only groups on one disk are supported"])
    #expect(try changed { $0.isExported = true } == ["pmm: it is exported"])
    #expect(try changed { $0.lockType = "sanlock" }.first?.contains("locks by sanlock") == true)
  }

  @Test("Active on both nodes, or on the wrong one")
  func active() throws {
    var facts = try lvmBoth("made", settled)
    facts[pmm1]?.activate(mountedAt: "/srv/pmm")
    facts[pmm2]?.activate()
    #expect(
      blocked(facts) == ["pmm1, pmm2: /dev/pmm/srv is active on both nodes at once: only the one that runs PMM may have it"])
    #expect(volume.plan(facts).findings[0].hint.hasPrefix("on pmm2, where PMM must not run: dmsetup remove pmm-srv"))
    facts = try lvmBoth("made", settled)
    facts[pmm2]?.activate()
    #expect(blocked(facts) == ["pmm2: /dev/pmm/srv is active here, on the wrong node: its group is of pmm1's"])
    facts[pmm1]?.activate(mountedAt: "/srv/pmm")
    facts[pmm2]?.activate(mountedAt: "/srv/pmm")
    #expect(blocked(facts).contains("pmm1, pmm2: /dev/pmm/srv is mounted on both nodes at once: its data is being destroyed"))
  }

  @Test("Never a shrink; no growth beyond the group, nor beside a snapshot")
  func size() throws {
    var facts = try lvmBoth("made", settled)
    facts[pmm1]?.activate(mountedAt: "/srv/pmm")
    let smaller = try LVMSpec(disk: disk, size: .percent(50), mountPoint: "/srv/pmm")
    #expect(
      blocked(smaller, facts) == ["shared_storage/size: /dev/pmm/srv has 916 MiB, and 50% would be 508 MiB: a volume is never made smaller"]
    )
    #expect(smaller.plan(facts).findings[0].hint == "write size: 916M")
    #expect(try blocked(LVMSpec(disk: disk, size: VolumeSize("916M"), mountPoint: "/srv/pmm"), facts) == [])
    let larger = try LVMSpec(disk: disk, size: VolumeSize("3G"), mountPoint: "/srv/pmm")
    #expect(blocked(larger, facts) == ["shared_storage/size: /dev/pmm/srv shall have 3 GiB, and pmm has room for 1020 MiB"])
    for node in [pmm1, pmm2] {
      let group = facts[node]!.group.uuid
      facts[node]?.lvm?.volumes.append(.init(name: "before", group: group, size: 4 << 20, isActive: false, tags: [], origin: "srv"))
    }
    let withSnapshot = try LVMSpec(disk: disk, size: .percent(95), mountPoint: "/srv/pmm")
    #expect(blocked(withSnapshot, facts) == ["shared_storage/size: /dev/pmm/srv cannot grow while it has a snapshot, before"])
  }

  @Test("Foreign volumes in the group go with PMM, and one that is mounted would get its node fenced")
  func others() throws {
    var facts = try lvmBoth("other", settled)
    let plan = volume.plan(facts)
    #expect(plan.findings.map(\.severity) == [.warning])
    #expect(plan.findings[0].message.hasPrefix("it holds another volume, other"))
    facts[pmm1]?.activate(mountedAt: "/srv/pmm")
    facts[pmm1]?.disk.users.append(.init(name: "pmm-other", type: "lvm", mount: "/mnt/other"))
    #expect(volume.plan(facts).findings.filter { $0.severity == .danger }.map(\.place) == ["pmm1"])
  }

  @Test("What the volume holds must be what the spec says, and is never overwritten")
  func content() throws {
    var facts = try lvmBoth("made", settled)
    facts[pmm1]?.activate([.init(type: "xfs", uuid: "u", label: "pmm")])
    let everything = Consent(destroy: [disk, "\(disk)=xfs", "/dev/pmm/srv=xfs", "/dev/pmm/srv"])
    #expect(blocked(volume, facts, everything) == ["pmm1: /dev/pmm/srv holds xfs (UUID u), not ext4"])
    #expect(volume.plan(facts).findings[0].hint == "write filesystem: xfs")
    facts[pmm1]?.activate([])
    #expect(
      blocked(volume, facts, everything) == ["pmm1: /dev/pmm/srv has no filesystem, and was not made by pmm-ha: it does not count as empty"]
    )
  }

  @Test("Errors in the filesystem are a danger with the commands to run by hand, never a step")
  func damage() throws {
    var facts = try lvmBoth("made", settled)
    facts[pmm1]?.activate(mountedAt: "/srv/pmm")
    guard case .disk(var seen)? = facts[pmm1]?.lvm?.volume else { throw Unexpected() }
    seen.damage = "3 errors noted, the last in ext4_lookup"
    facts[pmm1]?.lvm?.volume = .disk(seen)
    let plan = volume.plan(facts)
    #expect(plan.steps == [])
    #expect(plan.findings.map(\.message) == ["the filesystem on /dev/pmm/srv has errors: 3 errors noted, the last in ext4_lookup"])
    #expect(plan.findings[0].severity == .danger && plan.findings[0].hint.contains("e2fsck -fn /dev/pmm/srv"))
  }

  @Test("LVM that cannot work with it: no device-mapper, too old, no look at the disk, filtered, one id for both")
  func configuration() throws {
    func changed(_ name: String, _ change: (inout LVMFacts) -> Void) throws -> [String] {
      blocked(
        try lvmBoth(name) {
          settled(&$0)
          change(&$0.lvm!)
        })
    }
    #expect(try changed("blank") { $0.mapper = false }.count == 2)
    #expect(try changed("blank") { $0.version = "2.03.11" }.first?.contains("2.03.11 is too old") == true)
    #expect(try changed("blank") { $0.volumeList = ["rhel"] }.first?.contains("volume_list") == true)
    #expect(try changed("blank") { $0.volumeList = ["rhel", "pmm"] } == [])
    #expect(try changed("made") { $0.physicalVolumes = [] }.first?.contains("LVM does not look at \(disk) there") == true)
    let one = try changed("blank") { ($0.systemIDSource, $0.systemID) = ("lvmlocal", "golden-image") }
    #expect(one == ["pmm1, pmm2: LVM gives both nodes the system id 'golden-image' (system_id_source is lvmlocal)"])
    #expect(
      try changed("pv") {
        $0.version = nil
        $0.physicalVolumes = []
      } == ["\(disk): it is a physical volume of LVM's, and neither node has LVM to say whose"])
  }

  @Test("What would activate it at boot is found: the initrd's arguments, the list of lvm.conf, fstab by any name")
  func boot() throws {
    let facts = try lvmBoth("made") {
      settled(&$0)
      $0.lvm?.bootArguments = ["rd.lvm.lv=pmm/srv", "rd.lvm.lv=rhel/root"]
      $0.lvm?.autoActivationList = ["pmm"]
    }
    #expect(volume.plan(facts).findings.map(\.severity) == [.warning, .danger, .warning, .danger])
    for name in ["/dev/pmm/srv", "/dev/mapper/pmm-srv"] {
      let mounting = try lvmBoth("made") {
        settled(&$0)
        $0.fstab = ["\(name) /x ext4 defaults"]
      }
      #expect(blocked(mounting).count == 2)
    }
  }

  @Test("Any source of system ids that tells the nodes apart is kept")
  func otherSource() throws {
    var facts = try lvmBoth("vg", settled)
    for (node, id) in [(pmm1, "id-one"), (pmm2, "id-two")] {
      facts[node]?.lvm?.systemIDSource = "machineid"
      facts[node]?.lvm?.systemID = id
      facts[node]?.group.systemID = "id-two"
    }
    let plan = volume.plan(facts)
    #expect(plan.blocking == [])
    #expect(plan.steps.first?.node == pmm2)
    #expect(try plan.script("make-logical-volume")["SYSTEM_ID"] == "id-two")
  }
}
