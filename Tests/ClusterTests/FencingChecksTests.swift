import Cluster
import Core
import SpecFile
import Testing

@Suite("Fencing in levels and by disks")
struct FencingChecksTests {
  /// The example with other devices.
  private func problems(_ devices: String, kind: String = "filesystem") throws -> [Problem] {
    let example = Schema.exampleText.replacing("  kind: filesystem\n", with: "  kind: \(kind)\n")
    let begin = try #require(example.range(of: "\nfencing:\n")), end = try #require(example.range(of: "\n# How fast"))
    let text = example[..<begin.upperBound] + devices + example[end.lowerBound...]
    do {
      return try LoadedSpec(yaml: String(text), file: "pmm-ha.yml").problems
    } catch let error as UnusableSpec {
      return error.problems
    }
  }

  private static let data = "/dev/disk/by-id/scsi-36001405aa11bb22cc33dd44ee55ff660"

  /// A BMC and what follows for each node.
  private func each(_ more: (String) -> String, level: Int? = 1) -> String {
    ["pmm1", "pmm2"].map { node in
      let bmc =
        "  - {node: \(node), agent: fence_ipmilan, address: 198.51.100.2\(node.last!), user: a, password: {env: X}\(level.map { ", level: \($0)" } ?? "")}\n"
      return bmc + more(node)
    }.joined()
  }

  @Test("IPMI first, SBD behind it: nothing to say")
  func good() throws {
    #expect(try problems(each { "  - {node: \($0), agent: fence_sbd, device: /dev/disk/by-id/sbd, level: 2}\n" }).isEmpty)
    #expect(try problems(each { "  - {node: \($0), agent: fence_scsi, device: \(Self.data), level: 2}\n" }).isEmpty)
  }

  @Test("Of a volume group it is the disk that takes reservations, and that SBD must leave alone")
  func volumeGroup() throws {
    #expect(try problems(each { "  - {node: \($0), agent: fence_scsi, device: \(Self.data), level: 2}\n" }, kind: "lvm").isEmpty)
    let volume = try problems(each { "  - {node: \($0), agent: fence_scsi, device: /dev/pmm/srv, level: 2}\n" }, kind: "lvm")
    #expect(volume.contains { $0.finding.message.contains("which is on \(Self.data)") }, "\(volume)")
    let slots = try problems(each { "  - {node: \($0), agent: fence_sbd, device: \(Self.data), level: 2}\n" }, kind: "lvm")
    #expect(slots.contains { $0.finding.message.contains("which SBD's slots would destroy") }, "\(slots)")
  }

  @Test("Two outlets of one level may be in one network; two levels should not")
  func networks() throws {
    func pdus(_ level: (Int) -> Int) throws -> [Problem] {
      try problems(
        ["pmm1", "pmm2"].flatMap { node in
          (1...2).map {
            "  - {node: \(node), agent: fence_apc_snmp, address: 198.51.100.3\($0), parameters: {plug: \(node.last!)}, level: \(level($0))}\n"
          }
        }.joined())
    }
    #expect(try pdus { _ in 1 }.isEmpty)
    let found = try pdus { $0 }
    #expect(found.map(\.finding.severity) == [.warning, .warning])
    #expect(found[0].finding.message.contains("in the same network (198.51.100.31)"))
  }

  @Test(
    "What cannot be is said, at its place",
    arguments: [
      ("  - {node: N, agent: fence_sbd, device: /dev/disk/by-id/sbd}\n", "this one has none", 2),
      ("  - {node: N, agent: fence_sbd, device: \(data), level: 2}\n", "which SBD's slots would destroy", 2),
      ("  - {node: N, agent: fence_sbd, device: /dev/disk/by-id/N, level: 2}\n", "must be one: 'device' is not as for pmm1", 1),
      ("  - {node: N, agent: fence_scsi, device: /dev/disk/by-id/other, level: 2}\n", "do not protect PMM's data", 2),
      ("  - {node: N, agent: fence_watchdog, level: 2}\n", "cannot be one of several devices", 2),
      (
        "  - {node: N, agent: fence_ipmilan, address: 198.51.100.2M, user: a, password: {env: X}, level: 2}\n",
        "it is the same device as another",
        2
      ),
    ])
  func wrong(line: String, words: String, count: Int) throws {
    let found = try problems(each { line.replacing("2M", with: "2\($0.last!)").replacing("N", with: $0) }).filter(\.isError)
    #expect(found.filter { $0.finding.message.contains(words) }.count == count, "\(found)")
  }

  @Test("A slip in one of Pacemaker's own parameters is seen at once")
  func pacemaker() throws {
    let found = try problems(each({ _ in "" }, level: nil).replacing("user: a,", with: "user: a, parameters: {pcmk_reboot_timout: 90},"))
    #expect(found.map(\.finding.severity) == [.warning, .warning] && found[0].finding.hint == "Did you mean 'pcmk_reboot_timeout'?")
  }
}
