import Core

/// What can be done to a cluster, by the words of a drill's file. Some break, some mend, some are an operator's own.
package enum Fault: String, Sendable, Codable, CaseIterable {
  // The lab's: power, cables, BMCs, disk.
  case powerOff = "power-off"
  case powerOn = "power-on"
  case freeze, thaw
  case cut, join
  case part
  case joinParts = "join-parts"
  case worsen
  case mendNetwork = "mend-network"
  case silenceBMC = "silence-bmc"
  case changeBMCPassword = "change-bmc-password"
  case mendBMC = "mend-bmc"
  // Of a lab whose nodes are instances.
  case silenceAPI = "silence-api"
  case hearAPI = "hear-api"
  case slowStop = "slow-stop"
  case usualStop = "usual-stop"
  case stopMetadata = "stop-metadata"
  case startMetadata = "start-metadata"
  // Through ssh, on the node itself.
  case reboot
  case killPMM = "kill-pmm"
  case stopPMM = "stop-pmm"
  case killDatabase = "kill-database"
  case stalePID = "stale-pid"
  case killCorosync = "kill-corosync"
  case killPacemaker = "kill-pacemaker"
  case removeAddress = "remove-address"
  case readOnly = "read-only"
  case fill, unfill
  case loseDevice = "lose-device"
  case findDevice = "find-device"
  case breakDevice = "break-device"
  case mendDevice = "mend-device"
  case loseSlots = "lose-slots"
  case findSlots = "find-slots"
  case hideShare = "hide-share"
  case showShare = "show-share"
  case loseImage = "lose-image"
  case findImage = "find-image"
  case clockJump = "clock-jump"
  case mendClock = "mend-clock"
  // An operator's, through Pacemaker.
  case fence
  case confirm
  case standby, unstandby, move, cleanup
  case update

  /// Needs what only a lab has.
  package var needsLab: Bool {
    switch self {
    case .powerOff, .powerOn, .freeze, .thaw, .cut, .join, .part, .joinParts, .worsen, .mendNetwork, .silenceBMC, .changeBMCPassword,
      .mendBMC:
      true
    // What breaks the data or the disk of someone's PMM, dates its data wrongly, or says that a machine is off.
    case .killDatabase, .stalePID, .readOnly, .fill, .unfill, .loseDevice, .findDevice, .breakDevice, .mendDevice,
      .loseSlots, .findSlots, .loseImage, .findImage, .confirm, .update, .clockJump, .mendClock, .silenceAPI, .hearAPI, .slowStop,
      .usualStop, .stopMetadata, .startMetadata:
      true
    default: false
    }
  }

  /// Why it cannot be done on these grounds, and where it can; nil: it can.
  func refusal(_ ground: Ground) -> String? {
    switch self {
    case .clockJump, .mendClock:
      ground.hasOwnKernels ? nil : "sets a node's clock, and containers have this machine's: run it in \(Ground.virtualMachines)"
    case .breakDevice, .mendDevice:
      ground.hasOwnKernels
        ? nil : "makes a volume return errors by device-mapper, and containers have none: run it in \(Ground.virtualMachines)"
    case .loseSlots, .findSlots:
      ground.hasOwnKernels && ground.hasSlots
        ? nil : "takes SBD's disk away from a node: run it in \(Ground.virtualMachines) with --fencing sbd"
    case .silenceAPI, .hearAPI, .slowStop, .usualStop, .stopMetadata, .startMetadata:
      ground.isCloud ? nil : "breaks what only instances have: run it in a lab of those (pmm-ha lab up --cloud ec2)"
    case .silenceBMC, .changeBMCPassword, .mendBMC:
      ground.isCloud ? "breaks a BMC, and instances have none: run it in a lab of machines (pmm-ha lab up)" : nil
    default: nil
    }
  }

  /// It is done to the cluster, not to a node.
  var isOfCluster: Bool {
    switch self {
    case .part, .joinParts, .cleanup, .update, .move, .silenceAPI, .hearAPI, .slowStop, .usualStop: true
    default: false
    }
  }

  /// What is said when it is done to `node`.
  func told(_ node: String, _ action: Drill.Action) -> String {
    let rings = action.ring.map { "ring \($0)" } ?? "both rings"
    switch self {
    case .powerOff: return "the power of \(node) is cut"
    case .powerOn: return "\(node) gets its power back"
    case .freeze: return "\(node) stands still"
    case .thaw: return "\(node) may go on, if it stands there still"
    case .cut: return "\(node)'s cables of \(rings) are cut"
    case .join: return "\(node)'s cables of \(rings) are put back"
    case .part: return "the nodes hear each other no more; clients hear both"
    case .joinParts: return "the nodes hear each other again"
    case .worsen: return "\(node)'s lines lose \(action.loss ?? 0) % and are \(action.delay ?? 0) ms late"
    case .mendNetwork: return "\(node)'s lines are good again"
    case .silenceBMC: return "the BMC of \(node) answers no more"
    case .changeBMCPassword: return "the BMC of \(node) has another password"
    case .mendBMC: return "the BMC of \(node) is as it was"
    case .silenceAPI: return "the EC2 API answers no more"
    case .hearAPI: return "the EC2 API answers again"
    case .slowStop: return "a stop of an instance takes \(action.seconds ?? Self.usualStopSeconds) s"
    case .usualStop: return "a stop of an instance takes \(Self.usualStopSeconds) s again"
    case .stopMetadata: return "the metadata service of \(node) stands still"
    case .startMetadata: return "the metadata service of \(node) goes on"
    case .reboot: return "\(node) is rebooted in order"
    case .killPMM: return "PMM's container on \(node) is killed (SIGKILL)"
    case .stopPMM: return "PMM on \(node) is alive and does not answer (SIGSTOP)"
    case .killDatabase: return "PostgreSQL inside PMM on \(node) is killed (SIGKILL)"
    case .stalePID: return "PostgreSQL's pid file on \(node) names a number that will be alive in PMM's next container"
    case .killCorosync: return "Corosync on \(node) is killed (SIGKILL)"
    case .killPacemaker: return "pacemakerd on \(node) is killed (SIGKILL)"
    case .removeAddress: return "the virtual IP is removed from \(node) by hand"
    case .readOnly: return "the filesystem on \(node) turns read-only, as after an I/O error"
    case .fill: return "the filesystem on \(node) is full"
    case .unfill: return "there is space again"
    case .loseDevice: return "the shared device is gone on \(node)"
    case .findDevice: return "the shared device is back on \(node)"
    case .breakDevice: return "the shared device returns errors on \(node)"
    case .mendDevice: return "the shared device of \(node) is good again"
    case .loseSlots: return "SBD's disk is gone on \(node)"
    case .findSlots: return "SBD's disk is back on \(node)"
    case .hideShare: return "the config share is gone on \(node)"
    case .showShare: return "the config share is back on \(node)"
    case .loseImage: return "PMM's image is gone on \(node)"
    case .findImage: return "PMM's image is back on \(node)"
    case .clockJump:
      let seconds = action.seconds ?? Self.usualJump
      return "the clock of \(node) jumps \(abs(seconds)) s \(seconds < 0 ? "back" : "ahead")"
    case .mendClock: return "the clock of \(node) is put right"
    case .fence: return "\(node) is fenced on purpose"
    case .confirm: return "an operator confirms that \(node) is off"
    case .standby: return "\(node) is put into standby"
    case .unstandby: return "\(node) is taken out of standby"
    case .move: return "the service is moved"
    case .cleanup: return "failed actions are forgotten"
    case .update: return "PMM is updated"
    }
  }

  private static let usualJump = 3600
  /// A lab's own.
  static let usualStopSeconds = 5

  /// The script that does it on a node; nil where it is not one. `seconds`: by which a clock jumps.
  func script(_ values: FaultValues, seconds: Int? = nil) -> Script? {
    func script(_ name: String, _ body: [UInt8], _ variables: KeyValuePairs<String, Text> = [:]) -> Script {
      Script(name, body, variables)
    }
    let mount: KeyValuePairs<String, Text> = ["MOUNT": Text(values.mountPoint)]
    switch self {
    case .reboot: return script("reboot", PackageResources.fault_reboot_sh)
    case .killPMM: return script("kill-pmm", PackageResources.fault_signal_pmm_sh, ["SIGNAL": "KILL", "UNIT": "pmm-server", "WHO": ""])
    case .stopPMM: return script("stop-pmm", PackageResources.fault_signal_pmm_sh, ["SIGNAL": "STOP", "UNIT": "pmm-server", "WHO": ""])
    case .killDatabase:
      return script("kill-database", PackageResources.fault_signal_pmm_sh, ["SIGNAL": "KILL", "UNIT": "pmm-server", "WHO": "postgres"])
    case .stalePID:
      return script("stale-pid", PackageResources.fault_stale_pid_sh, ["MOUNT": Text(values.mountPoint), "UNIT": "pmm-server"])
    case .killCorosync: return script("kill-corosync", PackageResources.fault_kill_daemon_sh, ["DAEMON": "corosync"])
    case .killPacemaker: return script("kill-pacemaker", PackageResources.fault_kill_daemon_sh, ["DAEMON": "pacemakerd"])
    case .removeAddress: return script("remove-address", PackageResources.fault_remove_address_sh, ["ADDRESS": Text(values.address)])
    case .readOnly: return script("read-only", PackageResources.fault_read_only_sh, mount)
    case .fill: return script("fill", PackageResources.fault_fill_sh, ["MOUNT": Text(values.mountPoint), "UNDO": ""])
    case .unfill: return script("unfill", PackageResources.fault_fill_sh, ["MOUNT": Text(values.mountPoint), "UNDO": "yes"])
    case .loseDevice: return script("lose-device", PackageResources.fault_device_sh, ["DEVICE": Text(values.device), "UNDO": ""])
    case .findDevice: return script("find-device", PackageResources.fault_device_sh, ["DEVICE": Text(values.device), "UNDO": "yes"])
    case .breakDevice:
      return script("break-device", PackageResources.fault_device_errors_sh, ["MOUNT": Text(values.mountPoint), "UNDO": ""])
    case .mendDevice:
      return script("mend-device", PackageResources.fault_device_errors_sh, ["MOUNT": Text(values.mountPoint), "UNDO": "yes"])
    case .loseSlots: return script("lose-slots", PackageResources.fault_slots_sh, ["DISK": Text(values.slots), "UNDO": ""])
    case .findSlots: return script("find-slots", PackageResources.fault_slots_sh, ["DISK": Text(values.slots), "UNDO": "yes"])
    case .hideShare: return script("hide-share", PackageResources.fault_share_sh, ["SHARE": Text(values.share), "UNDO": ""])
    case .showShare: return script("show-share", PackageResources.fault_share_sh, ["SHARE": Text(values.share), "UNDO": "yes"])
    case .loseImage: return script("lose-image", PackageResources.fault_image_sh, ["IMAGE": Text(values.image), "UNDO": ""])
    case .findImage: return script("find-image", PackageResources.fault_image_sh, ["IMAGE": Text(values.image), "UNDO": "yes"])
    case .stopMetadata: return script("stop-metadata", PackageResources.fault_metadata_sh, ["SIGNAL": "STOP"])
    case .startMetadata: return script("start-metadata", PackageResources.fault_metadata_sh, ["SIGNAL": "CONT"])
    case .clockJump:
      return script("clock-jump", PackageResources.fault_clock_sh, ["OFFSET": Text("\(seconds ?? Self.usualJump)"), "UNDO": ""])
    case .mendClock: return script("mend-clock", PackageResources.fault_clock_sh, ["OFFSET": "", "UNDO": "yes"])
    default: return nil
    }
  }
}

/// What the nodes are that a drill would break.
package struct Ground: Sendable {
  package var isLab: Bool
  /// They are no containers.
  package var hasOwnKernels: Bool
  /// They are instances of a lab's EC2 API.
  package var isCloud: Bool
  /// They are fenced by SBD with a disk.
  package var hasSlots: Bool

  package init(isLab: Bool, hasOwnKernels: Bool, isCloud: Bool, hasSlots: Bool = false) {
    self.isLab = isLab
    self.hasOwnKernels = hasOwnKernels
    self.isCloud = isCloud
    self.hasSlots = hasSlots
  }

  static let virtualMachines = "a lab of virtual machines (pmm-ha lab up --driver vm)"
}

/// What of the spec the faults need.
struct FaultValues: Sendable {
  let mountPoint: String
  let device: String
  let address: String
  /// SBD's disk; empty where it fences without one or not at all.
  let slots: String
  let share: String
  let image: String
}
