import Core
import Foundation
import TestSupport
import Testing

@testable import Fencing

/// The scripts themselves, in a directory of their own, with stand-ins for what they call.
@Suite struct ScriptTests {
  let directory = FileManager.default.temporaryDirectory.appending(path: "pmm-ha-fencing-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true) }

  @Test("The password is in no process's arguments, and everything else reaches ipmitool as it was")
  func wrapper() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    try write("ipmitool", "#!/bin/sh\nprintf '[%s]' \"$@\"\n", mode: 0o755)
    let body = String(decoding: PackageResources.ipmitool_wrapper_sh, as: UTF8.self)
    try write("fence_pmm2", body.replacing("/usr/bin/ipmitool", with: path("ipmitool")), mode: 0o700)
    let password = "-f'ile;x"
    for arguments in [
      "-I lanplus -H h -p 623 -U admin -P \"$P\" -C 3 -L a chassis power status",
      "-I lanplus -H h -p 623 -U admin -P '' -C 3 -L a chassis power status",
    ] {
      let result = try sh("P=\(shellQuoted(password)); exec \(path("fence_pmm2")) \(arguments)")
      #expect(
        result.output
          == "[-f][\(path("fence_pmm2")).password][-I][lanplus][-H][h][-p][623][-U][admin][-C][3][-L][a][chassis][power][status]")
      #expect(!result.output.contains(password))
    }
  }

  @Test("A test hands the agent its parameters on standard input and notes that it passed")
  func passes() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    let result = try test(agent: "cat >\(path("input")); echo 'Status: ON'")
    #expect(result.status == 0 && result.output == "")
    #expect(
      try String(contentsOf: directory.appending(path: "input"), encoding: .utf8)
        == "ip=h\nplug=a b\naction=status\nverbose=1\nverbose_level=2\n")
    let record = try String(contentsOf: directory.appending(path: "fencing/fence_pmm2.tested"), encoding: .utf8)
    #expect(record.hasPrefix("result=passed\ntime=") && record.contains("\ntook=") && record.hasSuffix("\nfingerprint=f p\n"))
  }

  @Test("An agent that knows several machines is told which, unless the spec does; what it knows is noted")
  func plug() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    for (parameters, told) in [("ip=h", "ip=h\nplug=outlet2\n"), ("plug=a b", "plug=a b\n"), ("port=7", "port=7\n")] {
      let result = try test(agent: "cat >\(path("input"))", parameters: parameters, knows: ["ip", "plug", "port"])
      #expect(result.status == 0, "\(result)")
      #expect(try String(contentsOf: directory.appending(path: "input"), encoding: .utf8).hasPrefix(told + "action=status"))
    }
    let noted = try String(contentsOf: directory.appending(path: "fencing/fence_stub.parameters"), encoding: .utf8)
    #expect(noted == "ip\nplug\nport\n")
  }

  @Test(
    "A failed test says in plain words what to correct, and is noted",
    arguments: [
      ("echo 'Status: OFF'; exit 2", "says that pmm2 is off, but pmm2 runs"),
      ("echo '> RAKP 2 HMAC is invalid' >&2; exit 1", "refuses the password"),
      ("echo 'RAKP 2 message indicates an error : unauthorized name' >&2; exit 1", "does not know the user"),
      ("echo 'Error in open session response message : invalid authentication algorithm' >&2; exit 1", "cipher: \"17\""),
      ("echo 'Get Auth Capabilities error' >&2; exit 1", "does not answer"),
      ("echo oops >&2; exit 1", "failed on fence_pmm2 with 1"),
    ])
  func fails(agent: String, words: String) throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    let result = try test(agent: "cat >/dev/null; \(agent)")
    #expect(result.status == 1)
    #expect(result.output.split(separator: "\n").last?.contains(words) == true, "\(result.output)")
    #expect(try String(contentsOf: directory.appending(path: "fencing/fence_pmm2.tested"), encoding: .utf8).hasPrefix("result=failed\n"))
  }

  @Test(
    "A device says off by its status and its own words; one without the other is no answer",
    arguments: [
      ("echo 'Status: OFF'; exit 2", "fence_pmm2 off\n"), ("echo 'Status: ON'", "fence_pmm2 on\n"), ("exit 0", "fence_pmm2 on\n"),
      ("echo 'usage: fence_stub [options]' >&2; exit 2", "fence_pmm2 unknown fence_stub ended with 2: usage: fence_stub [options]\n"),
      ("exit 2", "fence_pmm2 unknown fence_stub ended with 2: it said nothing\n"),
      ("echo 'Status: OFF'; exit 1", "fence_pmm2 unknown fence_stub ended with 1: Status: OFF\n"),
      ("exec no-such-program", nil),
    ] as [(String, String?)])
  func power(agent: String, says: String?) throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    try stub("cat >\(path("input")); \(agent)", knows: ["ip", "plug"])
    let body = String(decoding: PackageResources.ask_device_sh + PackageResources.probe_power_sh, as: UTF8.self)
    let result = try sh(
      "PATH=\(directory.path()):$PATH; DEVICES='fence_pmm2 fence_stub outlet2 plug port\n'; ALL_PARAMETERS='fence_pmm2 ip=h\nfence_x ip=x'\n"
        + body)
    #expect(result.status == 0)
    if let says { #expect(result.output == says) } else { #expect(result.output.hasPrefix("fence_pmm2 unknown "), "\(result)") }
    #expect(
      try String(contentsOf: directory.appending(path: "input"), encoding: .utf8).hasPrefix("ip=h\nplug=outlet2\naction=status\n"),
      "as the test of a device asks")
  }

  @Test("A missing agent is named with its path")
  func missing() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    let result = try test(agent: nil)
    #expect(result.status == 1 && result.output.contains("/usr/sbin/fence_stub"))
  }

  @Test("The probe tells same, different, absent and unknown passwords apart, and a test older than its password")
  func probe() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    try write("fence_a.password", "right", mode: 0o600)
    try write("fence_b.password", "right", mode: 0o600)
    try write("fence_d.password", "right", mode: 0o600)
    try write("fencing/fence_a.tested", "result=passed\ntime=7\nfingerprint=x\n", mode: 0o644)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -60)], ofItemAtPath: path("fencing/fence_a.tested"))
    let body = String(decoding: PackageResources.fencing_probe_sh, as: UTF8.self)
      .replacing("/etc/pmm-ha/fencing", with: directory.path()).replacing("/var/lib/pmm-ha", with: directory.path())
    let result = try sh(
      "WATCHDOG=; SBD_DISK=; RESERVED=\nDEVICES='fence_a x\nfence_b x\nfence_c x\nfence_d x'\nPASSWORDS='fence_a right\nfence_b wrong\nfence_c right\nfence_d \n'\n"
        + Script.functions + body)
    let facts = try FencingFacts(Answer(result.output.replacing(directory.path(), with: "/etc/pmm-ha/fencing"), status: result.status))
    #expect(
      facts.devices.mapValues(\.password.state) == ["fence_a": .same, "fence_b": .different, "fence_c": .absent, "fence_d": .unknown])
    #expect(facts.devices["fence_a"]?.password.mode == 0o600)
    #expect(facts.devices["fence_a"]?.test == .init(passed: true, time: 7, fingerprint: "x", stale: true))
  }

  private func test(
    agent: String?, parameters: String = "ip=h\nplug=a b", knows: [String] = []
  ) throws -> Outcome {
    if let agent { try stub(agent, knows: knows) }
    let body = String(decoding: PackageResources.ask_device_sh + PackageResources.test_device_sh, as: UTF8.self).replacing(
      "/var/lib/pmm-ha", with: directory.path())
    return try sh(
      "PATH=\(directory.path()):$PATH; ID=fence_pmm2; AGENT=fence_stub; NODE=pmm2; PLUG=outlet2; PLUG_NAMES='plug port'; PARAMETERS='\(parameters)'; FINGERPRINT='f p'\n"
        + body)
  }

  /// An agent that knows the parameters `knows` and the action `status`, and then does `body`.
  private func stub(_ body: String, knows: [String]) throws {
    try write(
      "fence_stub",
      "#!/bin/sh\nif [ \"$*\" = '-o metadata' ]; then printf '%s\\n' '<action name=\"status\" />' \(knows.map { "'<parameter name=\"\($0)\" />'" }.joined(separator: " ")); exit; fi\n\(body)\n",
      mode: 0o755)
  }

  private func path(_ name: String) -> String { directory.appending(path: name).path() }

  private func write(_ name: String, _ text: String, mode: Int) throws {
    let url = directory.appending(path: name)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: url, atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: url.path())
  }

  private func sh(_ text: String) throws -> Outcome { try shell(Script.functions + text) }
}
