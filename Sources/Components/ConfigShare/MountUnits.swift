import Core

/// The systemd units that mount the share on one node.
struct MountUnits: Equatable {
  let path: String
  /// `Type=`, and what the kernel may call it once mounted.
  let type: String
  let kernelTypes: Set<String>
  let source: String
  let options: [(String, why: String)]
  /// A unit of the node's own that it needs.
  let needs: String?

  /// The units' name without its ending.
  var name: String { escapedPath(path) }
  var mountFile: String { "/etc/systemd/system/\(name).mount" }
  var automountFile: String { "/etc/systemd/system/\(name).automount" }

  static func == (left: MountUnits, right: MountUnits) -> Bool { left.mount == right.mount && left.automount == right.automount }

  /// Nothing at boot, in PMM's unit or in Pacemaker waits for this mount: what PMM is started with lies on the node too.
  var mount: String {
    """
    # Written by pmm-ha from its spec: change the spec and run 'pmm-ha apply'.
    [Unit]
    Description=PMM's settings, shared by the nodes
    \(needs.map { "Wants=\($0)\nAfter=\($0)\n" } ?? "")
    [Mount]
    What=\(source)
    Where=\(path)
    Type=\(type)
    \(options.map { "# \($0.0): \($0.why)" }.joined(separator: "\n"))
    Options=\(options.map(\.0).joined(separator: ","))
    # A mount that is not there after this is given up; whoever waits for it gets an error.
    TimeoutSec=10
    # A server that is gone must not hold up a shutdown: the mount leaves the tree at once, whoever still uses it.
    LazyUnmount=yes
    ForceUnmount=\(type == "nfs" ? "yes" : "no")

    [Install]
    WantedBy=multi-user.target

    """
  }

  /// Mounts at the first look and tries again at the next one: a plain mount unit that failed at boot, because the server
  /// was down, stays failed until somebody comes.
  var automount: String {
    """
    # Written by pmm-ha from its spec: change the spec and run 'pmm-ha apply'.
    [Unit]
    Description=PMM's settings, mounted when somebody looks

    [Automount]
    Where=\(path)

    [Install]
    WantedBy=multi-user.target

    """
  }
}

extension NFSShare {
  var units: MountUnits {
    MountUnits(
      path: path, type: "nfs", kernelTypes: ["nfs", "nfs4"], source: source,
      options: [
        ("vers=\(version.rawValue)", "the protocol's version is not left to what the two agree on"),
        ("soft", "an unanswered request fails; the default (hard) waits for ever, and a process that waits so cannot be ended"),
        ("timeo=30", "tenths of a second until a request is sent again: 3 s, each time 3 s longer (nfs(5))"),
        ("retrans=2", "so often; then the request has failed"),
        ("retry=0", "a mount that finds no server fails at once, not after two minutes"),
        ("lookupcache=positive", "a file that was not there a moment ago is looked for again: the other node may have made it"),
        ("nosuid", "settings only: no program of the share gets rights"),
        ("nodev", "and no device"),
        ("noexec", "and none runs"),
        ("nofail", "the boot goes on without it"),
      ], needs: nil)
  }
}

extension GlusterShare {
  /// On a node with `others`, the volume's other servers.
  func units(others: [String]) -> MountUnits {
    MountUnits(
      path: path, type: "glusterfs", kernelTypes: ["fuse.glusterfs"], source: "localhost:/\(volume)",
      options: [
        ("backup-volfile-servers=\(others.joined(separator: ":"))", "who else tells what the volume is made of"),
        ("log-level=WARNING", "the client's log stays short"),
        ("nosuid", "settings only: no program of the share gets rights"),
        ("nodev", "and no device"),
        ("noexec", "and none runs"),
        ("nofail", "the boot goes on without it"),
      ], needs: "glusterd.service")
  }
}
