import Testing

@testable import Lab

/// The lab itself, on this machine: needs root and the packages of `scripts/need lab`. One suite after the other, as they
/// share one lab's name.
@Suite("A lab on this machine", .inTurn, .serialized, .timeLimit(.minutes(10)))
enum LabSystemTests {}

extension LabSystemTests {
  @Suite("Its nodes", .serialized, .labUp)
  struct Nodes {
    private func node(_ name: String) throws -> LabNode { try testLab.node(name) }

    @Test("Both nodes are whole, see one disk and one directory, and have no way out")
    func nodes() async throws {
      let lab = try testLab
      #expect(try await lab.status().state == .up)
      for name in ["pmm1", "pmm2"] {
        #expect(try await on(name, "systemctl is-system-running --wait").output == "running")
        #expect(try await on(name, "hostname").output == name)
      }
      #expect(try await on("pmm1", "mkfs.ext4 -q /dev/sdb && echo mine >/mnt/share/here").good)
      #expect(try await on("pmm2", "blkid -o value -s TYPE /dev/sdb; cat /mnt/share/here").output == "ext4\nmine")
      #expect(try await outside("ip route show default").output == "")
      #expect(try await !on("pmm1", "ping -c 1 -W 1 192.0.2.1").good)
      #expect(try await on("pmm1", "ping -c 1 -W 1 198.51.101.12").good)
    }

    @Test("ops becomes root by sudo, nosudo does not")
    func accounts() async throws {
      #expect(try await on("pmm1", as: "ops", "sudo -n id -u").output == "0")
      #expect(try await !on("pmm1", as: "nosudo", "sudo -n id -u").good)
    }

    @Test("Up where all is up starts nothing twice")
    func idempotent() async throws {
      let processes = "cat $(find \(labGroup) -path '*/supervisor/cgroup.procs') | sort"
      let before = try await here(processes).output
      #expect(!before.isEmpty)
      _ = try await testLab.up()
      #expect(try await here(processes).output == before)
    }

    @Test("A BMC cuts the power for real: no process and no mount is left, what was written is there again after power on")
    func fencing() async throws {
      let lab = try testLab
      #expect(try await on("pmm1", "blkid /dev/sdb || mkfs.ext4 -q /dev/sdb; mount /dev/sdb /mnt && echo kept >/root/kept && sync").good)
      let password = try await here("cat \(lab.directory)/nodes/pmm1/bmc/password").output
      let holders = "grep -l ' /mnt .* /dev/sdb ' /proc/[0-9]*/mountinfo"
      #expect(try await !here(holders).output.isEmpty)
      let fence = "fence_ipmilan --ip=198.51.100.21 --username=admin --password=\(password) --lanplus --cipher=3 --power-wait=0 --action="
      #expect(try await on("pmm2", fence + "off").good)
      #expect(try await lab.driver().power(of: node("pmm1")) == .off)
      #expect(try await here(holders).output == "")
      #expect(try await here("ls -d \(labGroup)/pmm1").output == "")
      #expect(try await !outside("ping -c 1 -W 1 198.51.100.11").good)
      #expect(try await on("pmm2", fence + "status").output.contains("OFF"))
      #expect(try await on("pmm2", fence + "on").good)
      try await lab.driver().waitUntilReachable(node("pmm1"), seconds: 30)
      #expect(try await on("pmm1", "cat /root/kept").output == "kept")
      #expect(try await !on("pmm1", "findmnt /mnt").good)
    }

    @Test("Two at one power button do not start a node twice")
    func twoFingers() async throws {
      let driver = try testLab.driver()
      let node = try node("pmm2")
      try await driver.powerOff(node)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 1...4 { group.addTask { try await driver.powerOn(node) } }
        try await group.waitForAll()
      }
      try await driver.waitUntilReachable(node, seconds: 30)
      let running = "for pid in $(cat $(find \(labGroup)/pmm2 -name cgroup.procs)); do cat /proc/$pid/comm; done | grep -c systemd-nspawn"
      #expect(try await here(running).output == "1")
    }

    @Test("The reset button cuts the power and boots the node, which the lab then knows to be on")
    func reset() async throws {
      let driver = try testLab.driver()
      let boot = try await on("pmm2", "cat /proc/sys/kernel/random/boot_id").output
      try await driver.reset(node("pmm2"))
      #expect(try await driver.power(of: node("pmm2")) == .on)
      try await driver.waitUntilReachable(node("pmm2"), seconds: 30)
      #expect(try await on("pmm2", "cat /proc/sys/kernel/random/boot_id").output != boot)
    }

    @Test("A node that reboots itself comes back with its cables in")
    func reboot() async throws {
      // A pcsd that is told to end while it begins does not, and systemd waits 90 s for it (pcs 0.11.5, seen).
      _ = try await on("pmm2", "timeout 20 systemctl is-system-running --wait; sleep 2")
      let boot = try await on("pmm2", "cat /proc/sys/kernel/random/boot_id").output
      _ = try await on("pmm2", "systemctl reboot")
      _ = try await here("sleep 1")
      try await testLab.driver().waitUntilReachable(node("pmm2"), seconds: 30)
      #expect(try await on("pmm2", "cat /proc/sys/kernel/random/boot_id").output != boot)
      #expect(try await on("pmm2", "ping -c 1 -W 1 198.51.101.11").good)
    }

    @Test("A frozen node is silent, and goes on where it stood")
    func freeze() async throws {
      let driver = try testLab.driver()
      let node = try node("pmm2")
      let boot = try await on("pmm2", "cat /proc/sys/kernel/random/boot_id").output
      try await driver.freeze(node)
      #expect(try await driver.power(of: node) == .frozen)
      #expect(try await !outside("ping -c 1 -W 1 198.51.100.12").good)
      try await driver.thaw(node)
      #expect(try await driver.power(of: node) == .on)
      try await driver.waitUntilReachable(node, seconds: 10)
      #expect(try await on("pmm2", "cat /proc/sys/kernel/random/boot_id").output == boot)
    }

    @Test("A frozen node can be powered off")
    func frozenOff() async throws {
      let driver = try testLab.driver()
      let node = try node("pmm2")
      try await driver.freeze(node)
      try await driver.powerOff(node)
      #expect(try await driver.power(of: node) == .off)
      try await driver.powerOn(node)
      try await driver.waitUntilReachable(node, seconds: 30)
    }

    @Test("Cutting one ring leaves the other")
    func cut() async throws {
      let driver = try testLab.driver()
      let node = try node("pmm1")
      try await driver.cut(node, rings: [1])
      #expect(try await !on("pmm1", "ping -c 1 -W 1 198.51.101.12").good)
      #expect(try await on("pmm1", "ping -c 1 -W 1 198.51.100.12").good)
      try await driver.join(node, rings: [1])
      #expect(try await on("pmm1", "ping -c 1 -W 1 198.51.101.12").good)
    }

    @Test("Up repairs a lab that lost its network, its BMCs and its doors, and keeps the nodes' disks")
    func repair() async throws {
      let lab = try testLab
      #expect(try await on("pmm1", "echo disk >/root/disk; sync").good)
      let damage = """
        group=\(labGroup); echo 1 >$group/cgroup.kill
        while grep -q 'populated 1' $group/cgroup.events; do sleep 0.05; done
        ip netns delete pmm-ha-lab-labtest; rm \(lab.sshConfig) \(lab.directory)/known_hosts
        losetup --detach $(losetup --noheadings --output NAME --associated \(lab.directory)/shared.img)
        """
      #expect(try await here(damage).good)
      #expect(try await lab.status().state == .down)
      #expect(try await lab.up().state == .up)
      #expect(try await on("pmm1", "cat /root/disk").output == "disk")
    }
  }
}
