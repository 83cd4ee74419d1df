import Core
import Foundation
import Testing

@testable import ConfigShare

private let nfs = ConfigShare(.nfs(try! NFSShare(path: "/mnt/share/pmm", server: "198.51.100.30", export: "/srv/pmm-ha")), nodes: nodes)

/// What a node says where the units are as they shall be; `lines` are of the look itself.
func mounted(_ share: ConfigShare, _ node: NodeName, _ lines: String..., autofs: Bool = true, volume: String = "") throws -> ShareFacts {
  let units = try #require(share.units(node))
  let active = autofs ? units.name + ".automount" : units.name + ".mount"
  return try ShareFacts(
    Answer(
      """
      == share
      \(lines.joined(separator: "\n"))
      == file 644 \(units.mountFile)
      \(units.mount)
      == file 644 \(units.automountFile)
      \(units.automount)
      == units
      Id=\(units.name).automount
      LoadState=loaded
      ActiveState=inactive
      UnitFileState=disabled
      NeedDaemonReload=no
      CanStart=no

      Id=\(active)
      LoadState=loaded
      ActiveState=active
      UnitFileState=enabled
      NeedDaemonReload=no
      \(volume)
      == end

      """))
}

@Suite struct MountTests {
  @Test("An export is mounted by two units, then marked by one node and looked at by the other")
  func bare() throws {
    let absent = try facts("kind=absent", "parent=directory")
    let plan = nfs.proposal([pmm1: absent, pmm2: absent])
    #expect(plan.findings == [])
    let mount = [
      "Write /etc/systemd/system/mnt-share-pmm.mount", "Write /etc/systemd/system/mnt-share-pmm.automount",
      "Mount 198.51.100.30:/srv/pmm-ha on /mnt/share/pmm",
    ]
    #expect(plan.steps.filter { $0.node == pmm1 }.map(\.what) == mount + ["Mark /mnt/share/pmm as the shared directory"])
    #expect(plan.steps.filter { $0.node == pmm2 }.map(\.what) == mount + ["Check that /mnt/share/pmm is pmm1's directory"])
    #expect(plan.steps.map(\.stage) == [.files, .files, .files, .files, .files, .files, .files, .storage])
  }

  @Test("Mounted, marked and noted, nothing is left to do; so where the kernel has no automounts")
  func silent() throws {
    for autofs in [true, false] {
      let fact = try mounted(
        nfs, pmm1, "kind=directory", "token=a", "record=a", "mounted=nfs4 198.51.100.30:/srv/pmm-ha rw,vers=4.2,soft", autofs: autofs)
      #expect(nfs.proposal([pmm1: fact, pmm2: fact]) == Proposal())
    }
  }

  @Test(
    "A server that is down is a warning on a node that has seen the share, whatever its silence looks like",
    arguments: ["kind=hanging", "kind=failing: stat: cannot statx '/mnt': No such device", "kind=directory\nfilesystem=ext2/ext3"])
  func down(look: String) throws {
    let up = try mounted(nfs, pmm1, "kind=directory", "token=a", "record=a", "mounted=nfs4 198.51.100.30:/srv/pmm-ha rw")
    let plan = nfs.proposal([pmm1: up, pmm2: try mounted(nfs, pmm2, look, "record=a")])
    #expect(plan.steps == [])
    #expect(plan.findings.map { "\($0.severity) \($0.place)" } == ["warning pmm2"])
    #expect(plan.findings[0].message.contains("198.51.100.30:/srv/pmm-ha, mounted on /mnt/share/pmm,"))
  }

  @Test("Before it was ever seen, a server that does not answer stops the apply")
  func neverSeen() throws {
    let plan = nfs.proposal([pmm1: try mounted(nfs, pmm1, "kind=hanging"), pmm2: try mounted(nfs, pmm2, "kind=hanging")])
    #expect(plan.findings.map(\.severity) == [.blocking, .blocking])
    #expect(plan.steps == [])
  }

  @Test("A node that has another share mounted there, or the right one's dead client, gets it mounted anew")
  func remount() throws {
    let up = try mounted(nfs, pmm1, "kind=directory", "token=a", "record=a", "mounted=nfs4 198.51.100.30:/srv/pmm-ha rw")
    let other = try mounted(nfs, pmm2, "kind=directory", "token=b", "record=b", "mounted=nfs4 198.51.100.9:/old rw")
    let plan = nfs.proposal([pmm1: up, pmm2: other])
    #expect(plan.findings == [])
    #expect(
      plan.steps.map(\.what) == [
        "Mount 198.51.100.30:/srv/pmm-ha on /mnt/share/pmm", "Check that /mnt/share/pmm is pmm1's directory",
      ])
    #expect(plan.steps[0].why == "198.51.100.9:/old is mounted there")
    let stale = try mounted(
      nfs, pmm2, "kind=failing: stat: cannot statx '/mnt/share/pmm': Stale file handle", "record=a",
      "mounted=nfs4 198.51.100.30:/srv/pmm-ha rw")
    #expect(nfs.proposal([pmm1: up, pmm2: stale]).steps.first?.why == "Stale file handle")
  }

  @Test("The units are as systemd wants them, and nothing waits for ever", arguments: [nfs, gluster(arbiter: false)])
  func units(share: ConfigShare) throws {
    let units = try #require(share.units(pmm1))
    #expect(!units.mount.contains(",hard") && !units.mount.contains("Before=") && !units.mount.contains("remote-fs"))
    let directory = FileManager.default.temporaryDirectory.appending(path: "pmm-ha-units-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    var paths: [String] = []
    for (ending, text) in [("mount", units.mount), ("automount", units.automount)] {
      let path = directory.appending(path: "\(units.name).\(ending)").path()
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      paths.append(path)
    }
    func verify() throws -> (output: String, status: Int32) {
      let verify = ["verify", "--man=no", "--recursive-errors=no"] + paths
      return try run("/usr/bin/systemd-analyze", verify, ["SYSTEMD_UNIT_PATH": "\(directory.path()):"])
    }
    let good = try verify()
    #expect(good.status == 0 && !good.output.contains(directory.path()), "\(good)")
    try units.mount.replacing("TimeoutSec", with: "TimoutSec").write(toFile: paths[0], atomically: true, encoding: .utf8)
    #expect(try verify().output.contains("TimoutSec"), "the check can find something")
  }
}

func run(
  _ program: String, _ arguments: [String], _ environment: [String: String] = [:], input: String = ""
) throws -> (output: String, status: Int32) {
  let process = Process()
  process.executableURL = URL(filePath: program)
  process.arguments = arguments
  process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
  let (stdin, stdout) = (Pipe(), Pipe())
  process.standardInput = stdin
  process.standardOutput = stdout
  process.standardError = stdout
  try process.run()
  try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
  try stdin.fileHandleForWriting.close()
  let data = try stdout.fileHandleForReading.readToEnd() ?? Data()
  process.waitUntilExit()
  return (String(decoding: data, as: UTF8.self), process.terminationStatus)
}
