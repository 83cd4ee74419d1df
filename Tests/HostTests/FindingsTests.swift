import Core
import Foundation
import Testing

@testable import Host

@Suite struct FindingsTests {
  private func blocking(_ plan: Proposal) -> [String] { plan.findings.filter { $0.severity == .blocking }.map(\.message) }

  @Test("Without root a node gets no steps, only the reason")
  func sudoDenied() throws {
    let plan = proposal(
      try ready("pmm1") {
        $0.user = 1000
        $0.missingPackages = ["pcs"]
      }, try ready("pmm2"))
    #expect(blocking(plan) == ["commands run as user id 1000, not as root"])
    #expect(plan.steps == [])
  }

  @Test("Clocks apart: half a second beyond the uncertainty warns, a minute blocks")
  func clocks() throws {
    let here = try ready("pmm1")
    #expect(proposal(here, try ready("pmm2") { $0.clock += 1.9 }).findings == [])
    let warned = proposal(here, try ready("pmm2") { $0.clock -= 5 })
    #expect(warned.findings.map(\.severity) == [.warning])
    #expect(warned.findings[0].message == "their clocks are about 5.0 s apart")
    #expect(warned.findings[0].place == "pmm1, pmm2")
    #expect(blocking(proposal(here, try ready("pmm2") { $0.clock += 3600 })) == ["their clocks are about 3600.0 s apart"])
  }

  @Test("Different releases warn, or block before their Pacemakers are known; different families block")
  func releases() throws {
    let debian = try ready("pmm1")
    let newer = proposal(debian, try ready("pmm2") { $0.os = OSRelease("ID=debian\nVERSION_ID=\"13\"\nPRETTY_NAME=\"Debian 13\"") })
    #expect(newer.findings.map(\.severity) == [.warning])
    let bare = try ready("pmm2") {
      $0.os = OSRelease("ID=debian\nVERSION_ID=\"13\"\nPRETTY_NAME=\"Debian 13\"")
      $0.pacemaker = nil
    }
    #expect(blocking(proposal(debian, bare)) == ["Debian GNU/Linux 12 (bookworm) on one, Debian 13 on the other"], "which Pacemaker?")
    var centos = try ready("pmm2")
    centos.os = OSRelease(try fixture("os-release-centos-stream-9"))
    #expect(
      blocking(proposal(debian, centos)) == [
        "Debian GNU/Linux 12 (bookworm) on one, CentOS Stream 9 on the other: packages and paths differ"
      ])
  }

  @Test("Different Pacemakers warn, different feature sets block")
  func pacemakers() throws {
    let here = try ready("pmm1")
    let build = try ready("pmm2") { $0.pacemaker?.version = "2.1.6" }
    #expect(proposal(here, build).findings.map(\.severity) == [.warning])
    let newer = try ready("pmm2") { $0.pacemaker = .init(version: "2.1.8", featureSet: "3.19.6") }
    #expect(proposal(here, newer).findings.map(\.severity) == [.blocking])
    #expect(proposal(here, try ready("pmm2") { $0.pacemaker = nil }).findings == [], "not installed yet")
  }

  @Test("What cannot carry a cluster is refused by name")
  func unsupported() throws {
    var old = try ready("pmm1")
    old.os = OSRelease(try fixture("os-release-ubuntu-22.04"))
    #expect(blocking(spec.proposal([pmm1: old])) == ["Ubuntu 22.04.4 LTS is too old: its podman or its Pacemaker lacks what is needed"])
    let alpine = try ready("pmm1") {
      $0.os = OSRelease("ID=alpine\nPRETTY_NAME=\"Alpine Linux v3.20\"")
      $0.systemd = false
    }
    #expect(blocking(spec.proposal([pmm1: alpine])) == ["Alpine Linux v3.20 is not supported", "systemd does not run this node"])
  }

  @Test("A node of a running cluster is not renamed")
  func renaming() throws {
    let running = try ready("pmm1") {
      $0.hostName = "other"
      $0.units["corosync.service"] = .init(active: "active", file: "enabled")
    }
    let plan = proposal(running, try ready("pmm2"))
    #expect(blocking(plan).count == 1)
    #expect(plan.steps == [])
  }

  @Test("cloud-init's /etc/hosts and an idle time service are named")
  func warnings() throws {
    let risky = try ready("pmm1") {
      $0.hosts.content = "# Your system has configured 'manage_etc_hosts' as True.\n" + ($0.hosts.content ?? "")
      $0.synchronised = false
    }
    let findings = proposal(risky, try ready("pmm2")).findings
    #expect(findings.map(\.severity) == [.warning, .warning])
    #expect(findings.allSatisfy { !$0.hint.isEmpty && $0.place == "pmm1" })
  }

  @Test("A machine that is less than PMM needs is told, on each node; what it did not say is not judged")
  func preflight() throws {
    let pmm = HostSpec(nodes: nodes, packages: .base, needs: .pmm)
    func findings(_ change: (inout HostFacts) -> Void) throws -> [String] {
      pmm.proposal([pmm1: try ready("pmm1"), pmm2: try ready("pmm2", change)]).findings.map { "\($0.severity) \($0.place): \($0.message)" }
    }
    #expect(try findings { _ in }.isEmpty)
    #expect(
      try findings { ($0.cpus, $0.memory, $0.sse42, $0.podman, $0.imageRoom) = (4, 7_600_000, true, "4.3.1+ds1-8+deb12u1", 20_000_000) }
        .isEmpty)
    #expect(
      try findings { ($0.cpus, $0.memory) = (2, 4_012_345) } == [
        "warning pmm2: it has 2 CPUs; Percona asks for 4, for up to 30 monitored nodes",
        "warning pmm2: it has 4.0 GB of memory; Percona asks for 8, for up to 30 monitored nodes",
      ])
    #expect(try findings { $0.sse42 = false } == ["blocking pmm2: its processor has no SSE4.2, without which PMM's databases do not start"])
    #expect(try findings { $0.machine = "aarch64" } == ["blocking pmm2: its processor is aarch64, and PMM's image is for x86_64 only"])
    #expect(try findings { $0.podman = "2:4.2.0-11.el9" }.count == 1)
    #expect(try findings { $0.imageRoom = 1_500_000 }.first?.contains("1 GB are free below /var/lib/containers") == true)
    // Another image than Percona's needs what it needs.
    #expect(proposal(try ready("pmm1"), try ready("pmm2") { $0.cpus = 1 }).findings == [])
  }

  @Test("The probe says processors, memory, SSE4.2 and podman of this very machine")
  func probe() throws {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", Script.functions + spec.question(pmm1).script.rendered { _ in "" }]
    process.standardOutput = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let facts = try HostFacts(Answer(output))
    #expect(facts.cpus ?? 0 > 0 && facts.memory ?? 0 > 100_000 && facts.imageRoom != nil)
    #expect(facts.machine != "x86_64" || facts.sse42 != nil)
  }
}
