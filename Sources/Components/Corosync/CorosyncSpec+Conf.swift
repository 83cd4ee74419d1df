import Core

extension CorosyncSpec {
  /// corosync.conf(5) as it shall stand on both nodes.
  package var conf: CorosyncConf {
    var totem = CorosyncConf.Section("totem")
    totem.values = [
      ("version", "2"),
      ("cluster_name", clusterName),
      ("transport", "knet"),
      // Encryption needs a hash as well; sha256 is the least that no policy forbids.
      ("crypto_cipher", "aes256"),
      ("crypto_hash", "sha256"),
      ("token", "\(timing.token)"),
      ("consensus", "\(timing.consensus)"),
      // One link carries the traffic, the other takes over: `active` would send everything twice.
      ("link_mode", "passive"),
    ].map(CorosyncConf.Value.init)
    for link in 0..<(nodes.first?.addresses.count ?? 0) {
      var interface = CorosyncConf.Section("interface")
      // Explicit, for the defaults follow token: a lost link is noticed after a quarter of the token (with a short one after
      // 250 ms, for less is a pause of a busy machine), early enough for the other link to carry the token
      // before it counts as lost. Four pings a timeout, so that one lost packet does not take a link down.
      let timeout = max(timing.token / 4, 250)
      interface.values = [
        ("linknumber", "\(link)"),
        // Higher is preferred: the second link is the clients' network's reserve.
        ("knet_link_priority", "\(link == 0 ? 2 : 1)"),
        ("knet_ping_interval", "\(timeout / 4)"),
        ("knet_ping_timeout", "\(timeout)"),
        ("knet_pong_count", "2"),
      ].map(CorosyncConf.Value.init)
      totem.sections.append(interface)
    }
    var nodelist = CorosyncConf.Section("nodelist")
    nodelist.sections = nodes.map { node in
      var section = CorosyncConf.Section("node")
      section.values = node.addresses.enumerated().map { .init("ring\($0.offset)_addr", $0.element) }
      section.values += [.init("name", node.name.description), .init("nodeid", "\(node.id)")]
      return section
    }
    var quorum = CorosyncConf.Section("quorum")
    quorum.values = [.init("provider", "corosync_votequorum")]
    if let device {
      // Three votes, two are a quorum: two_node and wait_for_all have no place there (votequorum(5)).
      quorum.sections = [device.section(timing)]
    } else {
      quorum.values += [
        ("two_node", "1"),
        // Follows from two_node; explicit, because it is what keeps a node that boots alone from starting the service.
        ("wait_for_all", "1"),
      ].map(CorosyncConf.Value.init)
    }
    var logging = CorosyncConf.Section("logging")
    logging.values = [
      ("to_logfile", "yes"),
      ("logfile", "/var/log/corosync/corosync.log"),
      ("to_syslog", "yes"),
      ("timestamp", "hires"),
    ].map(CorosyncConf.Value.init)
    return CorosyncConf(sections: [totem, nodelist, quorum, logging])
  }
}

extension CorosyncSpec.Device {
  /// `quorum.device`.
  func section(_ timing: Timing) -> CorosyncConf.Section {
    var net = CorosyncConf.Section("net")
    net.values = [("host", host), ("algorithm", "ffsplit"), ("tls", "required")].map(CorosyncConf.Value.init)
    // Asked when the membership changes only; the half where it succeeds gets the vote. It must be quick, for the
    // vote waits; corosync-qdevice allows it a second at least.
    var heuristics = CorosyncConf.Section("heuristics")
    heuristics.values = [("mode", "sync"), ("timeout", "\(max(1000, timing.voteTimeout / 2))"), ("exec_active", activeTest)].map(
      CorosyncConf.Value.init)
    var section = CorosyncConf.Section("device")
    section.values = [
      ("model", "net"), ("votes", "1"), ("timeout", "\(timing.voteTimeout)"), ("sync_timeout", "\(timing.voteTimeout * 3)"),
    ].map(CorosyncConf.Value.init)
    section.sections = [net, heuristics]
    return section
  }
}

extension Timing {
  /// Milliseconds. A node that is silent for so long has lost corosync-qnetd's attention, and only then the other one can
  /// get the vote: not longer than Corosync itself takes to notice, not shorter than the second that qnetd allows.
  var voteTimeout: Int { max(1250, token) }
}
