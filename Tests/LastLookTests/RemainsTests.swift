import TestSupport
import Testing

/// remove-remains.sh as it is, on a root of its own.
@Suite("Files that are removed or brought") struct RemainsTests {
  private func remove(_ root: FakeRoot, first: String = "") throws -> Outcome {
    try root.tools.make("systemctl", "case $* in *show*) echo inactive ;; esac")
    let functions = try ["waiting", "answers", "last-looks"].map { try scriptText("Core/Resources/\($0)") }.joined(separator: "\n")
    let variables = "FILES='/etc/pmm-ha\n/var/lib/pmm-ha\n'\n"
    return try root.run(functions + "\n" + variables + scriptText("Cluster/Resources/remove-remains"), first: first)
  }

  @Test("What is mounted at or below a directory of ours is not removed, and nothing else either")
  func mount() throws {
    for place in ["/var/lib/pmm-ha/share", "/etc/pmm-ha"] {
      let root = try FakeRoot()
      for file in ["/etc/pmm-ha/pmm.env", "/var/lib/pmm-ha/share/x", "/srv/data/precious"] { try root.write(file, "1") }
      let outcome = try remove(root, first: "mount --bind \(root.path("/srv/data")) \(root.path(place))")
      #expect(outcome.status == 1 && outcome.output.contains("\(root.path(place)) is mounted"), "\(outcome)")
      #expect(root.exists("/srv/data/precious") && root.exists("/etc/pmm-ha/pmm.env") && root.exists("/var/lib/pmm-ha/share/x"))
    }
  }

  @Test("A copy of PMM's data with as many files and another content is no copy: the original stays where it is")
  func badCopies() throws {
    let (outcome, _, root) = try badCopy.run()
    #expect(outcome.status == 1 && outcome.output.contains("is not a copy of"), "\(outcome)")
    #expect(root.exists("/srv/from/base/1") && !root.exists("/srv/kept"))
  }

  @Test("Without a mount all of it goes, but for the labs of this machine")
  func all() throws {
    let root = try FakeRoot()
    for file in ["/etc/pmm-ha/pmm.env", "/var/lib/pmm-ha/fencing/x", "/var/lib/pmm-ha/labs/a/disk", "/srv/data/precious"] {
      try root.write(file, "1")
    }
    let outcome = try remove(root)
    #expect(outcome.status == 0, "\(outcome)")
    #expect(!root.exists("/etc/pmm-ha") && !root.exists("/var/lib/pmm-ha/fencing"))
    #expect(root.exists("/var/lib/pmm-ha/labs/a/disk") && root.exists("/srv/data/precious"))
  }
}
