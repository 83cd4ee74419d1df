import Core
import Testing

@testable import Host

@Suite struct PlanTests {
  @Test("A node that is ready gets no step and no finding")
  func silent() throws {
    #expect(proposal(try ready("pmm1"), try ready("pmm2")) == Proposal())
  }

  @Test("Only what is missing is installed, and chrony only where no time service runs")
  func packages() throws {
    let plan = proposal(try ready("pmm1") { $0.missingPackages = ["pcs", "podman", "chrony"] }, try ready("pmm2"))
    #expect(plan.steps.map(\.what) == ["Install pcs, podman"])
    #expect(plan.steps[0].stage == .packages)
    guard case .run(let script) = plan.steps[0].action else { throw Unexpected() }
    #expect(script.name == "install-packages-apt")
    #expect(script["PACKAGES"] == "pcs podman")

    let noTime = try ready("pmm1") {
      $0.missingPackages = ["chrony"]
      $0.units["chrony.service"] = nil
    }
    #expect(proposal(noTime, try ready("pmm2")).first == ["Install chrony", "Start chrony.service"])
  }

  @Test("On CentOS Stream dnf gets the High Availability repository")
  func dnf() throws {
    let centos: (inout HostFacts) throws -> Void = {
      $0.os = OSRelease(try fixture("os-release-centos-stream-9"))
      $0.missingPackages = ["pacemaker", "/usr/bin/curl"]
    }
    var (first, second) = (try ready("pmm1"), try ready("pmm2"))
    try centos(&first)
    try centos(&second)
    let plan = proposal(first, second)
    #expect(plan.findings == [])
    guard case .run(let script) = plan.steps[0].action else { throw Unexpected() }
    #expect(script.name == "install-packages-dnf")
    #expect(script["PACKAGES"] == "pacemaker /usr/bin/curl")
    #expect(script["REPOSITORIES"] == "highavailability")
  }

  @Test("A bare node is named, gets its directories, and loses Debian's loopback entry of its own name")
  func bare() throws {
    let bare = try ready("pmm1") {
      $0.hostName = "debian"
      $0.directories = ["/usr/lib/pmm-ha": "755 root:root", "/var/lib/pmm-ha": "755 root:root"]
      $0.hosts.content = "127.0.0.1\tlocalhost\n127.0.1.1\tpmm1.example.com\tpmm1\n\n# mine\n203.0.113.9 other\n"
    }
    let plan = proposal(bare, try ready("pmm2"))
    #expect(plan.first == ["Set the host name to pmm1", "Make /etc/pmm-ha, /var/lib/pmm-ha", "Write /etc/hosts"])
    guard case .run(let script) = plan.steps[1].action, case .write(let file) = plan.steps[2].action else { throw Unexpected() }
    #expect(script["DIRECTORIES"] == "/etc/pmm-ha:700 /var/lib/pmm-ha:700")
    #expect(
      file.content.description == """
        127.0.0.1\tlocalhost

        # mine
        203.0.113.9 other
        # BEGIN pmm-ha
        198.51.100.11 pmm1.example.com pmm1
        198.51.100.12 pmm2
        # END pmm-ha

        """)
  }

  @Test("sbd is disabled where it would wait for a device that it has not, and left alone where it runs")
  func sbd() throws {
    let idle = try ready("pmm1") { $0.units["sbd.service"] = .init(active: "inactive", file: "enabled") }
    #expect(proposal(idle, try ready("pmm2")).first == ["Disable sbd.service"])
    let running = try ready("pmm1") { $0.units["sbd.service"] = .init(active: "active", file: "enabled") }
    #expect(proposal(running, try ready("pmm2")).first == [])
  }

  @Test("An installation that was interrupted is finished, though no package is missing any more")
  func interrupted() throws {
    let plan = proposal(try ready("pmm1") { $0.guardLeft = true }, try ready("pmm2"))
    #expect(plan.steps.map(\.what) == ["Finish the installation of packages"])
    #expect(plan.steps[0].why == "it was interrupted")
    guard case .run(let script) = plan.steps[0].action else { throw Unexpected() }
    #expect(script["PACKAGES"] == "")
  }

  @Test("In a container no time service is set up, and a note says why")
  func container() throws {
    let container = try ready("pmm1") {
      $0.container = "docker"
      $0.units["chrony.service"] = nil
      $0.missingPackages = ["chrony"]
    }
    let plan = proposal(container, try ready("pmm2"))
    #expect(plan.steps == [])
    #expect(plan.findings.map(\.severity) == [.note])
  }

  @Test("A fence agent brings its package and its tools")
  func fenceAgents() {
    #expect(Packages.fenceAgent("fence_ipmilan") == Packages(debian: ["ipmitool"], enterprise: ["fence-agents-ipmilan", "ipmitool"]))
    #expect(Packages.fenceAgent("fence_azure_arm").enterprise == ["fence-agents-azure-arm"])
    #expect(Packages.fenceAgent("fence_apc_snmp") == Packages(debian: ["snmp"], enterprise: ["fence-agents-apc-snmp"]))
    let both = Packages.base + .xfs + .xfs
    #expect(both.debian.count == Packages.base.debian.count + 1)
  }
}

struct Unexpected: Error {}
