import FoundationEssentials
import Testing

/// What is wrong with nodes, disks and addresses before there is a cluster: said, and nothing changed. Then the first
/// apply, with a wrong password, and by two operators at once. The order of the tests is the order of one lab's life.
@Suite("Faults before and at the first apply", .ownLab, .serialized) struct FaultRefusalTests {
  private let address = "198.51.100.100"

  @Test("1. A node without power is named, within seconds even where a connection to it is open")
  func unreachable() async throws {
    #expect(try await pmmha("plan").status == 2)
    #expect(try await lab("power off", "pmm2").status == 0)
    let start = ContinuousClock.now
    let plan = try await pmmha("plan")
    #expect(plan.status == 1)
    expectWords(plan)
    #expect(plan.errors.contains("pmm2: not reachable by ssh") && plan.errors.contains("is the machine up"), "\(plan)")
    #expect(plan.errors.contains("ssh -F /var/lib/pmm-ha/labs/\(TestLab.name)/ssh_config root@pmm2") && !plan.errors.contains("pmm1"))
    #expect(ContinuousClock.now - start < .seconds(30))
    #expect(try await lab("power on", "pmm2").status == 0)
    #expect(try await eventually(within: 30) { try await on("pmm2", "systemctl is-system-running --wait").status == 0 })
  }

  @Test("2. A node whose ssh host key has changed, or was never known, is not spoken to")
  func hostKey() async throws {
    let keys = "/etc/ssh/ssh_host_ed25519_key"
    let renew = "mkdir /root/keys && mv \(keys)* /root/keys/ && ssh-keygen -q -t ed25519 -N '' -f \(keys) && systemctl restart ssh"
    #expect(try await on("pmm1", renew).status == 0)
    try await withDirectory { directory in
      let changed = try await refused("plan", in: ["XDG_RUNTIME_DIR": directory])
      #expect(changed.errors.contains("pmm1: its ssh host key is not the one known for it"), "\(changed)")
      #expect(changed.errors.contains("ssh-keygen -f /var/lib/pmm-ha/labs/\(TestLab.name)/known_hosts -R pmm1"), "\(changed)")
    }
    #expect(try await on("pmm1", "mv /root/keys/* /etc/ssh/ && rmdir /root/keys && systemctl restart ssh").status == 0)

    let config = "/var/lib/pmm-ha/labs/\(TestLab.name)/ssh_config"
    let stranger = try String(contentsOfFile: config, encoding: .utf8).replacing("/known_hosts", with: "/nobody_known")
    try await withFile(stranger) { file in
      try await withSpec(replacing: config, with: file) { spec in
        let unknown = try await refused("plan", spec: spec)
        #expect(unknown.errors.contains("pmm2: its ssh host key is not known") && unknown.errors.contains("fingerprint"), "\(unknown)")
      }
    }
  }

  @Test("3. A user who may not become root is told how; one who may works as root does")
  func sudo() async throws {
    try await withSpec(replacing: "user: root,", with: "user: nosudo,") { spec in
      let said = try await refused("apply", "--yes", spec: spec)
      #expect(said.errors.contains("pmm1: user 'nosudo' may not become root") && said.errors.contains("NOPASSWD"), "\(said)")
    }
    try await withSpec(replacing: "user: root,", with: "user: nobody-here,") { spec in
      let said = try await refused("plan", spec: spec)
      #expect(said.errors.contains("pmm2: ssh refuses user 'nobody-here'"), "\(said)")
    }
    let asRoot = try await pmmha("plan", "--json")
    let asOps = try await withSpec(replacing: "user: root,", with: "user: ops,") { try await pmmha("plan", "--json", spec: $0) }
    #expect(asOps.status == 2)
    #expect(asOps.output == asRoot.output)
  }

  @Test("4. A host name that nobody knows is named")
  func unknownHost() async throws {
    let text = try String(contentsOfFile: TestLab.spec, encoding: .utf8)
    let lines = text.split(separator: "\n").map { $0.contains("ssh: {") ? "    ssh: {host: no-such-host.invalid}" : String($0) }
    try await withFile(lines.joined(separator: "\n") + "\n") { spec in
      // Inside the lab, from where no name server is asked.
      let said = try await outside("\(binary) plan --file \(spec)")
      #expect(said.status == 1)
      expectWords(said)
      #expect(said.errors.contains("pmm1: not reachable by ssh: ssh: Could not resolve hostname no-such-host.invalid"), "\(said)")
      #expect(said.errors.contains("nodes/pmm1/ssh/host"), "\(said)")
    }
  }

  @Test("5. A secret that others can read is not used")
  func readableSecret() async throws {
    let path = "/var/lib/pmm-ha/labs/\(TestLab.name)/nodes/pmm1/bmc/password"
    try await withFile("a-secret-for-all\n", mode: 0o644) { file in
      try await withSpec(replacing: path, with: file) { spec in
        for verb in ["plan", "apply", "validate"] {
          let said = try await refused(verb, spec: spec)
          #expect((said.output + said.errors).contains("others can read or change \(file) (mode 644)"), "\(said)")
          #expect((said.output + said.errors).contains("chmod 600 \(file)") && !(said.output + said.errors).contains("a-secret-for-all"))
        }
      }
    }
  }

  @Test("6. A virtual IP that a foreign host uses is refused, and taken as soon as it is free")
  func addressInUse() async throws {
    #expect(try await outside("ip address add \(address)/32 dev ring0").status == 0)
    let said = try await refused("apply", "--yes", "--allow-destroy", "/dev/sdb")
    #expect(said.output.contains("blocking virtual_ip/address: \(address) is in use by a foreign host"), "\(said)")
    #expect(said.output.contains("give a free address") && !said.output.contains("Nothing to do"))
    #expect(try await outside("ip address delete \(address)/32 dev ring0").status == 0)
    let free = try await pmmha("plan")
    #expect(free.status == 2, "\(free)")
  }

  @Test("7. A disk with somebody's data is not touched, whatever the signature and however plain the consent")
  func foreignData() async throws {
    #expect(try await on("pmm1", "pvcreate -q /dev/sdb").status == 0)
    let volume = try await refused("apply", "--yes", "--allow-disruption", "--allow-destroy", "/dev/sdb")
    #expect(volume.output.contains("blocking /dev/sdb: it holds foreign data: LVM2_member"), "\(volume)")
    #expect(try await on("pmm1", "pvs --noheadings -o pv_name; wipefs -qa /dev/sdb").output.contains("/dev/sdb"))

    #expect(try await on("pmm2", "mkfs.xfs -q /dev/sdb && mount /dev/sdb /mnt && echo precious >/mnt/file && umount /mnt").status == 0)
    for consent in [[], ["--allow-destroy", "/dev/sdb"], ["--allow-destroy", "/dev/sdb=ext4"], ["--allow-destroy", "/dev/sdc=xfs"]] {
      let said = try await say(binary, ["apply", "--file", TestLab.spec, "--yes", "--allow-disruption"] + consent)
      #expect(said.status == 1)
      #expect(said.output.contains("blocking /dev/sdb: it holds foreign data: xfs"), "\(said)")
      #expect(said.output.contains("--allow-destroy /dev/sdb=xfs") && said.errors.contains("Nothing was changed"), "\(said)")
    }
    let plan = try await refused("plan")
    #expect(!plan.output.contains("Make an ext4 filesystem"), "\(plan)")
    try await expectPrecious()
  }

  @Test("8. Two disks of one name are told apart by size, and by what they hold")
  func notShared() async throws {
    for (size, why) in [("3G", "its size is 4294967296 bytes on pmm1 and 3221225472 bytes on pmm2"), ("4G", "what it holds is xfs")] {
      let image = "/var/lib/pmm-ha/labs/\(TestLab.name)/other.img"
      let loop = try await say("sh", ["-c", "truncate --size \(size) \(image) && losetup --find --show \(image)"]).output.filter {
        $0 != "\n"
      }
      let swap = "cp -a /dev/sdb /dev/shared && rm /dev/sdb && mknod /dev/sdb b 7 \(loop.dropFirst("/dev/loop".count))"
      #expect(try await on("pmm2", swap).status == 0)
      let said = try await refused("apply", "--yes", "--allow-disruption", "--allow-destroy", "/dev/sdb=xfs")
      #expect(said.output.contains("blocking pmm1, pmm2: /dev/sdb is not one disk: \(why)"), "\(said)")
      #expect(said.output.contains("attach one and the same disk to both nodes"))
      #expect(try await on("pmm2", "mv -f /dev/shared /dev/sdb").status == 0)
      #expect(try await say("sh", ["-c", "losetup --detach \(loop) && rm \(image)"]).status == 0)
    }
    try await expectPrecious()
  }

  @Test("9. Another cluster on a node is left alone, by apply and by destroy")
  func otherCluster() async throws {
    let conf = """
      totem { version: 2; cluster_name: theirs }
      nodelist { node { name: pmm2; nodeid: 1; ring0_addr: 198.51.100.12 } }
      quorum { provider: corosync_votequorum; expected_votes: 1 }
      """.replacing("; ", with: "\n").replacing("{ ", with: "{\n").replacing(" }", with: "\n}")
    #expect(try await on("pmm2", "cat >/etc/corosync/corosync.conf <<'E'\n\(conf)\nE\nsystemctl start corosync").status == 0)
    for verb in ["apply", "destroy"] {
      let said = try await refused(verb, "--yes")
      #expect(said.output.contains("blocking pmm2:") && said.output.contains("'theirs'"), "\(said)")
      #expect(said.output.contains("cluster: theirs") && said.errors.contains("Nothing was changed"), "\(said)")
    }
    #expect(try await on("pmm2", "corosync-cmapctl -g totem.cluster_name").output.contains("theirs"))
    #expect(try await on("pmm2", "systemctl stop corosync && rm -f /etc/corosync/corosync.conf /var/lib/corosync/ringid_*").status == 0)
  }

  @Test("10. A BMC that refuses its password stops apply before anything relies on it, and before any data is touched")
  func wrongPassword() async throws {
    try await withFile("not-the-password\n") { file in
      try await withSpec(replacing: "/var/lib/pmm-ha/labs/\(TestLab.name)/nodes/pmm1/bmc/password", with: file) { spec in
        let said = try await pmmha("apply", "--yes", "--allow-disruption", "--allow-destroy", "/dev/sdb=xfs", spec: spec)
        #expect(said.status == 1)
        expectWords(said)
        #expect(said.errors.contains("pmm2: Test fence_pmm1 failed"), "\(said)")
        #expect(said.errors.contains("fence_pmm1 refuses the password. Give the right one"), "\(said)")
        #expect(said.errors.contains("the same apply goes on from there") && !(said.output + said.errors).contains("not-the-password"))
        let plan = try await pmmha("plan", spec: spec)
        #expect(plan.output.contains("DANGER fence_pmm1: its last test from pmm2 failed"), "\(plan)")
      }
    }
    for node in ["pmm1", "pmm2"] {
      // Corosync may have been started ahead: by itself it does nothing.
      #expect(try await on(node, "systemctl is-active pacemaker pmm-server").output == "inactive\ninactive\n")
    }
    try await expectPrecious()
  }

  @Test("11. Of two operators who apply at once one does it all; the other is told who and changes nothing")
  func twoAtOnce() async throws {
    let consent = ["apply", "--file", TestLab.spec, "--yes", "--allow-disruption", "--allow-destroy", "/dev/sdb=xfs"]
    try await withDirectory { alices in
      try await withDirectory { bobs in
        async let first = say(binary, consent, environment: ["XDG_STATE_HOME": alices, "SUDO_USER": "alice"])
        async let second = say(binary, consent, environment: ["XDG_STATE_HOME": bobs, "SUDO_USER": "bob"])
        let (alice, bob) = (try await first, try await second)
        #expect([alice.status, bob.status].sorted() == [0, 1], "\(alice)\n\(bob)")
        let (done, told, name, place) = alice.status == 0 ? (alice, bob, "alice", bobs) : (bob, alice, "bob", alices)
        #expect(done.output.contains("PMM answers"), "\(done)")
        expectWords(told)
        let locked = told.errors.contains("locked by \(name)@") && told.errors.contains(" since 20")
        #expect(locked || told.errors.contains("The nodes changed after the plan was made, so nothing was done"), "\(told)")
        #expect(!journals(in: place).contains("\"began\""))
      }
    }
    #expect(try await on("pmm1", "blkid -o value -s TYPE /dev/sdb").output == "ext4\n", "that was agreed to, by name")
    let plan = try await pmmha("plan")
    #expect(plan.status == 0, "\(plan)")
  }

  @Test("12. status reads a saved CIB, as Pacemaker's own tools do, and says when it is none")
  func savedCIB() async throws {
    let saved = try await on("pmm1", "cibadmin --query").output
    try await withFile(saved) { file in
      let status = try await say(binary, ["status"], environment: ["CIB_file": file])
      #expect(status.status == 0, "\(status)")
      #expect(status.output.contains("as saved in \(file)") && status.output.contains("pmm_server"), "\(status)")
      #expect(!status.output.contains("never tested"), "a saved CIB does not know")
      let json = try await say(binary, ["status", "--json"], environment: ["CIB_file": file])
      let node = try JSONDecoder().decode(Status.self, from: Data(json.output.utf8)).service.node
      let active = try await activeNode()
      #expect(node == active && node != nil)
    }
    for (text, why) in [(String(saved.prefix(saved.count / 2)), "which is not a whole CIB"), ("<html/>", "it begins with <html>")] {
      try await withFile(text) { file in
        let said = try await say(binary, ["status"], environment: ["CIB_file": file])
        #expect(said.status == 1 && said.errors.contains(why) && said.errors.contains(file), "\(said)")
        expectWords(said)
      }
    }
    let none = try await say(binary, ["status"], environment: ["CIB_file": "/tmp/no-such-cib.xml"])
    #expect(none.status == 1 && none.errors.contains("there is no such file"), "\(none)")
  }

  @Test("13. It ends with the program that reads it, as any other in a pipe")
  func readerGone() async throws {
    // The reader is gone before the first word is written.
    let piped = try await say("/bin/sh", ["-c", "{ sleep 0.2; \"$0\" schema; echo $? >&2; } | exec 0<&-", binary])
    #expect(piped.errors == "141\n", "\(piped)")
  }

  /// The file that somebody had on the disk before we came.
  private func expectPrecious() async throws {
    let file = try await on("pmm2", "mount /dev/sdb /mnt && cat /mnt/file; umount /mnt")
    #expect(file.output == "precious\n", "\(file)")
  }
}
