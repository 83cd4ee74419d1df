import Core
import Foundation
import TestSupport
import Testing

@testable import SharedStorage

/// The plans and their scripts on the real LVM. What comes after the volume is active is tried on virtual machines.
@Suite("Real LVM", .serialized) struct LVMToolTests {
  @Test("Killed after each of its commands, making the volume goes on from there; the other node has proven the disk first")
  func interrupted() throws {
    let loop = try LoopDisk()
    let spec = try LVMSpec(disk: loop.device, mountPoint: "/srv/pmm")
    func plan() throws -> Proposal { spec.plan(try loop.facts(spec), consent: Consent(destroy: [loop.device])) }
    _ = try loop.perform(try plan(), [])
    #expect(try loop.facts(spec).values.allSatisfy { $0.lvm?.systemIDSource == "uname" })
    #expect(try loop.facts(spec)[pmm2]?.lvm?.systemID == "pmm2")
    var beginnings: [String] = []
    for command in ["prove", "pvcreate", "vgcreate", "lvcreate", ""] {
      let plan = try plan()
      #expect(plan.blocking == [])
      beginnings.append(String(try plan.script("make-logical-volume")["FROM"]?.prefix { $0 != ":" } ?? ""))
      // The script's shell ends with the command, as it does when its connection breaks.
      let kill = command == "prove" ? "" : "\(command)() { command \(command) \"$@\"; exit 137; }\n"
      let scripts = command == "prove" ? ["answer-mark"] : ["answer-mark", "make-logical-volume"]
      if command == "prove" {
        // It dies between its mark and the answer: the stale mark must not be taken for the next one's.
        let stale = "printf 'pmm-ha mark stale\\n' | dd of=\(loop.device) bs=4096 seek=240 count=1 conv=sync,notrunc oflag=direct"
        #expect(try shell(stale).status == 0)
        continue
      }
      let output = try loop.perform(plan, scripts, after: command.isEmpty ? "" : kill)
      #expect(!output.contains("nothing was written"), "\(output)")
      if command.isEmpty { #expect(output.contains("/dev/pmm/srv does not become active on pmm1"), "\(output)") }
    }
    #expect(beginnings == ["disk", "disk", "pv", "vg", "lv"])
    let facts = try loop.facts(spec)
    for node in [pmm1, pmm2] {
      let lvm = try #require(facts[node]?.lvm)
      #expect(facts[node]?.group.systemID == "pmm1" && facts[node]?.group.autoActivation == false)
      #expect(lvm.volumes.map { "\($0.name) \($0.size >> 20) \($0.tags)" } == ["srv 916 [\"\(LVMSpec.pending)\"]"])
    }
    #expect(try shell("dd if=\(loop.device) bs=4096 skip=240 count=2 2>/dev/null | tr -d '\\0' | wc -c").output.contains("0\n"))
  }

  @Test("Two disks under one name are found out by the mark before anything is made, and the mark is taken away again")
  func twins() throws {
    let (one, two) = (try LoopDisk(), try LoopDisk())
    let spec = try LVMSpec(disk: one.device, mountPoint: "/srv/pmm")
    _ = try one.perform(spec.plan(try one.facts(spec)), [])
    let plan = spec.plan(try one.facts(spec))
    let impatient = "sleep() { tries=$((tries + 60)); command sleep 0.05; }\n"
    let make = try plan.script("make-logical-volume"), answer = try plan.script("answer-mark")
    let other = answer.rendered { _ in "" }.replacing(one.device, with: two.device)
    let output = try shell(
      one.command(impatient + make.rendered { _ in "" }, on: pmm1) + " &\n" + one.command(impatient + other, on: pmm2) + " &\nwait"
    ).output
    #expect(output.contains("pmm2 does not see on its \(one.device) what pmm1 writes on this one"), "\(output)")
    #expect(output.contains("pmm2 does not see on its \(two.device) what pmm1 writes on that one"), "\(output)")
    for disk in [one, two] { #expect(try shell("head -c 4M \(disk.device) | tr -d '\\0' | wc -c").output == "0\n") }
  }

  @Test("What got onto the disk after the plan was made is not touched")
  func changed() throws {
    let loop = try LoopDisk()
    let spec = try LVMSpec(disk: loop.device, mountPoint: "/srv/pmm")
    _ = try loop.perform(spec.plan(try loop.facts(spec)), [])
    let plan = spec.plan(try loop.facts(spec))
    #expect(try shell("mkfs.ext4 -q -L other \(loop.device)").status == 0)
    let before = try shell("head -c 64M \(loop.device) | sha256sum").output
    let output = try loop.run(plan.script("make-logical-volume").rendered { _ in "" }, on: pmm1)
    #expect(output.status == 1 && output.output.contains("holds 'disk:ext4' now, and not 'disk:'"), "\(output)")
    #expect(try shell("head -c 64M \(loop.device) | sha256sum").output == before)
  }

  @Test("A group of a stranger's is refused; with consent its disk is made anew")
  func foreign() throws {
    let loop = try LoopDisk()
    let spec = try LVMSpec(disk: loop.device, mountPoint: "/srv/pmm")
    _ = try loop.perform(spec.plan(try loop.facts(spec)), [])
    let made = try loop.run(
      "vgcreate -q billing \(loop.device) && lvcreate -q -y -an -Zn -Wn -l 5 -n data billing && vgchange -q -y --systemid db7 billing",
      on: pmm2)
    #expect(made.status == 0, "\(made.output)")
    #expect(spec.plan(try loop.facts(spec)).blocking == ["\(loop.device): it belongs to the volume group billing of the host 'db7'"])
    let plan = spec.plan(try loop.facts(spec), consent: Consent(destroy: ["\(loop.device)=LVM2_member"]))
    let output = try loop.perform(plan, ["answer-mark", "make-logical-volume"])
    let facts = try loop.facts(spec)
    #expect(facts[pmm2]?.group.name == "pmm" && facts[pmm2]?.group.systemID == "pmm1", "\(output)")
  }

  @Test("A group of nobody's gets its system id, one that a boot would activate is kept from it, without a touch to its data")
  func settle() throws {
    let loop = try LoopDisk()
    let spec = try LVMSpec(disk: loop.device, size: .percent(100), mountPoint: "/srv/pmm")
    // As the runbook has it, before system_id_source was set.
    let made = try loop.run("vgcreate -q pmm \(loop.device) && lvcreate -q -y -an -Zn -Wn -l 100%VG -n srv pmm", on: pmm1)
    #expect(made.status == 0, "\(made.output)")
    _ = try shell("dd if=/dev/urandom of=\(loop.device) bs=1M seek=1 count=8 conv=notrunc 2>/dev/null")
    let data = "dd if=\(loop.device) bs=1M skip=1 count=64 2>/dev/null | sha256sum"
    let before = try shell(data).output
    let plan = spec.plan(try loop.facts(spec))
    #expect(plan.blocking == [] && plan.steps.flatMap(\.effects) == [])
    _ = try loop.perform(plan, [])
    let output = try loop.perform(plan, ["settle-volume-group"])
    let facts = try loop.facts(spec)
    #expect(facts[pmm2]?.group.systemID == "pmm1" && facts[pmm2]?.group.autoActivation == false, "\(output)")
    #expect(spec.plan(facts).steps == [])
    #expect(try shell(data).output == before)
    // Once more, for the other node, as after a crash.
    let back = Script(
      "settle-volume-group", PackageResources.settle_volume_group_sh,
      ["VOLUME_GROUP": "pmm", "SYSTEM_ID": "pmm2", "OLD_SYSTEM_ID": "pmm1"])
    #expect(try loop.run(back.rendered { _ in "" }, on: pmm2).status == 0)
    #expect(try loop.facts(spec)[pmm1]?.group.systemID == "pmm2")
    let late = try loop.run(back.rendered { _ in "" }, on: pmm1)
    #expect(late.status == 1 && late.output.contains("has the system id 'pmm1', not 'pmm2'"))
  }

  @Test("Where LVM has a devices file, both nodes' get the disk, and the second node's what the first one has made of it")
  func devicesFile() throws {
    let loop = try LoopDisk()
    let files =
      "for node in pmm1 pmm2; do cd \(loop.directory)/$node; mkdir -p devices; : >devices/system.devices; "
      + "sed -i 's/^devices {/&\\n  use_devicesfile = 1/' lvm.conf; done"
    #expect(try shell(files).status == 0)
    let spec = try LVMSpec(disk: loop.device, mountPoint: "/srv/pmm")
    func plan() throws -> Proposal { spec.plan(try loop.facts(spec), consent: Consent(destroy: [loop.device])) }
    func adding() throws -> [NodeName] { try plan().steps.filter { $0.what.hasPrefix("Let LVM look at") }.map(\.node) }
    #expect(try adding() == [pmm1, pmm2])
    _ = try loop.perform(try plan(), ["add-lvm-device"])
    #expect(try adding() == [])
    let output = try loop.perform(try plan(), ["answer-mark", "make-logical-volume"])
    // Cut off here, the next apply would see to it; else the check does that the same apply makes on the second node.
    #expect(try adding() == [pmm2], "\(output)")
    let check = Script(
      "check-volume-group", PackageResources.check_volume_group_sh,
      ["DEVICE": Text(loop.device), "VOLUME_GROUP": "pmm", "MAKER": "pmm1"])
    let checked = try loop.run(check.rendered { _ in "" }, on: pmm2)
    #expect(checked.status == 0, "\(checked.output)")
    #expect(try adding() == [])
    let entries = try [pmm1, pmm2].map { try loop.run("lvm lvmdevices", on: $0).output }
    #expect(entries[0] == entries[1] && !entries[0].contains("PVID=none"), "\(entries)")
  }

  @Test("A disk that is too small for the size in the spec, and a group that LVM on the other node does not see")
  func refusals() throws {
    let loop = try LoopDisk()
    let spec = try LVMSpec(disk: loop.device, size: VolumeSize("900M"), mountPoint: "/srv/pmm")
    _ = try loop.perform(spec.plan(try loop.facts(spec)), [])
    let plan = spec.plan(try loop.facts(spec))
    let check = try plan.script("check-volume-group")
    let unseen = try loop.run("sleep() { tries=20; }\n" + check.rendered { _ in "" }, on: pmm2)
    #expect(unseen.status == 1 && unseen.output.contains("does not see on \(loop.device) the volume group pmm that pmm1 has made"))
    let huge = try plan.script("make-logical-volume").rendered { _ in "" }.replacing("SIZE=943718400", with: "SIZE=2000000000").replacing(
      "PROVEN_BY=pmm2", with: "PROVEN_BY=")
    let output = try loop.run(huge, on: pmm1)
    #expect(output.status == 1 && output.output.contains("pmm has 1020 MiB free, and srv needs 1908 MiB"), "\(output)")
    #expect(try loop.run(check.rendered { _ in "" }, on: pmm2).status == 0)
    #expect(spec.plan(try loop.facts(spec)).titles.first == "pmm1 storage Make the volume srv (900M), an ext4 filesystem on \(loop.device)")
  }

  @Test("Errors that a filesystem has noted are read from its superblock")
  func damage() throws {
    let loop = try LoopDisk()
    #expect(try shell("mkfs.ext4 -q -L pmm \(loop.device)").status == 0)
    func damage() throws -> String? {
      let question = try FilesystemSpec(device: loop.device, mountPoint: "/srv/pmm").question()
      return try StorageFacts(Answer(loop.run(Script.functions + question.script.rendered { _ in "" }, on: pmm1).output)).disk.damage
    }
    #expect(try damage() == nil)
    for value in ["error_count 3", "state 2"] {
      #expect(try shell("debugfs -w -R 'set_super_value \(value)' \(loop.device)").status == 0)
    }
    #expect(try damage() == "3 errors noted")
  }
}
