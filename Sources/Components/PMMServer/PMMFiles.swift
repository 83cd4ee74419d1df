import Core

/// Where PMM Server's files lie on a node.
enum PMMPath {
  static let agent = "/usr/lib/ocf/resource.d/pmm-ha/pmm-server"
  static let startCheck = "/usr/lib/pmm-ha/pmm-start-check"
  static let unit = "/etc/systemd/system/pmm-server.service"
  /// The node's own copies of the share's two files: PMM must start at a failover even when the share is down.
  static let settings = "/etc/pmm-ha/pmm/env"
  static let environment = "/etc/pmm-ha/pmm/pmm-server.env"
  /// The password of PMM's user admin that was set last.
  static let password = "/etc/pmm-ha/pmm/admin-password"
  /// Written by `provide-image.sh`.
  static let imageNote = "/var/lib/pmm-ha/pmm-image"
}

/// PMM Server with what the rest of the spec says about its place: Cluster fills it.
package struct PMMServer: Sendable, Equatable {
  package let spec: PMMSpec
  /// In the order of the spec.
  package let nodes: [NodeName]
  /// The shared filesystem's mount point, bound to the container's /srv.
  package let mountPoint: String
  /// The block device that must be mounted there; nil where it is not one.
  package let device: String?
  /// The config share's directory.
  package let share: String
  package let timing: Timing
  /// `HOST` or `HOST:PORT` by which clients and links reach PMM; nil leaves PMM without one.
  package let publicAddress: String?

  package init(
    _ spec: PMMSpec, nodes: [NodeName], mountPoint: String, device: String?, share: String, timing: Timing, publicAddress: String? = nil
  ) {
    self.spec = spec
    self.nodes = nodes
    self.mountPoint = mountPoint
    self.device = device
    self.share = share
    self.timing = timing
    self.publicAddress = publicAddress
  }

  /// The name of the container and of its unit.
  static let name = "pmm-server"

  var sharedSettings: String { "\(share)/env" }
  var sharedEnvironment: String { "\(share)/pmm-server.env" }

  /// What is installed as `PMMPath.startCheck`.
  static let startCheck = PackageResources.data_owner_sh + PackageResources.certificate_sh + PackageResources.start_check_sh

  /// The `env` file: what the unit and the agent read.
  var settings: String {
    """
    # Written by pmm-ha from its spec: change the spec and run 'pmm-ha apply'.
    PMM_IMAGE=\(spec.image)
    \(spec.tag.map { "PMM_TAG=\($0)\n" } ?? "")\
    PMM_READINESS_URL=https://127.0.0.1:\(spec.port)\(spec.major.readinessPath)

    """ + certificateSettings
  }

  /// What the start check copies to where PMM reads it.
  private var certificateSettings: String {
    guard let tls = spec.tls else { return "" }
    return "PMM_TLS_CERTIFICATE=\(tls.certificate)\nPMM_TLS_KEY=\(tls.key)\n" + (tls.ca.map { "PMM_TLS_CA=\($0)\n" } ?? "")
  }

  /// The `pmm-server.env` file: podman's --env-file, so without quotes.
  var environment: Text {
    var text: Text = "# Passed to PMM's container. Written by pmm-ha from its spec: change the spec and run 'pmm-ha apply'.\n"
    for (name, value) in ownEnvironment { text = "\(text)\(name)=\(value)\n" }
    for (name, value) in spec.environment.sorted(by: { $0.key < $1.key }) {
      switch value {
      case .plain(let plain): text = "\(text)\(name)=\(plain)\n"
      case .secret: text = "\(text)\(name)=\(PMMSpec.secret(name))\n"
      }
    }
    return text
  }

  /// 0600 where it holds a secret.
  var environmentMode: UInt16 { environment.secrets.isEmpty ? 0o644 : 0o600 }

  /// The systemd unit: the runbook's, with its defects mended. `selinux`: the node has it.
  func unit(selinux: Bool) -> String {
    let mount = mountPoint.replacing("%", with: "%%")
    // The agent stops it without regard to this order; Pacemaker's own systemd class would wait for itself.
    let order = spec.resource == .ocf ? "\nBefore=pacemaker.service" : ""
    let relabel = selinux ? ",relabel=shared" : ""
    let key = spec.encryptionKey.map { $0.replacing("%", with: "%%") }.map { " --mount=type=bind,src=\($0),dst=\($0),ro\(relabel)" } ?? ""
    // PMM 2 starts as root and gives its parts to users of their own, for which it needs capabilities.
    let rights = spec.major == .two ? "" : " --cap-drop=all --security-opt=no-new-privileges"
    return """
      # Written by pmm-ha from its spec: change the spec and run 'pmm-ha apply'.
      [Unit]
      Description=Percona PMM Server, started and stopped by Pacemaker
      Documentation=https://docs.percona.com/percona-monitoring-and-management/
      # With nothing mounted PMM would begin anew on the node's own disk.
      AssertPathIsMountPoint=\(mount)
      # At a shutdown Pacemaker stops PMM and unmounts; systemd does neither before.
      After=\(escapedPath(mountPoint)).mount network.target nss-lookup.target time-sync.target\(order)
      # How often to try is Pacemaker's decision.
      StartLimitIntervalSec=0

      [Service]
      Type=notify
      NotifyAccess=all
      KillMode=mixed
      Restart=no
      EnvironmentFile=\(PMMPath.settings)
      ExecStartPre=\(PMMPath.startCheck) \(mount) \(device?.replacing("%", with: "%%") ?? "-") \(spec.major.owner) \(PMMPath.settings) \(PMMPath.environment) \(PMMPath.unit)
      # In the unit's own control group: in a scope beside it systemd would end the container before Pacemaker does.
      ExecStart=/usr/bin/podman run --detach --rm --replace --name=%N --pull=never --sdnotify=conmon --cgroups=disabled --log-driver=journald\(rights) --ulimit=host --publish=\(spec.port):\(spec.major.containerPort)/tcp --mount=type=bind,src=\(mount),dst=/srv\(relabel)\(key) --env-file=\(PMMPath.environment) --health-cmd=none ${PMM_IMAGE}\(spec.isByDigest ? "" : ":${PMM_TAG}")
      ExecStop=/usr/bin/podman stop --ignore --time=\(spec.stopGrace) %N
      SuccessExitStatus=143
      TimeoutStartSec=120
      TimeoutStopSec=\(spec.stopGrace + 15)
      # podman's own words on success; its errors and PMM's output go to the journal.
      StandardOutput=null
      StandardError=journal
      LimitNOFILE=1048576
      TasksMax=infinity

      """
  }
}
