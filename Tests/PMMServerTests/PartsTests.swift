import Core
import Foundation
import Testing

@testable import PMMServer

/// supervisord's log as Debian's supervisor 4.2.5 writes it.
@Suite("PMM's parts") struct PartsTests {
  static let before = """
    2026-11-29 11:00:00,001 INFO supervisord started with pid 1
    2026-11-29 11:00:01,001 INFO spawned: 'postgresql' with pid 9
    2026-11-29 11:00:02,001 WARN exited: postgresql (exit status 1; not expected)
    2026-11-29 11:00:02,001 INFO gave up: postgresql entered FATAL state, too many start retries too quickly

    """
  static let started = """
    2026-11-29 13:00:00,001 INFO supervisord started with pid 1
    2026-11-29 13:00:01,002 INFO spawned: 'postgresql' with pid 14
    2026-11-29 13:00:01,004 INFO spawned: 'qan-api2' with pid 15
    2026-11-29 13:00:01,005 INFO spawned: 'pmm-init' with pid 16
    2026-11-29 13:00:02,100 INFO success: postgresql entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)
    2026-11-29 13:00:02,101 INFO success: qan-api2 entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)
    2026-11-29 13:00:02,200 INFO exited: pmm-init (exit status 0; expected)

    """
  static let killed = "2026-11-29 13:05:09,500 WARN exited: postgresql (terminated by SIGKILL; not expected)\n"
  static let again = "2026-11-29 13:05:10,502 INFO spawned: 'postgresql' with pid 99\n"
  static let gaveUp = "2026-11-29 13:05:40,502 INFO gave up: postgresql entered FATAL state, too many start retries too quickly\n"

  let directory = FileManager.default.temporaryDirectory.appending(path: "pmm-ha-parts-\(UUID().uuidString)")

  /// A node whose container's process 1 is number 77, with this log of supervisord; nil: none.
  private func look(_ log: String?, container: Bool = true, said: String = "", link: Bool = false) throws -> (
    facts: Fact<[PMMPart]>, findings: [String]
  ) {
    let group = directory.appending(path: "cgroup/system.slice/pmm-server.service/libpod")
    let process = directory.appending(path: "proc/77")
    let logs = process.appending(path: "root/srv/logs")
    for place in [group, logs] { try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true) }
    try "76\n77\n".write(to: group.appending(path: "cgroup.procs"), atomically: true, encoding: .utf8)
    try "Name:\tx\nNSpid:\t77\(container ? "\t1" : "")\n".write(to: process.appending(path: "status"), atomically: true, encoding: .utf8)
    try "supervisord\n".write(to: process.appending(path: "comm"), atomically: true, encoding: .utf8)
    if let log { try log.write(to: logs.appending(path: "supervisord.log"), atomically: true, encoding: .utf8) }
    if link {
      try FileManager.default.moveItem(at: logs.appending(path: "supervisord.log"), to: logs.appending(path: "other"))
      try FileManager.default.createSymbolicLink(
        at: logs.appending(path: "supervisord.log"), withDestinationURL: logs.appending(path: "other"))
    }
    if !said.isEmpty { try said.write(to: logs.appending(path: "postgresql14.log"), atomically: true, encoding: .utf8) }
    let script = String(decoding: PMMPart.script, as: UTF8.self)
      .replacing("/sys/fs/cgroup", with: "\(directory.path())/cgroup").replacing("/proc/", with: "\(directory.path())/proc/")
    let shell = Process()
    let pipe = Pipe()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = ["-c", "\(script)\npmm_parts"]
    shell.standardOutput = pipe
    try shell.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    shell.waitUntilExit()
    try FileManager.default.removeItem(at: directory)
    let facts = PMMPart.read(output)
    return (facts, facts.findings(at: "pmm1").map { "\($0.severity): \($0.message)" })
  }

  @Test("What supervisord noted before its last start does not count; a part that ran once and ended is no fault")
  func whole() throws {
    let (facts, findings) = try look(Self.before + Self.started)
    #expect(
      facts.value?.map { "\($0.name) \($0.state.rawValue) \($0.ended)" } == [
        "pmm-init done 0", "postgresql running 0", "qan-api2 running 0",
      ])
    #expect(findings == [])
  }

  @Test("A part that is down is told with how often it ended, and with its last words, without what a terminal would obey")
  func down() throws {
    let said = "LOG: ok\nFATAL: no space \u{1b}[31mleft\u{7}\n\n"
    #expect(
      try look(Self.started + Self.killed, said: said).findings == [
        "warning: PMM's postgresql is down; it ended 1 time since PMM was started, last at 2026-11-29 13:05:09; its last words: FATAL: no space [31mleft"
      ])
    #expect(
      try look(Self.started + Self.killed + Self.again + Self.killed + Self.gaveUp).findings == [
        "danger: PMM's postgresql is down, and is not started again; it ended 2 times since PMM was started, last at 2026-11-29 13:05:09"
      ])
    #expect(
      try look(Self.started + Self.killed + Self.again + Self.killed + Self.again).findings == [
        "warning: PMM's postgresql does not stay up; it ended 2 times since PMM was started, last at 2026-11-29 13:05:09"
      ])
    let success = "2026-11-29 13:05:12,100 INFO success: postgresql entered RUNNING state, process has stayed up\n"
    #expect(
      try look(Self.started + Self.killed + Self.again + success).findings == [
        "note: PMM's postgresql runs; it ended 1 time since PMM was started, last at 2026-11-29 13:05:09"
      ])
    #expect(
      try look(Self.started + "2026-11-29 13:05:12,100 INFO stopped: qan-api2 (exit status 0)\n").findings == [
        "warning: PMM's qan-api2 was stopped by hand"
      ])
  }

  @Test("No answer is no 'all is well': a log that is not there, is empty, or holds something else")
  func unknown() throws {
    #expect(
      try look(nil).findings == [
        "warning: whether all of PMM's parts run is not known: supervisord.log: there is no supervisord.log in /srv/logs"
      ])
    #expect(
      try look("").findings == ["warning: whether all of PMM's parts run is not known: supervisord.log: supervisord's log names no part"])
    #expect(try look(Self.started, link: true).findings.first?.hasSuffix("supervisord.log is a symbolic link") == true)
    #expect(try look("garbage\n").facts.unknown != nil)
    #expect(PMMPart.read("part postgresql").unknown != nil)
    #expect(PMMPart.read("part postgresql dead 0 -").unknown != nil)
    #expect(PMMPart.read("sh: 1: tail: not found").unknown != nil)
  }

  @Test("Where no container runs there are no parts")
  func passive() throws { #expect(try look(Self.started, container: false).facts.isNo) }
}
