import Core
import Corosync
import Pacemaker

/// Two nodes and what they share, as one value: every state between two effects of any script can be kept, and
/// started from again. What the real scripts do is told here in short; the scripts themselves are tested beside their
/// components and on real nodes.
struct SimulatedCluster: Hashable, Sendable {
  var nodes: [NodeName: SimulatedNode]
  /// Machines beside them.
  var helpers: [NodeName: SimulatedNode] = [:]
  /// One, unless the nodes have different disks under one name.
  var disks: [Disk] = [Disk()]
  var sbdDisk = SBDDisk()
  /// What stands in the config share's directory; nil where it is not there. One, unless each node has its own.
  var shares: [[String: File]?] = [nil]
  let sharePath: String
  let mountPoint: String
  /// The share's server does not answer.
  var shareDown = false
  /// The GlusterFS volume that the share is, as far as it is made; nil where there is none.
  var volume: Volume?
  /// What the registry gives for an image's name.
  var registry: [String: String] = [:]
  /// The image that a node gets instead: a tag is published anew between two downloads.
  var registryOf: [NodeName: String] = [:]
  /// What each fencing device's own password is.
  var devicePasswords: [String: String] = [:]
  /// What Pacemaker runs.
  var running: [String: Active] = [:]
  /// Pacemaker does nothing until someone waits for it: it may be slower than the next apply.
  var hesitant = false
  /// The service may stop: the operator has agreed.
  var mayDisrupt = false
  /// What must never happen, and did.
  var alarms: [String] = []
  /// PMM's data is in the shared filesystem.
  var sharedData = true
  /// How often a filesystem was made.
  var filesystemsMade = 0
  var groupsMade = 0

  struct Disk: Hashable, Sendable {
    var size = 4_294_967_296
    var signatures: [String] = []
    var group: Group?
    /// What the nodes write on it to prove that it is one disk.
    var mark: Mark?
    enum Mark: Hashable, Sendable { case written, answered }
    /// Offset, UUID, label, type, as wipefs(8) prints them.
    static func filesystem(_ type: String, label: String, uuid: String) -> String { "0x438,\(uuid),\(label),\(type)" }
    var types: [String] { Set(signatures.compactMap { $0.split(separator: ",").last.map(String.init) }).sorted() }
  }

  struct Volume: Hashable, Sendable {
    var started = false
    var options: [String: String] = [:]
    var bricks: [String] = []
    var peers: Set<String> = []
  }

  struct File: Hashable, Sendable {
    var content: String
    var mode: UInt16
  }

  /// A resource that runs.
  struct Active: Hashable, Sendable {
    var node: NodeName
    var parameters: [String: String]
  }

  init(sharePath: String, mountPoint: String, nodes: [NodeName: SimulatedNode]) {
    self.sharePath = sharePath
    self.mountPoint = mountPoint
    self.nodes = nodes
  }

  var names: [NodeName] { nodes.keys.sorted() }

  subscript(_ node: NodeName) -> SimulatedNode {
    get { nodes[node] ?? helpers[node]! }
    set { if nodes[node] != nil { nodes[node] = newValue } else { helpers[node] = newValue } }
  }

  /// The file at a path as this node sees it, on the share or its own disk.
  subscript(_ node: NodeName, _ path: String) -> File? {
    get { path.hasPrefix(sharePath + "/") ? shares[self[node].share]?[path] : self[node].files[path] }
    set {
      if path.hasPrefix(sharePath + "/") {
        if self[node].files.keys.contains(where: { $0.hasSuffix(".mount") }), self[node].shareMount == nil {
          alarms.append("\(path) is written to the own disk of \(node)")
        }
        let place = self[node].share
        shares[place] = shares[place] ?? [:]
        shares[place]?[path] = newValue
      } else {
        self[node].files[path] = newValue
        self[node].makeDirectory(above: path)
        let names = path.split(separator: "/")
        if names.starts(with: ["etc", "pmm-ha", "fencing"]) { nodes[node]?.staleTests.insert(String(names[3].split(separator: ".")[0])) }
      }
    }
  }

  func disk(_ node: NodeName) -> Disk { disks[self[node].disk] }

  /// Where the shared disk is mounted.
  func mounts(_ node: NodeName) -> Bool { running["pmm_fs"]?.node == node }
}

/// One node: what its probes look at.
struct SimulatedNode: Hashable, Sendable {
  typealias File = SimulatedCluster.File
  var disk = 0
  var share = 0
  /// What is mounted at the share's path by a unit of ours.
  var shareMount: String?
  /// Whom its NFS server lets in.
  var exported: [String] = []
  var packages: Set<String> = ["iproute2"]
  /// What the guard against starting services notes: `yes` where corosync is new here; nil where there is none.
  var guardNote: String?
  /// What firewalld lets in, now and after a reboot; nil where it does not run.
  var firewall: Firewall?
  var hostName: String
  var address: String
  /// Seconds by which its clock is wrong.
  var clockError = 0.0
  var os = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\nVERSION_ID=\"12\""
  var pacemakerVersion = "2.1.5"
  var featureSet = "3.16.1"
  var files: [String: File] = ["/etc/hosts": File(content: "127.0.0.1 localhost\n127.0.1.1 pmm1\n", mode: 0o644)]
  var directories: [String: UInt16] = [:]
  /// Fencing devices whose password or script was written since their last test.
  var staleTests: Set<String> = []
  var units: [String: Unit] = [:]
  /// The watchdog's driver, in its own words; nil: none.
  var watchdog: String? = "iTCO_wdt"
  /// The settings that sbd was started with.
  var sbd: String?
  /// Octal; nil where it is not there.
  var mountPointMode: String?
  var images: [String: String] = [:]
  /// The account's password; nil: none.
  var hacluster: String?
  /// Tokens by host that pcs here shows, and those that pcsd here takes.
  var knownHosts: [String: String] = [:]
  var accepted: [String] = []
  /// What Corosync was started with (or has read since).
  var corosync: Corosync?
  var cib: XMLNode?
  var pmm: PMM?
  /// The unit's text that systemd has read.
  var loadedUnit: String?
  /// Its own disk holds PMM's data, where a unit made by hand looks for it.
  var ownData = false
  var portTakenBy: String?
  /// The hardware address of someone else who has the virtual IP.
  var stranger: String?

  struct Firewall: Hashable, Sendable {
    var runtime: Set<String> = []
    var permanent: Set<String> = []
  }

  struct Unit: Hashable, Sendable {
    var active = false
    var enabled = false
  }

  struct Corosync: Hashable, Sendable {
    /// The file that it read; of it, the cluster's name and its nodes'.
    private(set) var conf: String
    private(set) var cluster = ""
    private(set) var members: [String] = []
    var key: String
    /// It has been in a membership with all nodes: only then wait_for_all lets it act.
    var sawAll = false

    init(conf: String, key: String) {
      (self.conf, self.key) = (conf, key)
      read(conf)
    }

    mutating func read(_ conf: String) {
      self.conf = conf
      guard let parsed = try? CorosyncConf(parsing: conf) else { return }
      (cluster, members) = (parsed.clusterName ?? "", parsed.nodeNames)
    }
  }

  struct PMM: Hashable, Sendable {
    var image: String
    var id: String
    /// The files that it was started with.
    var settings: [String?]
  }

  init(hostName: String, address: String) {
    self.hostName = hostName
    self.address = address
  }

  func has(_ package: String) -> Bool { packages.contains(package) }

  var runsPacemaker: Bool { units["pacemaker.service"]?.active == true }

  /// mkdir -p with write-file.sh's umask.
  mutating func makeDirectory(above path: String) {
    for directory in ["/etc/pmm-ha", "/usr/lib/pmm-ha", "/var/lib/pmm-ha"] where path.hasPrefix(directory + "/") {
      if directories[directory] == nil { directories[directory] = 0o755 }
    }
  }

  static let settingsPaths = ["/etc/pmm-ha/pmm/env", "/etc/pmm-ha/pmm/pmm-server.env", "/etc/systemd/system/pmm-server.service"]
  var settings: [String?] { Self.settingsPaths.map { files[$0]?.content } }
}
