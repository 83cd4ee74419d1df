import FoundationEssentials
import Testing

/// A cluster through losses: of all power, of one node for good. The order of the tests is the order of its life.
@Suite("Power failures and dead nodes", .ownLab, .serialized) struct RepairTests {
  private let url = "https://198.51.100.100"
  private var directory: String { "/var/lib/pmm-ha/labs/\(TestLab.name)" }

  @Test("1. Both nodes lose power and get it back: the service starts by itself, and nothing is to do")
  func bothReturn() async throws {
    let applied = try await applyAll()
    #expect(applied.status == 0, "\(applied)")
    #expect(
      try await outside("curl -sk -X POST -d '{\"id\": \"kept-1\"}' \(url)/lab/rows -o /dev/null -w '%{http_code}'").output.hasPrefix("2"))
    try await cutBoth()
    for node in ["pmm1", "pmm2"] { #expect(try await lab("power on", node).status == 0) }
    #expect(try await eventually(within: 90) { try await ready() })
    #expect(try await eventually(within: 60) { try await pmmha("status").status == 0 })
    #expect(try await pmmha("plan").status == 0)
    #expect(try await rows().contains("kept-1"))
  }

  @Test("2. Only one returns: it waits, status says what to do, and it is started alone once the other one is proven off")
  func oneReturns() async throws {
    try await cutBoth()
    #expect(try await lab("power on", "pmm2").status == 0)
    #expect(try await eventually(within: 60) { try await pmmha("status").output.contains("pmm-ha start --alone pmm2") })
    #expect(try await !ready(), "it does not start by itself")
    let alone = try await pmmha("start", "--alone", "pmm2")
    #expect(alone.status == 0 && alone.output.contains("The service runs on pmm"), "\(alone)")
    #expect(try await ready())
    #expect(try await rows().contains("kept-1"))
    // Pacemaker has fenced the other one, which powers it on: it joins, and may be given the service where it is that fast.
    #expect(try await eventually(within: 90) { try await pmmha("status").status == 0 })
    if try await activeNode() == "pmm1" { #expect(try await say(binary, ["move", "--file", TestLab.spec, "pmm2"]).status == 0) }
    #expect(try await activeNode() == "pmm2")
    #expect(try await pmmha("plan").status == 0)
  }

  @Test("3. A node whose power is on is not taken for off")
  func stillOn() async throws {
    #expect(try await on("pmm1", "systemctl stop pacemaker corosync").status == 0)
    let refused = try await pmmha("start", "--alone", "pmm2")
    #expect(refused.status == 1 && refused.errors.contains("says that it is on"), "\(refused)")
    let started = try await pmmha("start")
    #expect(started.status == 0, "\(started)")
    #expect(try await eventually(within: 60) { try await pmmha("status").status == 0 })
    let living = try await pmmha("node forget", "pmm1", "--yes")
    #expect(living.status == 1 && living.errors.contains("it is not dead"), "\(living)")
  }

  @Test("4. A dead node's new machine joins; the service does not notice")
  func replaced() async throws {
    try await newMachine("pmm1")
    // It may be up before the other one has noticed that the old machine is gone, and is fenced then.
    #expect(try await eventually(within: 60) { try await on("pmm2", "crm_mon -1").output.contains("OFFLINE: [ pmm1 ]") })
    #expect(try await eventually(within: 60) { try await on("pmm1", "true").status == 0 })
    let watcher = Task { try await failures(seconds: 30) }
    let replaced = try await pmmha("node replace", "pmm1", "--yes")
    #expect(replaced.status == 0 && replaced.output.contains("PMM answers"), "\(replaced)")
    #expect(try await pmmha("plan").status == 0)
    #expect(try await eventually(within: 30) { try await pmmha("status").status == 0 })
    #expect(try await activeNode() == "pmm2")
    let pcs = try await on("pmm1", "pcs status --full")
    #expect(pcs.status == 0 && !pcs.output.contains("Unable to authenticate") && !pcs.output.contains("Offline"), "\(pcs)")
    #expect(try await watcher.value == 0, "every question was answered")
    let moved = try await pmmha("move", "pmm1")
    #expect(moved.status == 0, "\(moved)")
    #expect(try await rows().contains("kept-1"))
  }

  @Test("5. A node that is forgotten is out of both memories; a later apply takes a new machine in")
  func forgotten() async throws {
    #expect(try await on("pmm2", "systemctl stop pacemaker corosync").status == 0)
    let forgotten = try await pmmha("node forget", "pmm2", "--yes")
    #expect(forgotten.status == 0 && forgotten.output.contains("it has one node"), "\(forgotten)")
    let monitor = try await on("pmm1", "crm_mon --one-shot; cibadmin --query --scope nodes")
    #expect(monitor.output.contains("1 node configured") && !monitor.output.contains("uname=\"pmm2\""), "\(monitor)")
    #expect(try await on("pmm1", "grep -c pmm2 /etc/corosync/corosync.conf").output == "0\n")
    #expect(try await ready())
    try await newMachine("pmm2")
    #expect(try await eventually(within: 60) { try await on("pmm2", "true").status == 0 })
    let applied = try await pmmha("apply", "--yes")
    #expect(applied.status == 0, "\(applied)")
    #expect(try await pmmha("plan").status == 0)
    #expect(try await on("pmm1", "corosync-quorumtool -s").output.contains("2Node"))
    let stays = try await eventually(within: 10) { try await activeNode() == "pmm1" }
    let status = try await pmmha("status")
    #expect(stays, "\(applied)\(status)")
  }

  @Test("6. stop stops all of it in order, start starts it")
  func stopAndStart() async throws {
    let stopped = try await pmmha("stop", "--yes")
    #expect(stopped.status == 0, "\(stopped)")
    for node in ["pmm1", "pmm2"] { #expect(try await on(node, "systemctl is-active corosync pacemaker").output == "inactive\ninactive\n") }
    let started = try await pmmha("start")
    #expect(started.status == 0, "\(started)")
    #expect(try await ready())
    #expect(try await rows().contains("kept-1"))
  }

  @Test(
    "7. A living node is neither forgotten nor replaced nor confirmed where crm_mon of the other one does not answer",
    arguments: ["once", "always", "half"])
  func noAnswer(_ fault: String) async throws {
    let active = try #require(try await activeNode())
    let asked = other(active)
    let before = try await on(asked, "cat /etc/corosync/corosync.conf").output
    let broken = """
      [ -e /usr/sbin/crm_mon.real ] || mv /usr/sbin/crm_mon /usr/sbin/crm_mon.real
      rm -f /run/crm_mon.failed
      cat >/usr/sbin/crm_mon <<'EOF'
      #!/bin/sh
      case \(fault) in
      once) [ -e /run/crm_mon.failed ] || { touch /run/crm_mon.failed; exit 1; }; exec /usr/sbin/crm_mon.real "$@" ;;
      always) exit 1 ;;
      half) /usr/sbin/crm_mon.real "$@" | head -c 900 ;;
      esac
      EOF
      chmod 755 /usr/sbin/crm_mon
      """
    for verb in [
      ["node", "forget", active, "--yes"], ["node", "replace", active, "--yes"], ["fence", "confirm", active, "--yes", active],
    ] {
      #expect(try await on(asked, broken).status == 0)
      let said = try await say(binary, verb + ["--file", TestLab.spec])
      let words = verb[1] == "confirm" ? "says that it is on" : "crm_mon"
      #expect(said.status == 1 && said.errors.contains(words), "\(verb) \(fault): \(said)")
    }
    #expect(try await on(asked, "mv /usr/sbin/crm_mon.real /usr/sbin/crm_mon").status == 0)
    #expect(try await on(asked, "cat /etc/corosync/corosync.conf").output == before)
    #expect(try await on(asked, "crm_mon -1; mount").output.contains("Online: [ pmm1 pmm2 ]"))
    #expect(try await activeNode() == active)
    #expect(try await ready())
    #expect(try await on(asked, "systemctl is-active pmm-server").output == "inactive\n")
  }

  @Test("8. A node whose sshd is away answers to the other one's ping, so it runs: nobody's word counts against that")
  func refusesSSH() async throws {
    let active = try #require(try await activeNode())
    let asked = other(active)
    // Its devices do not answer, its sshd is away for a while, and no connection is left.
    #expect(try await on(asked, "sed -i.kept 's/.*/wrong/' /etc/pmm-ha/fencing/fence_\(active).password").status == 0)
    let away = """
      systemd-run --on-active=25 --timer-property=AccuracySec=100ms systemctl start ssh &&
      systemctl stop ssh.socket ssh; (sleep 1; pkill -x sshd) >/dev/null 2>&1 &
      """
    #expect(try await on(active, away).status == 0)
    try await Task.sleep(for: .seconds(3))
    for verb in [["fence", "confirm", active, "--yes", active], ["start", "--alone", asked]] {
      let said = try await say(binary, verb + ["--file", TestLab.spec])
      // The lab's connections go through a ProxyCommand, which does not tell a refusal from a machine that is away.
      #expect(said.status == 1 && said.errors.contains("gets answers to ping") && said.errors.contains("so it is not off"), "\(said)")
    }
    #expect(
      try await on(asked, "mv /etc/pmm-ha/fencing/fence_\(active).password.kept /etc/pmm-ha/fencing/fence_\(active).password").status == 0)
    #expect(try await eventually(within: 60) { try await on(active, "true").status == 0 })
    #expect(try await ready())
    #expect(try await on(asked, "systemctl is-active pmm-server").output == "inactive\n")
  }

  private func cutBoth() async throws {
    // At once: fencing would bring the first one back.
    async let first = lab("power off", "pmm1")
    async let second = lab("power off", "pmm2")
    let states = try await (first.status, second.status)
    #expect(states == (0, 0))
  }

  /// A power cut, and a machine with an empty disk in the node's place before anything can power it on.
  private func newMachine(_ node: String) async throws {
    let here = "\(directory)/nodes/\(node)"
    let change = """
      sh \(directory)/bin/node-power.sh \(directory) \(node) off
      exec 9>\(here)/power.lock && flock 9
      rm -rf \(here)/disk \(here)/work \(here)/containers \(here)/created && sh \(directory)/bin/node-create.sh \(directory) \(node)
      exec 9>&-
      sh \(directory)/bin/node-power.sh \(directory) \(node) on
      ssh-keygen -q -f \(directory)/known_hosts -R \(node) >/dev/null 2>&1; sh \(directory)/bin/ssh-config.sh \(directory)
      """
    let changed = try await say("sh", ["-c", change])
    #expect(changed.status == 0, "\(changed)")
  }

  /// Questions at the virtual IP without a good answer.
  private func failures(seconds: Int) async throws -> Int {
    let end = ContinuousClock.now + .seconds(seconds)
    var count = 0
    while ContinuousClock.now < end {
      if try await !ready() { count += 1 }
      try await Task.sleep(for: .milliseconds(200))
    }
    return count
  }

  private func rows() async throws -> String { try await outside("curl -sk -m 5 \(url)/lab/rows").output }

  private func ready() async throws -> Bool {
    try await outside("curl -sk -m 2 \(url)/v1/server/readyz -o /dev/null -w '%{http_code}'").output == "200"
  }
}
