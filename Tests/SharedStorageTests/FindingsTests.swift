import Core
import Testing

@testable import SharedStorage

@Suite struct FindingsTests {
  private func blank(_ change: (inout StorageFacts) -> Void = { _ in }) throws -> StorageFacts { try seen("blank", change) }

  @Test("Two disks under one name are told apart by size, WWN, serial number and content")
  func notShared() throws {
    let cases: [(String, (inout StorageFacts) -> Void)] = [
      ("its size is 536870912 bytes on pmm1 and 1 bytes on pmm2", { $0.disk.size = 1 }),
      ("its WWN is a on pmm1 and b on pmm2", { $0.disk.wwn = "b" }),
      ("its serial number is s1 on pmm1 and s2 on pmm2", { $0.disk.serial = "s2" }),
    ]
    let same: (inout StorageFacts) -> Void = {
      $0.disk.wwn = "a"
      $0.disk.serial = "s1"
    }
    for (message, change) in cases {
      let plan = plan(
        try blank(same),
        try blank {
          same(&$0)
          change(&$0)
        })
      #expect(plan.blocking == ["pmm1, pmm2: \(device) is not one disk: \(message)"])
      #expect(plan.steps == [])
    }
    let formatted = try seen("ext4-pmm")
    let uuid = formatted.disk.signatures[0].uuid
    #expect(
      plan(formatted, try blank()).blocking == [
        "pmm1, pmm2: \(device) is not one disk: what it holds is ext4 (UUID \(uuid)) on pmm1 and nothing on pmm2"
      ])
    #expect(plan(formatted, try seen("ext4-pmm") { $0.disk.signatures[0].uuid = "other" }).blocking.count == 1)
    #expect(plan(try blank { $0.disk.wwn = "a" }, try blank()).blocking == [], "one kernel does not know it: no proof")
  }

  @Test("A disk that is missing, no disk, read-only or in use is named with its node")
  func unusable() throws {
    let good = try blank()
    #expect(plan(good, try blank { $0.device = .absent }).blocking == ["pmm2: there is no \(device)"])
    #expect(
      plan(try blank { $0.device = .other("regular file") }, good).blocking == ["pmm1: \(device) is a regular file, not a block device"])
    #expect(plan(try blank { $0.disk.readOnly = true }, good).blocking == ["pmm1: \(device) is read-only"])
    let path = try blank { $0.disk.users = [.init(name: "mpatha", type: "mpath", mount: "")] }
    let refused = plan(path, good)
    #expect(refused.blocking == ["pmm1: \(device) is in use by mpatha (mpath)"])
    #expect(refused.findings[0].hint.contains("/dev/mapper/mpatha"))
    #expect(refused.steps == [])
  }

  @Test("A disk mounted somewhere else is never touched, whatever the consent")
  func elsewhere() throws {
    let everything = Consent(destroy: [device, "\(device)=ext4"])
    let refused = plan(try seen("ext4-pmm-elsewhere"), try seen("ext4-pmm"), consent: everything)
    #expect(refused.blocking.contains("pmm1: \(device) (/dev/loop0) is mounted at /mnt/old"))
    #expect(refused.steps == [])
    let root = try seen("gpt") { $0.disk.users = [.init(name: "sda1", type: "part", mount: "/")] }
    #expect(plan(root, root, consent: Consent(destroy: ["\(device)=PMBR+gpt"])).steps == [])
  }

  @Test("Mounted on both nodes at once is an emergency")
  func both() throws {
    let mounted = try seen("ext4-pmm-mounted")
    #expect(plan(mounted, mounted).blocking == ["pmm1, pmm2: \(device) is mounted on both nodes at once: its data is being destroyed"])
  }

  @Test("What stands at the mount point must be the disk or nothing")
  func place() throws {
    let good = try seen("ext4-pmm")
    #expect(
      plan(try seen("ext4-pmm") { $0.mountPoint = .mounted(source: "/dev/sdz") }, good).blocking == [
        "pmm1: /dev/sdz is mounted at /srv/pmm, not \(device)"
      ])
    #expect(plan(try seen("ext4-pmm") { $0.mountPoint = .notDirectory }, good).blocking == ["pmm1: /srv/pmm is not a directory"])
  }

  @Test(
    "A line of fstab that mounts the disk at boot is found under any of its names",
    arguments: [
      ("\(device) /x ext4 defaults 0 2", true), ("/dev/loop0 /x ext4", true), ("LABEL=pmm /x ext4 defaults", true),
      ("UUID=\"4fbcfb26\" /x ext4", false), ("/dev/sdz /srv/pmm ext4 defaults", true), ("/dev/sdz /srv/pmm ext4 noauto,noatime", false),
      ("/dev/sda1 / ext4 defaults", false),
    ])
  func fstab(line: String, isFound: Bool) throws {
    let plan = plan(try seen("ext4-pmm") { $0.fstab = [line] }, try seen("ext4-pmm"))
    #expect(plan.blocking == (isFound ? ["pmm1: /etc/fstab mounts the shared disk at boot: \(line)"] : []))
  }
}
