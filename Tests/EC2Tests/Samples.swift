import Fencing
import Foundation
import Testing
import VirtualIP

@testable import Core
@testable import EC2
@testable import Pacemaker

enum Sample {
  static let pmm1 = try! NodeName("pmm1")
  static let pmm2 = try! NodeName("pmm2")
  static let instances = [pmm1: "i-0123456789abcdef0", pmm2: "i-0fedcba9876543210"]
  static let spec = try! EC2Spec(region: "eu-central-1", instances: instances, volume: "vol-0123456789abcdef0", role: "pmm-ha")
  static let fencing = FencingSpec.devices([pmm1, pmm2].map { try! FenceDevice(node: $0, agent: "fence_aws") })
  /// What fence_aws 4.12 offers of what matters here.
  static let oldAgent: Set = ["plug", "region", "power_timeout", "disable_timeout"]

  static func address(_ kind: VirtualIPSpec.EC2Kind) throws -> VirtualIPSpec {
    switch kind {
    case .overlayRoute:
      try VirtualIPSpec(
        address: "203.0.113.10", prefix: 32, interface: "ens5", ec2: kind, routeTables: ["rtb-0123456789abcdef0", "rtb-0fedcba9876543210"])
    case .route53: try VirtualIPSpec(ec2: kind, record: Route53Record(zone: "Z0123456789ABCDEFGHIJ", name: "pmm.example.internal"))
    default: try VirtualIPSpec(address: "198.51.100.100", prefix: 24, ec2: kind)
    }
  }

  static func answer(_ name: String) throws -> Answer {
    Answer(try String(contentsOf: #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil)), encoding: .utf8))
  }

  /// The example's service on EC2, as it goes into the CIB.
  static func desired(_ kind: VirtualIPSpec.EC2Kind, offered: Set<String>? = oldAgent) throws -> DesiredCIB {
    var storage = CIBFragment()
    storage.group = [
      Primitive(
        "pmm_fs", .ocf("heartbeat", "Filesystem"),
        parameters: [Pair("device", spec.device), Pair("directory", "/srv/pmm"), Pair("fstype", "ext4")],
        operations: [Operation("start", timeout: 60), Operation("stop", timeout: 60), Operation("monitor", interval: 30, timeout: 40)])
    ]
    var server = CIBFragment()
    server.group = [
      Primitive("pmm_server", .ocf("pmm-ha", "pmm-server"), operations: [Operation("monitor", interval: 20, timeout: 30)])
    ]
    let address = try address(kind)
    return .merge(
      [
        storage, address.fragment(.cloud), server, spec.fragment(address),
        spec.settled(spec.completed(fencing, offered: offered).fragment()),
      ], PacemakerSpec(nodes: [pmm1, pmm2], timing: .cloud))
  }
}

/// Pacemaker's own scheduler, on files. A missing one fails the test, for it is what proves the configuration right.
enum Scheduler {
  struct Missing: Error, CustomStringConvertible {
    let description = "Pacemaker's tools are missing: apt-get install pacemaker-cli-utils"
  }

  /// crm_simulate's words about the CIB of a cluster at rest to which `event` happens; the CIB after it comes too.
  static func simulate(_ cib: String, _ event: String...) throws -> (words: String, cib: String) {
    guard FileManager.default.isExecutableFile(atPath: "/usr/sbin/crm_simulate") else { throw Missing() }
    let base = FileManager.default.temporaryDirectory.appendingPathComponent("pmm-ha-\(UUID().uuidString)").path
    defer { for end in ["", ".new"] { try? FileManager.default.removeItem(atPath: base + end) } }
    try cib.write(toFile: base, atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/sbin/crm_simulate")
    process.arguments = ["--simulate", "--xml-file", base, "--save-output", base + ".new"] + event
    process.environment = ["LC_ALL": "C.UTF-8", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
    let output = Pipe()
    (process.standardOutput, process.standardError) = (output, output)
    try process.run()
    let words = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(words)")
    return (words, try String(contentsOfFile: base + ".new", encoding: .utf8))
  }

  /// The lines about what is done in a transition.
  static func actions(_ words: String) -> [String] {
    words.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter {
      $0.hasPrefix("* Resource action:") || $0.hasPrefix("* Fencing")
    }
  }
}
