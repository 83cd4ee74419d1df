import Core
import Foundation
import TestSupport
import Testing

@testable import PMMServer

/// The resource agent itself, as root, with a container that is a PID namespace and stand-ins for systemctl and curl.
@Suite struct AgentTests {
  let node = AgentNode()
  /// Ends in order when it is asked to.
  static let orderly = "trap 'echo asked >>$said; exit 0' TERM; while :; do sleep 0.05; done"
  /// Notes that it was asked, and works on.
  static let busy = "trap 'echo asked >>$said' TERM; while :; do sleep 0.05; done"

  @Test("Where systemctl fails, PMM's first process is asked to end, and not killed")
  func failing() throws {
    let result = try node.stop(Self.orderly, systemctl: "echo no bus >&2; exit 1")
    #expect(result.status == 0 && result.output.contains("asked\n") && !result.output.contains("killing"), "\(result.output)")
    #expect(result.output.contains("systemctl stop pmm-server.service failed (1, no bus): asking PMM's first process to end"))
  }

  @Test(
    "Where systemctl hangs, or podman does not reach the container, PMM's first process is asked to end", arguments: ["sleep 99", "exit 0"])
  func hanging(systemctl: String) throws {
    let result = try node.stop(Self.orderly, systemctl: systemctl)
    #expect(result.status == 0 && result.output.contains("asked\n") && !result.output.contains("killing"), "\(result.output)")
  }

  @Test("A PMM that works on has all its time, and is killed last")
  func slow() throws {
    let result = try node.stop(Self.busy, systemctl: "exit 1")
    #expect(result.status == 0 && result.output.contains("asked\n"))
    #expect(result.output.contains("has not stopped in 6 s") && result.output.contains("killing the container"), "\(result.output)")
  }

  @Test("A container in which nothing runs is not waited for all the time")
  func frozen() throws {
    let result = try node.stop(Self.orderly, systemctl: "exit 0", limit: 600, after: "kill -STOP $first")
    #expect(result.status == 0 && result.output.contains("nothing has run in PMM's container"), "\(result.output)")
    #expect(result.output.contains("killing the container"))
  }

  @Test("A start fails at its limit, and says PMM's last words")
  func limit() throws {
    let result = try node.start(arrange: "true")
    #expect(
      result.status == 1 && result.output.contains("did not answer 200 within 1 s (last answer: 503), its last words: loading"),
      "\(result.output)")
    #expect(!result.output.contains("note is left"))
  }

  @Test("A migration of the data is waited for beyond the limit, noted for status meanwhile, and not cut off")
  func migration() throws {
    let result = try node.start(arrange: "mkdir $srv/postgres18.new; (sleep 3; cat $note >$run/seen; echo 200 >$run/answer) &")
    #expect(result.status == 0, "\(result.output)")
    let note = try String(contentsOfFile: node.path("run/seen"), encoding: .utf8)
    #expect(note.contains("doing=migrating\nsince=") && note.hasSuffix("words=loading\n"))
    #expect(!result.output.contains("note is left"))
  }
}

/// A directory with what the agent finds on a node.
final class AgentNode {
  let directory = FileManager.default.temporaryDirectory.appending(path: "pmm-ha-agent-\(UUID().uuidString)").path

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  func path(_ name: String) -> String { "\(directory)/\(name)" }

  /// Stops a PMM whose process 1 is a shell with these commands. Pacemaker's limit is in seconds; the agent's own times
  /// are a tenth of what they are. `$first` is process 1.
  func stop(_ container: String, systemctl: String, limit: Int = 9, after arrange: String = "true") throws -> Outcome {
    try run(systemctl: systemctl, container: container, arrange: arrange, action: "stop", limit: limit)
  }

  /// Starts a PMM that answers what `$run/answer` says, 503 at first, with a start limit of one second.
  func start(arrange: String) throws -> Outcome {
    try run(
      systemctl: "exit 0", container: "while :; do sleep 0.05; done", arrange: "echo 503 >$run/answer; \(arrange)", action: "start",
      limit: 40)
  }

  private func run(systemctl: String, container: String, arrange: String, action: String, limit: Int) throws -> Outcome {
    try FileManager.default.createDirectory(atPath: path("bin"), withIntermediateDirectories: true)
    let agent = String(decoding: PackageResources.ocf_agent_sh, as: UTF8.self)
      .replacing("/sys/fs/cgroup", with: path("cgroup")).replacing("/run/pmm-ha", with: path("run"))
      .replacing("for place in /etc /run /usr/lib /lib", with: "for place in \(path("etc"))")
      // Hundredths of a second: the wait for systemd, the looks at the container, and what counts as hanging.
      .replacing("+ 1000))", with: "+ 100))").replacing("+ 500))", with: "+ 50))").replacing("-ge 2500", with: "-ge 250")
      .replacing("next_note=1000", with: "next_note=100").replacing("least 10 ", with: "least 1 ")
    try agent.write(toFile: path("agent"), atomically: false, encoding: .utf8)
    try """
    OCF_SUCCESS=0 OCF_ERR_GENERIC=1 OCF_ERR_UNIMPLEMENTED=3 OCF_ERR_INSTALLED=5 OCF_ERR_CONFIGURED=6 OCF_NOT_RUNNING=7
    HA_RSCTMP=\(directory)
    ocf_exit_reason() { echo "reason: $*"; }
    ocf_log() { echo "log: $*"; }
    ocf_is_probe() { false; }

    """.write(toFile: path("ocf-shellfuncs"), atomically: false, encoding: .utf8)
    let tools = [
      "systemctl": "case $* in *InvocationID*) echo 1 ;; *reset-failed*) ;; *) \(systemctl) ;; esac", "curl": "cat \(path("run/answer"))",
      "journalctl": "echo loading",
    ]
    for (name, body) in tools {
      try "#!/bin/sh\n\(body)\n".write(toFile: path("bin/\(name)"), atomically: false, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path("bin/\(name)"))
    }
    try container.write(toFile: path("container"), atomically: false, encoding: .utf8)
    return try shell(
      """
      unshare --mount --propagation private sh -s <<'INNER'
      export srv=\(path("srv")) run=\(path("run")) said=\(path("said")) note=\(path("run"))/pmm-start
      unit=\(path("cgroup"))/system.slice/pmm-server.service
      mkdir -p $srv $run $unit \(path("etc"))/systemd/system
      touch $said \(path("etc"))/systemd/system/pmm-server.service
      mount -t tmpfs tmpfs $srv || exit 99
      unshare --pid --fork sh \(path("container")) >/dev/null 2>&1 &
      parent=$!
      until first=$(pgrep -P $parent); do sleep 0.05; done
      echo $first >$unit/cgroup.procs
      sleep 0.3
      \(arrange)
      PATH=\(path("bin")):$PATH OCF_FUNCTIONS_DIR=\(directory) OCF_RESKEY_CRM_meta_timeout=\(limit)000 OCF_RESKEY_mount_point=$srv OCF_RESKEY_start_limit=1 sh \(path("agent")) \(action)
      status=$?
      cat $said
      [ ! -e $note ] || echo "note is left"
      kill -KILL $first 2>/dev/null
      exit $status
      INNER
      """)
  }
}
