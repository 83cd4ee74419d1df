import Core
import Foundation
import Glibc
import Testing

@testable import Host

/// The real dnf, in a root of its own, with repositories of small packages that have the real ones' names.
struct DnfRoot {
  let directory: String
  private var root: String { directory + "/root" }

  /// What is in which repository; of `NAME NEEDED...` the others are required by it.
  private static let repositories = [
    "baseos": [
      "curl-minimal", "iproute", "iputils", "psmisc", "procps-ng", "e2fsprogs", "podman", "chrony", "ipmitool", "nfs-utils", "sg3_utils",
    ],
    "highavailability": [
      "corosync", "resource-agents", "pacemaker corosync resource-agents", "pcs pacemaker", "fence-agents-common",
      "fence-agents-ipmilan fence-agents-common ipmitool", "fence-agents-scsi fence-agents-common sg3_utils", "sbd",
      "fence-agents-sbd fence-agents-common", "fence-agents-aws fence-agents-common",
    ],
  ]

  struct Missing: Error, CustomStringConvertible {
    let description = "dnf is tried as root in a root of its own; install what it needs: scripts/need lab"
  }

  init() throws {
    // A root of its own needs root.
    guard getuid() == 0 else { throw Missing() }
    for tool in ["dnf", "rpm", "rpmbuild", "createrepo_c"] where access("/usr/bin/\(tool)", X_OK) != 0 { throw Missing() }
    directory = FileManager.default.temporaryDirectory.appending(path: "pmm-ha-dnf-\(UUID().uuidString)").path()
    for place in ["bin", "specs"] {
      try FileManager.default.createDirectory(atPath: "\(directory)/\(place)", withIntermediateDirectories: true)
    }
    for (repository, packages) in Self.repositories.sorted(by: { $0.key < $1.key }) {
      let specs = try packages.map { line in
        let names = line.split(separator: " ").map(String.init)
        let file = names[0] == "curl-minimal"
        let text = """
          Name: \(names[0])
          Version: 1
          Release: 1
          Summary: A stand-in
          License: none
          BuildArch: noarch
          \(names.dropFirst().map { "Requires: \($0)\n" }.joined())
          %description
          A stand-in.
          %install
          \(file ? "mkdir -p %{buildroot}/usr/bin; echo >%{buildroot}/usr/bin/curl" : "")
          %files
          \(file ? "/usr/bin/curl" : "")

          """
        return try write("specs/\(names[0]).spec", text)
      }
      let place = "\(directory)/repositories/\(repository)"
      try sh("rpmbuild -bb --quiet --define '_topdir \(directory)/build' --define '_rpmdir \(place)' \(specs.joined(separator: " "))")
      try sh("createrepo_c --quiet \(place)")
    }
    // The script is run as it is; these lead it into the root.
    try write("bin/dnf", "#!/bin/sh\nexec /usr/bin/dnf --installroot=\(root) --releasever=9 \"$@\"\n", mode: 0o755)
    try write("bin/rpm", "#!/bin/sh\nexec /usr/bin/rpm --root=\(root) \"$@\"\n", mode: 0o755)
  }

  /// A fresh node of a distribution that calls the High Availability repository `id`: it is there, and not enabled.
  func become(_ osRelease: String, id: String) throws {
    try? FileManager.default.removeItem(atPath: root)
    try FileManager.default.createDirectory(atPath: root + "/etc/yum.repos.d", withIntermediateDirectories: true)
    try write("root/etc/os-release", osRelease)
    for (name, text, repository, enabled) in [("baseos", "BaseOS", "baseos", 1), (id, "High Availability", "highavailability", 0)] {
      try write(
        "root/etc/yum.repos.d/\(name).repo",
        "[\(name)]\nname=\(text)\nbaseurl=file://\(directory)/repositories/\(repository)\nenabled=\(enabled)\ngpgcheck=0\n")
    }
  }

  @discardableResult
  private func write(_ name: String, _ text: String, mode: Int = 0o644) throws -> String {
    let path = "\(directory)/\(name)"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    return path
  }

  @discardableResult
  func sh(_ command: String) throws -> (output: String, status: Int32) {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-s"]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = output
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: Data("PATH=\(directory)/bin:$PATH\n\(command)\n".utf8))
    try input.fileHandleForWriting.close()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (String(decoding: data, as: UTF8.self), process.terminationStatus)
  }

  /// The step that a plan has for such a node, run.
  func install(_ packages: Packages, osRelease: String) throws -> (output: String, status: Int32) {
    let fact = try ready("pmm1") {
      $0.os = OSRelease(osRelease)
      $0.missingPackages = packages.enterprise
    }
    let step = try #require(HostSpec(nodes: nodes, packages: packages).proposal([pmm1: fact]).steps.first)
    guard case .run(let script) = step.action else { throw Unexpected() }
    #expect(script.name == "install-packages-dnf")
    return try sh(script.rendered { _ in "" })
  }

  func remove() { try? FileManager.default.removeItem(atPath: directory) }
}

@Suite("dnf itself") struct DnfTests {
  private static let packages =
    Packages.base + .nfsClient + .fenceAgent("fence_ipmilan") + .fenceAgent("fence_sbd") + .fenceAgent("fence_scsi")
    + .fenceAgent("fence_aws")

  static let distributions = [
    ("os-release-centos-stream-9", "highavailability"), ("os-release-rhel-9.4", "rhel-9-for-x86_64-highavailability-rpms"),
    ("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\nVERSION_ID=\"9.4\"\n", "highavailability"),
    ("ID=\"almalinux\"\nID_LIKE=\"rhel centos fedora\"\nVERSION_ID=\"9.4\"\n", "highavailability"),
  ]

  @Test("All that a node needs is installed, with the repository that the distribution does not enable, and twice is once")
  func installs() throws {
    let root = try DnfRoot()
    defer { root.remove() }
    for (os, repository) in Self.distributions {
      let os = try os.hasPrefix("os-release") ? fixture(os) : os
      try root.become(os, id: repository)
      for _ in 1...2 {
        let said = try root.install(Self.packages, osRelease: os)
        #expect(said.status == 0, "\(said)")
      }
      let there = try root.sh("rpm -qa --queryformat '%{NAME}\\n'").output.split(separator: "\n").map(String.init)
      #expect(
        Set(there).isSuperset(of: ["pacemaker", "pcs", "corosync", "fence-agents-scsi", "sbd", "curl-minimal", "nfs-utils"]), "\(there)")
      // Enabled for this one installation, not for ever.
      #expect(try root.sh("dnf -q repolist").output.contains(repository) == false)
    }
  }

  @Test("A repository that is away, one that is not known, and a package that nobody has: each says which and what to do")
  func away() throws {
    let os = try fixture("os-release-centos-stream-9")
    let root = try DnfRoot()
    defer { root.remove() }
    try root.become(os, id: "highavailability")
    try root.sh("mv \(root.directory)/repositories/highavailability \(root.directory)/away")
    let away = try root.install(Self.packages, osRelease: os)
    #expect(away.status == 1)
    #expect(
      away.output.contains("the repository highavailability, which this node knows: can it reach the repository's servers?"), "\(away)")
    #expect(away.output.split(separator: "\n").last?.hasPrefix("dnf cannot install: pacemaker") == true)
    try root.sh("mv \(root.directory)/away \(root.directory)/repositories/highavailability")

    // RHEL in a cloud calls it by another name.
    let rhel = try fixture("os-release-rhel-9.4")
    let unknown = try root.install(Self.packages, osRelease: rhel)
    #expect(unknown.status == 1)
    let words = "rhel-9-for-x86_64-highavailability-rpms, which this node does not know (it knows of this kind: highavailability )"
    #expect(unknown.output.contains(words), "\(unknown)")

    let gluster = try root.install(Self.packages + .glusterfs, osRelease: os)
    #expect(gluster.status == 1 && gluster.output.contains("dnf install centos-release-gluster11"), "\(gluster)")
    #expect(try root.sh("rpm -q pacemaker").status != 0, "nothing is half installed")
  }
}
