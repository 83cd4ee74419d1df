import FoundationEssentials
import Testing

/// One cluster through its life, on real nodes. The order of the tests is the order of that life.
@Suite(.ownLab, .serialized) struct ClusterLifeTests {
  private let url = "https://198.51.100.100"

  @Test("1. A plan changes nothing, and shows every change with what it destroys")
  func plan() async throws {
    let first = try await pmmha("plan")
    #expect(first.status == 2, "\(first)")
    #expect(first.output.contains("destroys what is on /dev/sdb"))
    #expect(first.output.contains("+  cluster_name") || first.output.contains("cluster_name:"))
    let second = try await pmmha("plan", "--json")
    #expect(second.status == 2)
    #expect(try await on("pmm1", "ls /etc/corosync/corosync.conf /etc/pmm-ha").status != 0)
  }

  @Test("2. Apply refuses to destroy what nobody allowed it to, and changes nothing then")
  func refuses() async throws {
    let refused = try await pmmha("apply", "--yes")
    #expect(refused.status != 0)
    #expect(refused.errors.contains("--allow-destroy /dev/sdb"), "\(refused)")
    #expect(try await on("pmm1", "ls /etc/corosync/corosync.conf").status != 0)
  }

  @Test("3. Apply builds a cluster that answers at the virtual IP")
  func apply() async throws {
    let applied = try await applyAll()
    #expect(applied.status == 0, "\(applied)")
    #expect(applied.output.contains("PMM answers"))
    #expect(try await outside("curl -sk \(url)/v1/server/readyz -o /dev/null -w '%{http_code}'").output == "200")
  }

  @Test("4. Applied twice is silent")
  func silent() async throws {
    let plan = try await pmmha("plan")
    #expect(plan.status == 0, "\(plan)")
    let again = try await pmmha("apply")
    #expect(again.status == 0, "\(again)")
    #expect(again.output.contains("Nothing to do"))
    let status = try await pmmha("status")
    #expect(status.status == 0, "\(status)")
    #expect(status.output.contains("healthy"))
  }

  @Test("5. pcs works on both nodes, and Pacemaker's own check is content")
  func fieldTools() async throws {
    for node in ["pmm1", "pmm2"] {
      let pcs = try await on(node, "pcs status --full")
      #expect(pcs.status == 0, "\(pcs)")
      #expect(pcs.output.contains("pmm_server") && !pcs.output.contains("Unable to authenticate") && !pcs.output.contains("Offline"))
    }
    let verify = try await on("pmm1", "crm_verify --live-check -V")
    #expect(verify.status == 0 && verify.errors.isEmpty, "\(verify)")
  }

  @Test("6. No password stands in the CIB, in a journal, or in a file that others can read")
  func secrets() async throws {
    let password = try String(contentsOfFile: "/var/lib/pmm-ha/labs/\(TestLab.name)/nodes/pmm1/bmc/password", encoding: .utf8)
      .split(separator: "\n")[0]
    for node in ["pmm1", "pmm2"] {
      #expect(!(try await on(node, "cibadmin --query")).output.contains(password))
      let found = try await on(
        node, "grep -rlF -e '\(password)' /etc /usr/lib/pmm-ha /var/lib/pacemaker /var/lib/pmm-ha /var/log 2>/dev/null")
      for file in found.output.split(separator: "\n") {
        #expect(try await on(node, "stat -c %a:%U '\(file)'").output == "600:root\n", "\(node): \(file)")
      }
      // The search can find it: it stands in one file of the node that uses the device.
      if node == "pmm2" { #expect(!found.output.isEmpty) }
    }
    let journals = try await say("sh", ["-c", "grep -rlF -e '\(password)' \"${XDG_STATE_HOME:-$HOME/.local/state}/pmm-ha\" | wc -l"])
    #expect(journals.output == "0\n")
  }

  @Test("7. A resource that someone else added survives a change of ours, and is named as not ours")
  func foreign() async throws {
    #expect(try await on("pmm1", "pcs resource create others ocf:pacemaker:Dummy").status == 0)
    let spec = try String(contentsOfFile: TestLab.spec, encoding: .utf8)
    let changed = spec + (spec.contains("\nconstraints:") ? "" : "\nconstraints: {stickiness: 200}\n")
    try Data(changed.utf8).write(to: URL(filePath: TestLab.spec))
    let plan = try await pmmha("plan")
    #expect(plan.status == 2 && plan.output.contains("others"), "\(plan)")
    let applied = try await pmmha("apply", "--yes")
    #expect(applied.status == 0, "\(applied)")
    #expect(try await on("pmm1", "crm_resource --resource others --locate").output.contains("running on"))
    #expect(try await on("pmm1", "cibadmin --query --xpath '//nvpair[@name=\"resource-stickiness\"]'").output.contains("200"))
    #expect(try await on("pmm1", "pcs resource delete others").status == 0)
  }

  @Test("8. move leaves no constraint; standby and unstandby return when they are true")
  func operations() async throws {
    let before = try #require(try await activeNode())
    let moved = try await pmmhaVerb("move")
    #expect(moved.status == 0, "\(moved)")
    #expect(try await activeNode() == other(before))
    #expect(!(try await on("pmm1", "cibadmin --query --scope constraints")).output.contains("cli-"))
    let standby = try await pmmhaVerb("standby", other(before))
    #expect(standby.status == 0, "\(standby)")
    #expect(try await activeNode() == before)
    #expect(try await pmmha("status").output.contains("standby"))
    let back = try await pmmhaVerb("unstandby", other(before))
    #expect(back.status == 0, "\(back)")
    #expect(try await pmmha("plan").status == 0)
    let nobody = try await pmmhaVerb("standby", "pmm9")
    #expect(nobody.status != 0 && nobody.errors.contains("no node is called 'pmm9'; the cluster has: pmm1 pmm2"), "\(nobody)")
  }

  @Test("9. The active node loses power: it is fenced first, then the service answers elsewhere with every acknowledged row")
  func crash() async throws {
    let before = try #require(try await activeNode())
    #expect(
      try await outside("curl -sk -X POST -d '{\"id\": \"acknowledged-1\"}' \(url)/lab/rows -o /dev/null -w '%{http_code}'").output
        .hasPrefix("2"))
    let watcher = Task { try await watchForDoubles(seconds: 25) }
    #expect(try await lab("power off", before).status == 0)
    #expect(try await eventually(within: 60) { try await activeNode() == other(before) })
    #expect(
      try await eventually(within: 10) {
        try await outside("curl -sk -m 2 \(url)/v1/server/readyz -o /dev/null -w '%{http_code}'").output == "200"
      })
    #expect(try await outside("curl -sk \(url)/lab/rows").output.contains("acknowledged-1"))
    let order = try await on(
      other(before),
      "grep -hE \"Operation 'reboot' .*targeting \(before).*: OK|Result of start operation for pmm_fs on \(other(before))\" /var/log/pacemaker/pacemaker.log | tail -n 2"
    )
    let lines = order.output.split(separator: "\n")
    #expect(
      lines.count == 2 && lines[0].contains("reboot") && lines[1].contains("pmm_fs"),
      "fencing is confirmed before the first start: \(order)")
    #expect(try await watcher.value == [], "mount, address and PMM never on both nodes")
    // The fenced node comes back by itself and takes nothing away.
    #expect(try await eventually(within: 60) { try await pmmha("status").status == 0 })
    #expect(try await activeNode() == other(before))
    #expect(try await pmmha("plan").status == 0)
  }

  @Test("10. A new tag in the spec: fetched everywhere, then restarted through Pacemaker, and only with consent")
  func update() async throws {
    let spec = try String(contentsOfFile: TestLab.spec, encoding: .utf8)
    #expect(spec.contains("3.0.0"))
    try Data(spec.replacing("3.0.0", with: "3.0.1").utf8).write(to: URL(filePath: TestLab.spec))
    let refused = try await pmmha("apply", "--yes")
    #expect(refused.status != 0 && refused.errors.contains("--allow-disruption"), "\(refused)")
    let applied = try await pmmha("apply", "--yes", "--allow-disruption")
    #expect(applied.status == 0, "\(applied)")
    #expect(try await outside("curl -sk \(url)/lab/version").output.contains("3.0.1"))
    #expect(try await outside("curl -sk \(url)/lab/rows").output.contains("acknowledged-1"))
    #expect(try await pmmha("plan").status == 0)
  }

  @Test("11. The agent passes ocf-tester")
  func ocfTester() async throws {
    let active = try #require(try await activeNode())
    let parameters = try await on(
      active,
      "crm_resource --resource pmm_server --query-xml-raw | sed -n 's/.*<nvpair.* name=\"\\([^\"]*\\)\" value=\"\\([^\"]*\\)\".*/-o \\1=\\2/p' | tr '\\n' ' '"
    )
    #expect(
      try await on(active, "crm_resource --resource pmm_server --set-parameter is-managed --meta --parameter-value false").status == 0)
    let tested = try await on(active, "ocf-tester -n pmm_server \(parameters.output) /usr/lib/ocf/resource.d/pmm-ha/pmm-server")
    #expect(tested.status == 0, "\(tested)")
    #expect(try await on(active, "/usr/lib/ocf/resource.d/pmm-ha/pmm-server meta-data").output.contains("<resource-agent"))
    #expect(try await on(active, "systemctl start pmm-server").status == 0)
    #expect(try await on(active, "crm_resource --resource pmm_server --delete-parameter is-managed --meta").status == 0)
    #expect(try await pmmhaVerb("cleanup").status == 0)
  }

  @Test("12. destroy takes the cluster away and leaves the data, which the next apply serves again")
  func destroy() async throws {
    let gone = try await pmmha("destroy", "--yes")
    #expect(gone.status == 0, "\(gone)")
    for node in ["pmm1", "pmm2"] {
      #expect(try await on(node, "systemctl is-active corosync pacemaker").output == "inactive\ninactive\n")
      #expect(try await on(node, "ls /etc/corosync/corosync.conf /etc/pmm-ha /etc/systemd/system/pmm-server.service").status != 0)
    }
    #expect(try await pmmha("destroy", "--yes").output.contains("Nothing to do"))
    let applied = try await pmmha("apply", "--yes")
    #expect(applied.status == 0, "no consent is needed: nothing is destroyed: \(applied)")
    #expect(try await outside("curl -sk \(url)/lab/rows").output.contains("acknowledged-1"))
  }

  private func pmmhaVerb(_ verb: String, _ arguments: String...) async throws -> Said {
    try await say(binary, [verb, "--file", TestLab.spec] + arguments)
  }
}

/// Looks at both nodes side by side for things that must never be on two: independent of what Pacemaker believes.
func watchForDoubles(seconds: Int) async throws -> [String] {
  let end = ContinuousClock.now + .seconds(seconds)
  var doubles: Set<String> = []
  while ContinuousClock.now < end {
    async let left = held(by: "pmm1")
    async let right = held(by: "pmm2")
    doubles.formUnion(try await left.intersection(right))
    try await Task.sleep(for: .milliseconds(150))
  }
  return doubles.sorted()
}

/// What a node holds of the service now; nothing when it does not answer.
func held(by node: String) async throws -> Set<String> {
  let said = try await say(
    "ssh",
    [
      "-F", "/var/lib/pmm-ha/labs/\(TestLab.name)/ssh_config", "-o", "ConnectTimeout=1", "-o", "ControlPath=none", node,
      "grep -q ' /srv/pmm ' /proc/mounts && echo mount; ip -o addr show | grep -q '198.51.100.100/' && echo address; pgrep -x postgres >/dev/null && echo PMM; true",
    ])
  return said.status == 0 ? Set(said.output.split(separator: "\n").map(String.init)) : []
}
