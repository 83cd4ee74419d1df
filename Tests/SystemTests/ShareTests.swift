import FoundationEssentials
import Testing

/// The config share as a GlusterFS volume of the nodes' own: made by apply, then hanging. The order of the tests is the
/// order of one lab's life.
@Suite("The config share", .ownLab, .serialized) struct ShareTests {
  private var spec: String { "/tmp/pmm-ha-\(TestLab.name)-share.yml" }

  @Test("1. apply makes a volume of both nodes and mounts it on both; applied twice is silent")
  func made() async throws {
    let text = try String(contentsOfFile: TestLab.spec, encoding: .utf8)
    let kind = "config_share: {kind: directory, path: /mnt/share/pmm}"
    #expect(text.contains(kind))
    try Data(text.replacing(kind, with: "config_share: {kind: glusterfs, path: /mnt/config}").utf8).write(to: URL(filePath: spec))
    try await supply(["glusterfs-server", "glusterfs-client"])
    let applied = try await applyAll(spec: spec)
    #expect(applied.status == 0, "\(applied)")
    #expect(applied.output.contains("PMM answers"))
    let plan = try await pmmha("plan", spec: spec)
    #expect(plan.status == 0 && plan.output.contains("two copies and no third vote"), "\(plan)")
    for node in ["pmm1", "pmm2"] {
      #expect(try await on(node, "cat /mnt/config/env").output.contains("PMM_TAG="))
      #expect(try await on(node, "findmnt -n -t fuse.glusterfs -o OPTIONS /mnt/config").output.contains("noexec"))
    }
    #expect(try await on("pmm2", "echo 1 >/mnt/config/file").status == 0)
    #expect(try await on("pmm1", "cat /mnt/config/file").output == "1\n")
  }

  @Test("2. While it holds whoever looks at it, nothing else hangs: plan, status, a move there and back")
  func hanging() async throws {
    for node in ["pmm1", "pmm2"] { #expect(try await client(node, "STOP").status == 0) }
    let plan = try await pmmha("plan", spec: spec)
    #expect(plan.status == 0, "\(plan)")
    let warning = "the config share is down: the volume pmm-ha-share, mounted on /mnt/config, does not answer"
    for node in ["pmm1", "pmm2"] { #expect(plan.output.contains("warning \(node): \(warning)"), "\(plan)") }
    #expect(try await pmmha("status", spec: spec).status == 0)
    let before = try #require(try await activeNode())
    for target in [other(before), before] {
      let moved = try await pmmha("move", spec: spec)
      #expect(moved.status == 0, "\(moved)")
      #expect(try await activeNode() == target)
    }
    for node in ["pmm1", "pmm2"] { #expect(try await client(node, "CONT").status == 0) }
    #expect(try await eventually(within: 30) { !(try await pmmha("plan", spec: spec)).output.contains("is down") })
  }

  @Test("3. A file of the share that somebody has changed is named, and written over by apply, without touching PMM")
  func drift() async throws {
    #expect(try await on("pmm1", "sed -i s/PMM_TAG=.*/PMM_TAG=9.9.9/ /mnt/config/env").status == 0)
    let plan = try await pmmha("plan", spec: spec)
    #expect(plan.output.contains("/mnt/config/env is not what the spec says, nor what PMM is started with"), "\(plan)")
    #expect(plan.output.contains("Write /mnt/config/env") && !plan.output.contains("Restart PMM"), "\(plan)")
    #expect(try await pmmha("apply", "--yes", spec: spec).status == 0)
    #expect(try await on("pmm2", "cat /mnt/config/env").output.contains("PMM_TAG=3.0.0"))
  }

  /// A signal to the volume's client on a node, which every look at the mount waits for.
  private func client(_ node: String, _ signal: String) async throws -> Said {
    let look = "grep -qz -- /mnt/config /proc/$p/cmdline && kill -\(signal) $p && done=1"
    return try await on(node, "done=; for p in $(pgrep -x glusterfs); do \(look); done; [ -n \"$done\" ]")
  }
}

/// Nodes of the lab have no way out: puts Debian packages that the lab's own archive lacks into one that both see. What
/// they need besides is found by this machine's apt, against what the nodes have.
func supply(_ packages: [String]) async throws {
  let script = """
    set -eu
    . /var/lib/pmm-ha/labs/\(TestLab.name)/lab.env
    place=/var/lib/pmm-ha/labs/\(TestLab.name)/share/packages
    mkdir -p "$place/partial"
    apt-get -q -y -o Dir::State::status="$lab_image/root/var/lib/dpkg/status" -o Dir::Cache::archives="$place" \
      -o APT::Sandbox::User=root --download-only --no-install-recommends install \(packages.joined(separator: " ")) >&2
    cd "$place"
    for package in *.deb; do
      dpkg-deb --field "$package"
      printf 'Filename: ./%s\\nSize: %s\\nSHA256: %s\\n\\n' "$package" "$(stat --format %s "$package")" \
        "$(sha256sum "$package" | cut -d' ' -f1)"
    done >Packages
    """
  let said = try await say("sh", ["-c", script])
  try #require(said.status == 0, "\(said)")
  for node in ["pmm1", "pmm2"] {
    let source = "echo 'deb [trusted=yes] file:/mnt/share/packages ./' >/etc/apt/sources.list.d/tests.list && apt-get -q update"
    let known = try await on(node, source)
    try #require(known.status == 0, "\(known)")
  }
}
