import Core
import Testing

@testable import SharedStorage

@Suite struct FactsTests {
  @Test("A blank disk has a size and nothing else")
  func blank() throws {
    let facts = try seen("blank")
    #expect(facts.disk.real == "/dev/loop0")
    #expect(facts.disk.size == 536_870_912)
    #expect(facts.disk.signatures == [])
    #expect(!facts.disk.unknownData && !facts.disk.readOnly)
    #expect(facts.disk.users == [] && facts.disk.mounts == [])
    #expect(facts.mountPoint == .absent)
    #expect(facts.fstab == [])
  }

  @Test(
    "Signatures are read with type, label and UUID",
    arguments: [
      ("ext4-pmm", ["ext4"], "pmm"), ("ext4-unlabelled", ["ext4"], ""), ("xfs-pmm", ["xfs"], "pmm"), ("lvm", ["LVM2_member"], ""),
      ("gpt", ["gpt", "gpt", "PMBR"], ""), ("swap", ["swap"], ""), ("unknown-data", [], ""),
    ])
  func signatures(name: String, types: [String], label: String) throws {
    let disk = try seen(name).disk
    #expect(disk.signatures.map(\.type) == types)
    #expect(disk.signatures.allSatisfy { $0.label == label })
    #expect(disk.unknownData == (name == "unknown-data"))
    if name == "lvm" { #expect(disk.signatures[0].uuid.hasPrefix("XuWVvx-")) }
  }

  @Test("A mounted disk says where")
  func mounted() throws {
    let facts = try seen("ext4-pmm-mounted")
    #expect(facts.disk.mounts == ["/srv/pmm"])
    #expect(facts.mountPoint == .mounted(source: "/dev/loop0"))
  }

  @Test("What stands on a disk is read from lsblk's tree")
  func users() throws {
    let tree = """
      MAJ:MIN="8:16" NAME="sdb" TYPE="disk" SIZE="21474836480" RO="0" SERIAL="vol0a1b " WWN="0x5000c500a1b2c3d4" MOUNTPOINT=""
      MAJ:MIN="8:17" NAME="sdb1" TYPE="part" SIZE="1048576" RO="0" SERIAL="" WWN="0x5000c500a1b2c3d4" MOUNTPOINT="/boot"
      MAJ:MIN="253:0" NAME="mpatha" TYPE="mpath" SIZE="21474836480" RO="0" SERIAL="" WWN="" MOUNTPOINT=""
      """
    let text = "== device\nreal=/dev/sdb\nkind=block\n== tree\n\(tree)\n== signatures\n== mounts\n== mount point\n== fstab\n== end\n"
    let disk = try StorageFacts(Answer(text)).disk
    #expect(disk.serial == "vol0a1b")
    #expect(disk.wwn == "0x5000c500a1b2c3d4")
    #expect(disk.users.map(\.name) == ["sdb1", "mpatha"])
    #expect(disk.users.map(\.mount) == ["/boot", ""])
  }

  @Test("A failing tool and a cut-off answer are errors, not a blank disk")
  func failures() throws {
    let text =
      "== device\nreal=/dev/sdb\nkind=block\n== tree\nNAME=\"sdb\" SIZE=\"1\"\n== signatures\nwipefs: error: /dev/sdb: I/O error\nfailed\n"
    #expect(throws: UnreadableAnswer.self) { try StorageFacts(Answer(text + "== end\n")) }
    #expect(throws: UnreadableAnswer.self) { try StorageFacts(Answer(text)) }
    #expect(throws: UnreadableAnswer.self) {
      try StorageFacts(Answer("== device\nreal=/dev/sdb\nkind=block\n== tree\nlsblk: not found\n== end\n"))
    }
  }

  @Test("Comments of fstab are left out")
  func fstab() throws {
    let text =
      "== device\nreal=/dev/sdb\nkind=absent\n== mount point\nmode=0\nentries=0\n== fstab\n# a comment\n  # another\nLABEL=pmm /x ext4\n\n== end\n"
    let facts = try StorageFacts(Answer(text))
    #expect(facts.fstab == ["LABEL=pmm /x ext4"])
    #expect(facts.device == .absent)
    #expect(facts.mountPoint == .directory(mode: "0", entries: 0))
  }
}
