import Core
import Pacemaker
import Testing

@testable import SharedStorage

@Suite("Plans of kind lvm") struct LVMPlanTests {
  @Test("A blank disk: LVM learns the nodes' names, one node makes all of it after the other has answered its mark")
  func blank() throws {
    let plan = volume.plan(try lvmBoth("unconfigured"))
    #expect(plan.findings == [])
    #expect(
      plan.titles == [
        "pmm1 files Make the mount point /srv/pmm", "pmm1 files Write /etc/lvm/lvmlocal.conf",
        "pmm1 files Let Pacemaker stop before the block devices go, at a shutdown",
        "pmm2 files Make the mount point /srv/pmm", "pmm2 files Write /etc/lvm/lvmlocal.conf",
        "pmm2 files Let Pacemaker stop before the block devices go, at a shutdown",
        "pmm1 storage Make the volume group pmm, the volume srv (90%), an ext4 filesystem on \(disk)",
        "pmm2 storage Prove that \(disk) is pmm1's disk: answer the mark that pmm1 writes on it",
        "pmm2 proof Check that LVM sees pmm on \(disk)",
      ])
    let make = try plan.script("make-logical-volume")
    #expect(make["FROM"] == "disk:" && make["PROVEN_BY"] == "pmm2" && make["SIZE"] == "90%" && make["SYSTEM_ID"] == "pmm1")
    #expect(plan.steps.flatMap(\.effects) == [.destroys(device: disk)])
  }

  @Test("lvmlocal.conf keeps what stands in it, and the plan shows the lines that come")
  func local() throws {
    let plan = volume.plan(try lvmBoth("unconfigured"))
    let step = try #require(plan.steps.first { $0.what == "Write /etc/lvm/lvmlocal.conf" })
    guard case .write(let file) = step.action else { throw Unexpected() }
    let current = try #require(file.current)
    #expect(file.content.description == current + LVMLocalFile.block)
    #expect(unifiedDiff(from: current, to: file.content.description).filter { $0.hasPrefix("-") } == [])
    #expect(LVMLocalFile.wanted(file.content.description) == file.content.description)
  }

  @Test("On nodes without LVM the packages come first, and the same steps then")
  func withoutLVM() throws {
    let facts = try lvmBoth("unconfigured") {
      $0.lvm?.version = nil
      $0.lvm?.physicalVolumes = []
    }
    let plan = volume.plan(facts)
    #expect(plan.findings == [])
    #expect(plan.titles.contains("pmm2 files Set system_id_source = \"uname\" in /etc/lvm/lvmlocal.conf"))
    #expect(plan.titles.contains { $0.hasPrefix("pmm1 storage Make the volume group") })
  }

  @Test(
    "Interrupted between any two of its commands, making the volume goes on where it was, on the node that began",
    arguments: [
      ("blank", "disk:", "pmm2", "the volume group pmm, the volume srv (90%), an ext4 filesystem"),
      ("pv", "pv", "", "the volume group pmm, the volume srv (90%), an ext4 filesystem"),
      ("vg", "vg:", "", "the volume srv (90%), an ext4 filesystem"), ("pending", "lv:", "", "an ext4 filesystem"),
    ])
  func interrupted(name: String, from: String, witness: String, what: String) throws {
    let plan = volume.plan(try lvmBoth(name, settled))
    #expect(plan.findings == [])
    #expect(plan.titles.first == "pmm1 storage Make \(what) on \(disk)")
    let make = try plan.script("make-logical-volume")
    #expect(make["FROM"]?.hasPrefix(from) == true)
    #expect(make["PROVEN_BY"] == witness)
    #expect(plan.steps.flatMap(\.effects) == [.destroys(device: disk)])
  }

  @Test("Begun by pmm2, it is pmm2 that goes on")
  func othersWork() throws {
    let plan = volume.plan(
      try lvmBoth("vg") {
        settled(&$0)
        $0.group.systemID = "pmm2"
      })
    #expect(plan.titles.first?.hasPrefix("pmm2 storage Make the volume srv") == true)
    #expect(plan.titles.last == "pmm1 proof Check that LVM sees pmm on \(disk)")
  }

  @Test("Made once, nothing is left to do: inactive, or active and mounted on the node that owns it")
  func silent() throws {
    #expect(volume.plan(try lvmBoth("made", settled)) == Proposal())
    var facts = try lvmBoth("made", settled)
    facts[pmm1]?.activate(mountedAt: "/srv/pmm")
    #expect(volume.plan(facts) == Proposal())
  }

  @Test("A group that the runbook's reader made by hand is taken as it is; only words of its metadata change")
  func adopted() throws {
    var facts = try lvmBoth("whole", settled)
    facts[pmm1]?.activate([.init(type: "ext4", uuid: "u", label: "")], mountedAt: "/srv/pmm")
    let plan = whole.plan(facts)
    #expect(plan.titles == ["pmm1 storage Switch off the activation of pmm at boot"])
    #expect(plan.steps[0].effects == [])
    #expect(plan.findings.map(\.severity) == [.warning])
    #expect(plan.findings[0].message == "pmm has no room left for a snapshot, so an update of PMM cannot be taken back by one")
    let off = whole.plan(
      facts.mapValues {
        var facts = $0
        facts.group.autoActivation = false
        return facts
      })
    #expect(off.steps == [])
  }

  @Test("A group of nobody's gets the system id of the node that has it active, else of the first")
  func nobody() throws {
    var facts = try lvmBoth("nobody", settled)
    let idle = volume.plan(facts)
    #expect(idle.titles == ["pmm1 storage Give pmm the system id pmm1, and keep it inactive at boot"])
    #expect(try idle.script("settle-volume-group")["OLD_SYSTEM_ID"] == "")
    facts[pmm2]?.activate()
    #expect(volume.plan(facts).titles == ["pmm2 storage Give pmm the system id pmm2, and keep it inactive at boot"])
  }

  @Test("After a crash the group may have another id than the node that has it mounted: it gets that node's")
  func wrongID() throws {
    for id in ["pmm1", "pmm2.example.com"] {
      var facts = try lvmBoth("made") {
        settled(&$0)
        $0.group.systemID = id
      }
      facts[pmm2]?.activate(mountedAt: "/srv/pmm")
      let plan = volume.plan(facts)
      #expect(plan.titles == ["pmm2 storage Give pmm the system id pmm2, and keep it inactive at boot"])
      #expect(try plan.script("settle-volume-group")["OLD_SYSTEM_ID"] == id)
    }
  }

  @Test("A larger size grows the volume where it is mounted; a filesystem that lags behind is grown too")
  func growth() throws {
    var facts = try lvmBoth("made", settled)
    let larger = try LVMSpec(disk: disk, size: .percent(95), mountPoint: "/srv/pmm")
    let note = larger.plan(facts)
    #expect(note.steps == [] && note.findings.map(\.severity) == [.note])
    facts[pmm1]?.activate(mountedAt: "/srv/pmm")
    let plan = larger.plan(facts)
    #expect(plan.titles == ["pmm1 storage Grow /dev/pmm/srv and its filesystem from 916 MiB to 968 MiB, while PMM runs"])
    #expect(try plan.script("grow-logical-volume")["EXTENTS"] == "242")
    #expect(plan.steps[0].effects == [])
    guard case .disk(var lagging)? = facts[pmm1]?.lvm?.volume else { throw Unexpected() }
    lagging.filesystemSize = 800 << 20
    facts[pmm1]?.lvm?.volume = .disk(lagging)
    #expect(volume.plan(facts).titles == ["pmm1 storage Grow the filesystem on /dev/pmm/srv to 916 MiB"])
  }

  @Test("A disk that has grown lets a percentage grow with it")
  func largerDisk() throws {
    var facts = try lvmBoth("made") {
      settled(&$0)
      $0.disk.size = 2 << 30
      $0.lvm?.physicalVolumes[0].diskSize = 2 << 30
    }
    facts[pmm1]?.activate(mountedAt: "/srv/pmm")
    #expect(try volume.plan(facts).script("grow-logical-volume")["EXTENTS"] == "459")
  }

  @Test("Where LVM looks at the disks of its devices file only, the disk is added to it")
  func devicesFile() throws {
    let plan = volume.plan(
      try lvmBoth("blank") {
        settled(&$0)
        $0.lvm?.devicesFile = ["/dev/sda2"]
      })
    #expect(plan.titles.prefix(2) == ["pmm1 files Let LVM look at \(disk)", "pmm2 files Let LVM look at \(disk)"])
    #expect(plan.findings == [])
  }

  @Test("Pacemaker activates the group, then mounts the volume")
  func fragment() {
    let group = SharedStorageSpec.lvm(volume).fragment(.fast).group
    #expect(group.map(\.id) == ["pmm_lvm", "pmm_fs"])
    #expect(group[0].agent.description == "ocf:heartbeat:LVM-activate")
    #expect(group[0].parameters.map { "\($0.name)=\($0.value)" } == ["vgname=pmm", "vg_access_mode=system_id"])
    #expect(group[0].operations.map { "\($0.name) \($0.interval) \($0.timeout)" } == ["start 0 90", "stop 0 90", "monitor 10 90"])
    #expect(group[1].parameters.first { $0.name == "device" }?.value == "/dev/pmm/srv")
  }
}
