import Foundation
import Testing

@testable import Core
@testable import Pacemaker

/// Pacemaker's own tools, on files. A missing one fails the test, for these tests are what proves the CIB right.
enum Tools {
  struct Output {
    let text: String
    let status: Int32
  }

  struct Missing: Error, CustomStringConvertible {
    let description = "Pacemaker's tools are missing: apt-get install pacemaker-cli-utils"
  }

  static func run(_ command: String..., environment: [String: String] = [:], input: String = "") throws -> Output {
    guard FileManager.default.isExecutableFile(atPath: "/usr/sbin/crm_verify") else { throw Missing() }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"].merging(environment) { $1 }
    let (stdin, stdout) = (Pipe(), Pipe())
    process.standardInput = stdin
    process.standardOutput = stdout
    process.standardError = stdout
    try process.run()
    try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try stdin.fileHandleForWriting.close()
    let data = try stdout.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Output(text: String(decoding: data, as: UTF8.self), status: process.terminationStatus)
  }

  /// A file that is gone after `body`.
  static func withFile<Result>(_ content: String, _ body: (String) throws -> Result) throws -> Result {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("pmm-ha-\(UUID().uuidString).xml").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try content.write(toFile: path, atomically: true, encoding: .utf8)
    return try body(path)
  }

  /// The CIB as a cluster of both nodes would have it, all at rest: crm_simulate carries out what is to do.
  static func settled(_ cib: String, nodes: [String] = ["pmm1", "pmm2"]) throws -> String {
    try withFile(cib) { path in
      let up = nodes.flatMap { ["--node-up", $0] }.joined(separator: " ")
      let output = try run(
        "sh", "-c",
        "crm_simulate --simulate --quiet --xml-file '\(path)' \(up) --quorum 1 --save-output '\(path).new' >/dev/null && cat '\(path).new'; rm -f '\(path).new'"
      )
      #expect(output.status == 0)
      // As every running cluster has it: an older one makes crm_diff write patches without positions.
      return output.text.replacing("crm_feature_set=\"3.0.0\"", with: "crm_feature_set=\"3.16.1\"")
    }
  }

  /// What a node's script prints, with the CIB in `path` in place of a cluster.
  static func run(_ script: Script, cib path: String) throws -> Output {
    try run("sh", "-s", environment: ["CIB_file": path], input: Script.functions + script.rendered { "<\($0)>" })
  }
}

func fixture(_ name: String) throws -> String {
  try String(contentsOf: #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil)), encoding: .utf8)
}

func node(_ name: String) -> NodeName { try! NodeName(name) }

/// A cluster as the example spec has it.
enum Example {
  static let spec = PacemakerSpec(nodes: [node("pmm1"), node("pmm2")], timing: .fast)

  static func fragments(fencing: [Primitive] = [device("fence_pmm1", for: "pmm1"), device("fence_pmm2", for: "pmm2")]) -> [CIBFragment] {
    var storage = CIBFragment()
    storage.group = [
      Primitive(
        "pmm_fs", .ocf("heartbeat", "Filesystem"),
        parameters: [Pair("device", "/dev/disk/by-id/virtio-pmm"), Pair("directory", "/srv/pmm"), Pair("fstype", "ext4")],
        operations: [Operation("start", timeout: 60), Operation("stop", timeout: 60), Operation("monitor", interval: 10, timeout: 40)])
    ]
    var address = CIBFragment()
    address.group = [
      Primitive(
        "pmm_ip", .ocf("heartbeat", "IPaddr2"), parameters: [Pair("ip", "198.51.100.100"), Pair("cidr_netmask", "24")],
        operations: [Operation("monitor", interval: 10, timeout: 20)])
    ]
    var server = CIBFragment()
    server.group = [
      Primitive(
        "pmm_server", .ocf("pmm-ha", "pmm-server"),
        operations: [Operation("monitor", interval: 5, timeout: 30, options: [Pair("on-fail", "restart")])])
    ]
    var fences = CIBFragment()
    fences.resources = fencing
    return [storage, address, server, fences]
  }

  static func device(_ id: String, for target: String) -> Primitive {
    Primitive(
      id, .stonith("fence_ipmilan"), parameters: [Pair("ip", "198.51.100.21"), Pair("username", "admin"), Pair("pcmk_host_list", target)],
      operations: [Operation("monitor", interval: 60, timeout: 60)])
  }

  static let desired = DesiredCIB.merge(fragments(), spec)
}
