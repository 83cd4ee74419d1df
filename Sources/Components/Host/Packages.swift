/// Packages by the two families of distributions, in the order in which they are asked for.
package struct Packages: Sendable, Equatable {
  /// Debian's and Ubuntu's names.
  package var debian: [String]
  /// Names of CentOS Stream, RHEL and their like; a path means whichever package holds that file.
  package var enterprise: [String]

  package init(debian: [String] = [], enterprise: [String] = []) {
    self.debian = debian
    self.enterprise = enterprise
  }

  /// Both lists, each name once.
  package static func + (left: Packages, right: Packages) -> Packages {
    Packages(
      debian: left.debian + right.debian.filter { !left.debian.contains($0) },
      enterprise: left.enterprise + right.enterprise.filter { !left.enterprise.contains($0) })
  }

  /// What every node needs: the cluster, its agents and their tools, podman.
  ///
  /// Debian's list names what is only recommended there and needed here (netavark and iptables for published ports,
  /// arping for the virtual IP, psmisc for the Filesystem agent), because recommended packages are not installed.
  /// curl is a path on the other family: its minimal variant is as good, and conflicts with the full one.
  package static let base = Packages(
    debian: [
      "pacemaker", "pacemaker-cli-utils", "corosync", "pcs", "resource-agents", "fence-agents", "podman", "crun", "netavark", "iptables",
      "curl", "ca-certificates", "iproute2", "iputils-arping", "psmisc", "procps", "e2fsprogs",
    ],
    enterprise: [
      "pacemaker", "corosync", "pcs", "resource-agents", "fence-agents-common", "podman", "/usr/bin/curl", "iproute", "iputils", "psmisc",
      "procps-ng", "e2fsprogs",
    ])

  /// For a shared filesystem of type xfs.
  package static let xfs = Packages(debian: ["xfsprogs"], enterprise: ["xfsprogs"])

  /// To mount an export.
  package static let nfsClient = Packages(debian: ["nfs-common"], enterprise: ["nfs-utils"])

  /// To export.
  package static let nfsServer = Packages(debian: ["nfs-kernel-server"], enterprise: ["nfs-utils"])

  /// To hold a copy of a volume. CentOS Stream and its like have it in the repository of the Storage SIG
  /// (centos-release-gluster11), RHEL itself has not.
  package static let glusterfs = Packages(debian: ["glusterfs-server"], enterprise: ["glusterfs-server"])

  /// To mount a volume.
  package static let glusterfsClient = Packages(debian: ["glusterfs-client"], enterprise: ["glusterfs-fuse"])

  /// To be asked by, and to give, a third vote. (certutil comes with each.)
  package static let quorumDevice = Packages(debian: ["corosync-qdevice"], enterprise: ["corosync-qdevice"])
  package static let quorumVoter = Packages(debian: ["corosync-qnetd"], enterprise: ["corosync-qnetd"])

  /// For Amazon EC2: the AWS CLI and the agents that call it, and Python's library that fence_aws calls the API by.
  package static let ec2 = Packages(
    debian: ["awscli", "python3-boto3"], enterprise: ["awscli2", "resource-agents-cloud", "python3-boto3"])

  /// dig, without which aws-vpc-route53 does nothing.
  package static let nameQueries = Packages(debian: ["bind9-dnsutils"], enterprise: ["bind-utils"])

  /// For a logical volume on the shared disk.
  package static let lvm = Packages(debian: ["lvm2"], enterprise: ["lvm2"])

  /// Where no time service runs. Not part of `base`: it would displace another one that does.
  static let chrony = Packages(debian: ["chrony"], enterprise: ["chrony"])

  /// A fence agent and the tools that it calls. Debian has all agents in one package; elsewhere each has its own.
  package static func fenceAgent(_ agent: String) -> Packages {
    let suffix = (agent.hasPrefix("fence_") ? String(agent.dropFirst(6)) : agent).replacing("_", with: "-")
    return switch agent {
    case "fence_ipmilan", "fence_ipmilanplus", "fence_idrac", "fence_ilo3", "fence_ilo4", "fence_ilo5", "fence_imm":
      Packages(debian: ["ipmitool"], enterprise: ["fence-agents-ipmilan", "ipmitool"])
    case "fence_ilo", "fence_ilo2": Packages(enterprise: ["fence-agents-ilo2"])
    case "fence_tripplite_snmp": Packages(debian: ["snmp"], enterprise: ["fence-agents-apc-snmp"])
    case "fence_evacuate": Packages(enterprise: ["fence-agents-compute"])
    case "fence_zvmip": Packages(enterprise: ["fence-agents-zvm"])
    case "fence_virt", "fence_xvm": Packages(debian: ["fence-virt"], enterprise: ["fence-virt"])
    case "fence_sbd": Packages(debian: ["sbd"], enterprise: ["fence-agents-sbd", "sbd"])
    case "fence_watchdog": Packages(debian: ["sbd"], enterprise: ["sbd"])
    case "fence_scsi", "fence_mpath": Packages(debian: ["sg3-utils"], enterprise: ["fence-agents-\(suffix)"])
    case _ where agent.hasSuffix("_ssh"):
      Packages(debian: ["openssh-client"], enterprise: ["fence-agents-ilo-ssh"])
    case _ where agent.hasSuffix("_snmp"):
      Packages(debian: ["snmp"], enterprise: ["fence-agents-\(suffix)"])
    default: Packages(enterprise: ["fence-agents-\(suffix)"])
    }
  }
}
