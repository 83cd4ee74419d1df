import TestSupport

// The scripts of Corosync, the third vote, Pacemaker, PMM's data and of destroy.

/// systemd, of a node where all units are in this state.
private func systemctl(_ state: String) -> String { "case $* in *show*) echo \(state) ;; esac" }

private let example = """
  cat <<'MAP'
  nodelist.node.0.nodeid (u32) = 1
  nodelist.node.0.ring0_addr (str) = 127.0.0.1
  totem.cluster_name (str) = debian
  totem.version (u32) = 2
  MAP
  """

private let crmMon = """
  cat <<'XML'
  <pacemaker-result api-version="2.25">
    <resources>
      <resource id="pmm-server" resource_agent="systemd:pmm-server" role="Started" active="true"/>
    </resources>
    <status code="0" message="OK"/>
  </pacemaker-result>
  XML
  """

private let cib = """
  case $* in *--query*) echo '<cib crm_feature_set="3.16.1" validate-with="pacemaker-3.9" epoch="5" num_updates="0" admin_epoch="0"/>' ;; esac
  """

/// A tool that is noted, and does its work.
private func works(_ tool: String) -> String { "exec /usr/bin/\(tool) \"$@\"" }

/// An answer that is right where a tool prints nothing that counts.
private let prints: [Behaviour] = [.silent, .garbage, .half]

let daemons: [LastLook] = [
  LastLook(
    name: "stop-default where the package's example runs", parts: ["Components/Corosync/Resources/stop-default"], variables: "",
    bodies: ["systemctl": systemctl("active"), "corosync-cmapctl": example], asked: ["systemctl", "corosync-cmapctl"], acts: true),
  LastLook(
    name: "stop-default where a cluster of two nodes is called debian", parts: ["Components/Corosync/Resources/stop-default"],
    variables: "CLUSTER=debian",
    bodies: [
      "systemctl": systemctl("active"),
      "corosync-cmapctl": example.replacing("127.0.0.1", with: "198.51.100.11\nnodelist.node.1.ring0_addr (str) = 198.51.100.12"),
    ], asked: ["systemctl", "corosync-cmapctl"], acts: false),
  LastLook(
    name: "serve-votes where certutil does not find the certificate", parts: ["Components/Quorum/Resources/serve-votes"], variables: "",
    bodies: [
      "systemctl": systemctl("inactive"), "certutil": "echo 'Certificate Nickname   Trust Attributes'; echo 'QNet CA  CT,c,c'",
      "mv": works("mv"), "rm": works("rm"),
    ], files: ["/etc/corosync/qnetd/nssdb/qnetd-cacert.crt": "CA\n", "/etc/corosync/qnetd/nssdb/cert9.db": "other clusters\n"],
    asked: ["certutil"], acts: false),
  LastLook(
    name: "serve-votes where an attempt was interrupted", parts: ["Components/Quorum/Resources/serve-votes"], variables: "",
    bodies: ["systemctl": systemctl("inactive"), "mv": works("mv"), "chgrp": ":", "id": "echo root"],
    files: ["/etc/corosync/qnetd/nssdb/cert9.db": "half\n"], asked: [], acts: true),
  LastLook(
    name: "request-certificate", parts: ["Components/Quorum/Resources/request-certificate"], variables: "AUTHORITY=Q0E=; CLUSTER=pmm-ha",
    bodies: ["mv": works("mv")], files: ["/etc/corosync/qdevice/net/nssdb/cert9.db": "another cluster\n"], asked: [], acts: true),
  LastLook(
    name: "seed-cib where nothing ever ran", parts: ["Components/Pacemaker/Resources/seed-cib"],
    variables: "CIB='<cib/>'; NODES='pmm1 pmm2'",
    usual: ["crm_simulate": .pretends, "crm_verify": .pretends],
    bodies: ["systemctl": systemctl("inactive"), "mv": ":", "install": ":"], asked: ["systemctl", "crm_simulate", "crm_verify"],
    exceptions: ["crm_simulate": prints, "crm_verify": prints], acts: true),
  LastLook(
    name: "seed-cib where a cluster ran", parts: ["Components/Pacemaker/Resources/seed-cib"], variables: "CIB='<cib/>'; NODES='pmm1 pmm2'",
    usual: ["crm_simulate": .pretends, "crm_verify": .pretends],
    bodies: ["systemctl": systemctl("inactive"), "mv": ":", "install": ":"],
    files: ["/var/lib/pacemaker/cib/cib.xml": "<cib crm_feature_set=\"3.16.1\"><primitive id=\"a\"/></cib>\n"],
    asked: ["systemctl"], acts: false),
  LastLook(
    name: "patch-cib", parts: ["Components/Pacemaker/Resources/edit-cib", "Components/Pacemaker/Resources/patch-cib"],
    variables: "CHANGES='delete x'; EPOCH=0.5; WAIT=0", usual: ["crm_simulate": .pretends, "crm_verify": .pretends],
    bodies: ["cibadmin": cib, "crm_diff": "echo '<diff/>'; exit 1"], asked: ["cibadmin", "crm_simulate", "crm_verify"],
    exceptions: ["crm_simulate": prints, "crm_verify": prints], acts: true),
  LastLook(
    name: "patch-cib where the version is another one",
    parts: ["Components/Pacemaker/Resources/edit-cib", "Components/Pacemaker/Resources/patch-cib"],
    variables: "CHANGES='delete x'; EPOCH=0.4; WAIT=0", usual: ["crm_simulate": .pretends, "crm_verify": .pretends],
    bodies: ["cibadmin": cib, "crm_diff": "echo '<diff/>'; exit 1"], asked: ["cibadmin"], acts: false),
  LastLook(
    name: "bring-data where Pacemaker runs PMM", parts: ["Components/PMMServer/Resources/bring-data"],
    variables: "FROM=/srv/from; TO=/srv/to; KEPT=/srv/kept; STOP=1",
    bodies: ["systemctl": systemctl("active"), "crm_mon": crmMon, "cp": works("cp"), "mv": works("mv")],
    files: ["/srv/from/base/1": "data\n", "/srv/to/lost+found/x": "", "/run/mountinfo": "1 1 7:77 / ROOT/srv/to rw - ext4 /dev/sdb rw\n"],
    asked: ["systemctl", "crm_mon"], acts: true),
  LastLook(
    name: "remove-remains", parts: ["Cluster/Resources/remove-remains"], variables: "FILES=/etc/pmm-ha\n",
    bodies: ["systemctl": systemctl("inactive"), "rm": works("rm")], files: ["/etc/pmm-ha/pmm.env": "A=1\n"], asked: ["systemctl"],
    acts: true),
  LastLook(
    name: "remove-remains where Pacemaker runs again", parts: ["Cluster/Resources/remove-remains"], variables: "FILES=/etc/pmm-ha\n",
    bodies: ["systemctl": systemctl("active"), "rm": works("rm")], files: ["/etc/pmm-ha/pmm.env": "A=1\n"], asked: ["systemctl"],
    acts: false),
]

/// The copy has as many files as the original, and another content.
let badCopy = LastLook(
  name: "bring-data where the copy is another one", parts: ["Components/PMMServer/Resources/bring-data"],
  variables: "FROM=/srv/from; TO=/srv/to; KEPT=/srv/kept; STOP=1",
  // The same number of files, and another content.
  bodies: ["systemctl": systemctl("inactive"), "cp": "mkdir -p \"$4\"base; echo DATA >\"$4\"base/1", "mv": works("mv")],
  files: ["/srv/from/base/1": "data\n", "/srv/to/lost+found/x": "", "/run/mountinfo": "1 1 7:77 / ROOT/srv/to rw - ext4 /dev/sdb rw\n"],
  asked: [], acts: true)
