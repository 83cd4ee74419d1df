import Core
import Testing

@testable import Host

/// What firewalld 1.3.3 said on D-Bus, with these services and ports in the zone `public`.
private func zone(_ services: String, ports: String = "", target: String = "default") -> String {
  let list = services.split(separator: " ").map { "\"\($0)\"" }.joined(separator: ",")
  let open = ports.split(separator: " ").map { "[\"\($0)\",\"tcp\"]" }.joined(separator: ",")
  return #"{"type":"a{sv}","data":[{"short":{"type":"s","data":"Public"},"target":{"type":"s","data":"\#(target)"},"#
    + #""services":{"type":"as","data":[\#(list)]},\#(open.isEmpty ? "" : #""ports":{"type":"a(ss)","data":[\#(open)]},"#)"#
    + #""masquerade":{"type":"b","data":false},"forward":{"type":"b","data":true}}]}"#
}

private func firewall(runtime: String, permanent: String, zones: [String] = ["public", "public"]) -> FirewallFacts? {
  FirewallFacts([
    "firewall": zones.map { "zone=\($0)" }.joined(separator: "\n"), "firewall runtime public": runtime,
    "firewall permanent public": permanent,
  ])
}

private let walled = HostSpec(
  nodes: [
    NodeSpec(name: pmm1, addresses: ["198.51.100.11", "198.51.101.11"]),
    NodeSpec(name: pmm2, addresses: ["198.51.100.12", "198.51.101.12"]),
  ], packages: .base, firewall: [[.highAvailability, .tcp(8443)], [.highAvailability]])

private func steps(_ facts: FirewallFacts?) throws -> [Step] {
  let first = try ready("pmm1") {
    $0.firewall = facts
    $0.units["firewalld.service"] = .init(active: "active", file: "enabled")
  }
  return walled.openFirewall(pmm1, first)
}

@Suite struct FirewallTests {
  @Test("What is missing is opened for two minutes, knocked at by the other node, and kept; in this order of stages")
  func opens() throws {
    let steps = try steps(firewall(runtime: zone("ssh"), permanent: zone("ssh")))
    #expect(
      steps.map { "\($0.node) \($0.stage) \($0.what)" } == [
        "pmm1 network Open firewalld for two minutes: high-availability, 8443/tcp in zone public", "pmm2 peers Knock at pmm1",
        "pmm1 files Keep firewalld open: high-availability, 8443/tcp in zone public",
      ])
    #expect(steps.map(\.stage) == steps.map(\.stage).sorted())
    let scripts = steps.compactMap { if case .run(let script) = $0.action { script } else { nil } }
    #expect(scripts[0]["RULES"] == "public --add-service=high-availability\npublic --add-port=8443/tcp")
    #expect(scripts[1]["TARGETS"] == "198.51.100.11 2224\n198.51.100.11 8443\n198.51.101.11 2224")
    #expect(scripts[2]["RULES"] == scripts[0]["RULES"])
  }

  @Test("What is let in now and after a reboot is left alone; so is a zone that lets in everything, and a node without firewalld")
  func silent() throws {
    let open = zone("ssh high-availability", ports: "8443 9000")
    #expect(try steps(firewall(runtime: open, permanent: open)) == [])
    #expect(try steps(firewall(runtime: zone("", target: "ACCEPT"), permanent: zone("", target: "ACCEPT"))) == [])
    #expect(try steps(nil) == [])
    #expect(FirewallFacts(["firewall": ""]) == nil)
  }

  @Test("What is open only until the next reboot, or only after it, is opened anew")
  func half() throws {
    let (open, half) = (zone("high-availability", ports: "8443"), zone("ssh", ports: "8443"))
    for facts in [firewall(runtime: open, permanent: half), firewall(runtime: half, permanent: open)] {
      #expect(try steps(facts).map(\.what).last == "Keep firewalld open: high-availability in zone public")
    }
  }

  @Test("A firewalld that runs and says nothing is a warning with what it must let in")
  func mute() throws {
    let fact = try ready("pmm1") { $0.units["firewalld.service"] = .init(active: "active", file: "enabled") }
    let findings = walled.findings(pmm1, fact)
    #expect(findings.map(\.severity) == [.warning])
    #expect(findings.first?.hint.contains("high-availability, 8443/tcp") == true, "\(findings)")
  }

  @Test("SELinux that is permissive is a note; that differs between the nodes, a warning")
  func selinux() throws {
    let permissive = try ready("pmm1") { $0.selinux = .permissive }
    let enforcing = try ready("pmm2") { $0.selinux = .enforcing }
    let findings = walled.proposal([pmm1: permissive, pmm2: enforcing]).findings
    #expect(Set(findings.map(\.severity)) == [.note, .warning], "\(findings)")
    #expect(walled.proposal([pmm1: try ready("pmm1") { $0.selinux = .enforcing }, pmm2: enforcing]).findings == [])
  }
}

@Suite struct TimeServerTests {
  private let spec = HostSpec(nodes: nodes, packages: .base, timeServers: ["ntp1", "ntp2"])

  private func step(_ change: (inout HostFacts) -> Void) throws -> Step? {
    let fact = try ready("pmm1", change)
    return spec.setTimeServers(pmm1, fact)
  }

  @Test(
    "Each time service is given the servers in a file of its own",
    arguments: [
      ("chrony.service", "/etc/chrony/sources.d/pmm-ha.sources", "server ntp1 iburst\nserver ntp2 iburst\n"),
      ("chronyd.service", "/etc/chrony.d/pmm-ha.sources", "server ntp1 iburst\nserver ntp2 iburst\n"),
      ("systemd-timesyncd.service", "/etc/systemd/timesyncd.conf.d/pmm-ha.conf", "[Time]\nNTP=ntp1 ntp2\n"),
    ])
  func file(unit: String, path: String, content: String) throws {
    let only: (inout HostFacts) -> Void = { $0.units = [unit: .init(active: "active", file: "enabled")] }
    let set = try #require(try step(only))
    guard case .run(let script) = set.action else { throw Unexpected() }
    #expect(script["FILE"] == path && script["UNIT"] == unit)
    #expect(script["CONTENT"]?.hasSuffix(content) == true)
    let done = try step {
      only(&$0)
      $0.timeFiles[path] = script["CONTENT"]
    }
    #expect(done == nil)
  }

  @Test("A time service that cannot be given them is named")
  func other() throws {
    let fact = try ready("pmm1") { $0.units = ["ntpd.service": .init(active: "active", file: "enabled")] }
    #expect(spec.setTimeServers(pmm1, fact) == nil)
    #expect(spec.timeFindings(pmm1, fact).map(\.severity) == [.warning])
  }

  @Test("A clock that is more than half a second from its time servers is a warning", arguments: [(0.6, 1), (-0.7, 1), (0.4, 0)])
  func offset(seconds: Double, findings: Int) throws {
    let fact = try ready("pmm1") { $0.clockOffset = seconds }
    #expect(spec.findings(pmm1, fact).count == findings)
  }
}
