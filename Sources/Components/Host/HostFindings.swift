import Core

extension HostSpec {
  /// What is wrong on one node by itself.
  func findings(_ node: NodeName, _ fact: HostFacts) -> [Finding] {
    let place = node.description
    guard fact.user == 0 else {
      return [
        Finding(
          .blocking, at: place, "commands run as user id \(fact.user), not as root",
          hint: "log in as root (ssh.user), or let that user run 'sudo -n sh' without a password")
      ]
    }
    var findings: [Finding] = []
    func add(_ severity: Finding.Severity, _ message: String, _ hint: String) {
      findings.append(Finding(severity, at: place, message, hint: hint))
    }
    if fact.os.family == nil {
      add(
        .blocking, "\(fact.os.name.isEmpty ? "this system" : fact.os.name) is not supported",
        "use Debian 12, Ubuntu 24.04, CentOS Stream 9, RHEL 9, Rocky Linux 9, AlmaLinux 9 or a later one")
    } else if let oldest = fact.os.tooOld {
      add(.blocking, "\(fact.os.name) is too old: its podman or its Pacemaker lacks what is needed", "use \(oldest) or later")
    }
    if !fact.systemd { add(.blocking, "systemd does not run this node", "boot it with systemd: Pacemaker and the PMM unit need it") }
    if fact.hostName != place, fact.units["corosync.service"]?.active == "active" {
      add(
        .blocking, "its host name is \(fact.hostName), and a cluster runs on it: renaming it now would make Pacemaker see another node",
        "name the node \(fact.hostName) in the spec; or stop the cluster there (pcs cluster stop), then apply")
    }
    if fact.units["firewalld.service"]?.active == "active", fact.firewall == nil, !firewall.isEmpty {
      add(
        .warning, "firewalld runs and does not say what it lets in: the nodes may not hear each other",
        "see 'firewall-cmd --state' on the node; it must let in \(Set(firewall.joined()).sorted().map(\.description).joined(separator: ", "))"
      )
    }
    if !usesSBD, fact.units["sbd.service"]?.active == "active" {
      add(
        .warning, "sbd runs here, and the spec has no device for it: it can reset this node, and nobody fences by it",
        "list it under fencing (agent: fence_sbd), or end it: systemctl disable sbd, then restart the cluster on the node")
    }
    if fact.selinux == .permissive {
      add(.note, "SELinux is permissive: what it would refuse is only written down", "see 'ausearch -m avc' before setting it to enforcing")
    }
    findings += preflight(node, fact)
    findings += timeFindings(node, fact)
    if fact.hosts.content?.contains("'manage_etc_hosts' as True") == true {
      add(
        .warning, "cloud-init writes /etc/hosts anew at every boot, without the nodes' names",
        "set 'manage_etc_hosts: false' in /etc/cloud/cloud.cfg")
    }
    if let container = fact.container {
      add(.note, "it is a container (\(container)): its clock is its host's, and no time service is set up", "keep the host's clock right")
    } else if let offset = fact.clockOffset, abs(offset) > 0.5 {
      add(
        .warning, "its clock is \(abs(offset)) s \(offset < 0 ? "behind" : "ahead of") its time servers",
        "chrony corrects it slowly; at once, while the cluster is stopped: chronyc makestep")
    } else if let service = fact.timeService, fact.synchronised == false {
      add(
        .warning, "\(service) runs, but the clock is not synchronised",
        "see 'chronyc sources' on the node: are its time servers reachable?")
    }
    return findings
  }

  /// Where the nodes do not go together.
  func differences(_ facts: [NodeName: HostFacts], clockUncertainty: Double) -> [Finding] {
    let known = nodes.compactMap { node in facts[node.name].map { (name: node.name, fact: $0) } }.filter { $0.fact.user == 0 }
    guard let first = known.first else { return [] }
    var findings: [Finding] = []
    for other in known.dropFirst() {
      let place = "\(first.name), \(other.name)"
      let (a, b) = (first.fact, other.fact)
      if let left = a.os.family, let right = b.os.family, left != right {
        findings.append(
          Finding(
            .blocking, at: place, "\(a.os.name) on one, \(b.os.name) on the other: packages and paths differ",
            hint: "give both nodes the same distribution"))
      } else if (a.os.id, a.os.version) != (b.os.id, b.os.version) {
        // Two releases bring two Pacemakers. Where both are there already, they are compared below; where one is yet to be
        // installed, it would be seen only when the cluster of both has been started.
        let unseen = (a.os.id, a.os.major) != (b.os.id, b.os.major) && (a.pacemaker == nil || b.pacemaker == nil)
        findings.append(
          Finding(
            unseen ? .blocking : .warning, at: place, "\(a.os.name) on one, \(b.os.name) on the other",
            hint: "bring both nodes to the same release"))
      }
      if let left = a.pacemaker, let right = b.pacemaker, left != right {
        findings.append(
          Finding(
            left.featureSet == right.featureSet ? .warning : .blocking, at: place,
            "Pacemaker \(left.version) (feature set \(left.featureSet)) on one, \(right.version) (feature set \(right.featureSet)) on the other",
            hint: "bring both nodes to the same Pacemaker; a node with the older one cannot join a cluster that the newer one runs"))
      }
      if let left = a.selinux, let right = b.selinux, left != right {
        findings.append(
          Finding(
            .warning, at: place,
            "SELinux is \(left.rawValue) on one and \(right.rawValue) on the other: a failover may meet what the start did not",
            hint: "set both to enforcing (setenforce 1, and SELINUX=enforcing in /etc/selinux/config)"))
      }
      findings += clocks(place, a.clock - b.clock, uncertainty: clockUncertainty)
    }
    return findings
  }

  /// Up to half a second apart is ordinary; beyond a minute, certificates, logs and Pacemaker's own times are wrong.
  private func clocks(_ place: String, _ difference: Double, uncertainty: Double) -> [Finding] {
    let apart = abs(difference) - uncertainty
    guard apart > 0.5 else { return [] }
    let seconds = (abs(difference) * 10).rounded() / 10
    return [
      Finding(
        apart > 60 ? .blocking : .warning, at: place, "their clocks are about \(seconds) s apart",
        hint: "let the same time servers set both clocks: see 'chronyc sources' and 'timedatectl' on the nodes")
    ]
  }
}
