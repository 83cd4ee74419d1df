import Core
import Testing

@testable import Cluster

/// Every apply of these is killed at every moment, and applied again.
enum Work: String, CaseIterable, Sendable {
  case bareNodes = "on nodes without any packages"
  case debianExample = "on nodes where Debian's example cluster runs"
  case foreignData = "on a disk whose data may go"
  case newTag = "of another PMM"
  case newStickiness = "of another stickiness"
  case newEnvironment = "of other settings of PMM, one of them secret"
  case newTiming = "of another timing"
  case handMade = "on a cluster that somebody built by hand"
  case handMadeWithDataElsewhere = "on one whose data lies on a node's own disk"
  case sbd = "with SBD behind the BMCs, on bare nodes"
  case sbdAdded = "of SBD, on a cluster that runs without"
  case everything = "of all of that at once"
  case firewalls = "on bare nodes with firewalld, of which one lets in something already, and with time servers"
  case nfsShare = "on bare nodes, with an NFS export for the share"
  case nfsCreated = "on bare nodes and a bare NFS server, which gets the share's export"
  case glusterShare = "on bare nodes, with a volume of their own for the share"
  case glusterArbiter = "on bare nodes, with a volume of their own and a third machine's vote"
  case thirdVote = "on bare nodes, with a third machine's vote"
  case thirdVoteAdded = "of a third vote, while PMM runs"
  case thirdVoteRemoved = "without the third vote that there was"
  case logicalVolume = "of a logical volume on bare nodes"
  case volumeForForeignData = "of a logical volume on a disk whose data may go"
  case handMadeGroup = "on a volume group that somebody made by hand"
  case largerVolume = "of a larger volume, while PMM runs"

  private static let withSBD: KeyValuePairs = [
    "      cipher: \"3\"\n\n#": """
          cipher: "3"
      - {node: pmm1, agent: fence_sbd, device: \(SimulatedCluster.sbdDevice)}
      - {node: pmm2, agent: fence_sbd, device: \(SimulatedCluster.sbdDevice)}

    #
    """
  ]

  func scenario() async throws -> Scenario {
    let restart = Consent(disruption: true)
    let blank = Consent(destroy: [Scenario.device])
    func live(_ changes: KeyValuePairs<String, String>, _ consent: Consent = Consent()) async throws -> Scenario {
      Scenario(rawValue, try await Scenario.applied.value, try Scenario.spec(changes), consent)
    }
    switch self {
    case .bareNodes: return Scenario(rawValue, Scenario.bare, try Scenario.spec(), blank)
    case .debianExample: return Scenario(rawValue, Scenario.installed, try Scenario.spec(), blank)
    case .foreignData:
      // As far as nobody minds the disk.
      let blank = try await Scenario(rawValue, Scenario.bare, try Scenario.spec(), blank).apply()
      var cluster = try #require(blank.door.boundaries.last { $0.cluster.filesystemsMade == 0 }).cluster
      cluster.disks = [.init(signatures: [",,,LVM2_member", ",,,gpt"])]
      return Scenario(rawValue, cluster, try Scenario.spec(), Consent(destroy: ["\(Scenario.device)=LVM2_member+gpt"]))
    case .firewalls:
      var cluster = Scenario.bare
      cluster[Scenario.pmm1].firewall = .init(runtime: ["ssh"], permanent: ["ssh"])
      cluster[Scenario.pmm2].firewall = .init(runtime: ["ssh", "high-availability"], permanent: ["ssh", "https"])
      let servers = "# time_servers: [ntp1.example.net, ntp2.example.net]"
      return Scenario(rawValue, cluster, try Scenario.spec([servers: String(servers.dropFirst(2))]), blank)
    case .nfsShare:
      let nfs = "kind: nfs\n  server: nfs1\n  export: /srv/pmm-ha"
      return Scenario(rawValue, Scenario.bare, try Scenario.spec(["kind: directory": nfs]), blank)
    case .glusterShare: return Scenario(rawValue, Scenario.bare, try Scenario.spec(["kind: directory": "kind: glusterfs"]), blank)
    case .nfsCreated, .glusterArbiter:
      let nfs = "kind: nfs\n  server: beside\n  export: /srv/pmm-ha\n  create: {}"
      let kind = self == .nfsCreated ? nfs : "kind: glusterfs\n  arbiter: {host: beside}"
      var cluster = Scenario.bare
      cluster.helpers[try NodeName("beside")] = SimulatedNode(hostName: "beside", address: "198.51.100.30")
      cluster.helpers[try NodeName("beside")]?.firewall = .init()
      return Scenario(rawValue, cluster, try Scenario.spec(["kind: directory": kind]), blank)
    case .handMade, .handMadeWithDataElsewhere:
      let cluster = try await Scenario.handMade(ownData: self == .handMadeWithDataElsewhere)
      return Scenario(rawValue, cluster, try Scenario.spec(), restart)
    case .newTag: return try await live(["tag: 3.9.1": "tag: 3.10.0"], restart)
    case .newStickiness: return try await live(["stickiness: 100": "stickiness: 200"])
    case .newEnvironment:
      return try await live(["PMM_ENABLE_TELEMETRY: \"0\"": "PMM_ENABLE_TELEMETRY: \"1\"\n    GF_TOKEN: {env: GF_TOKEN}"], restart)
    case .newTiming: return try await live(["timing: standard": "timing: fast"])
    case .sbd:
      var cluster = Scenario.bare
      cluster.sbdDisk.signatures = ["ext4"]
      return Scenario(
        rawValue, cluster, try Scenario.spec(Self.withSBD),
        Consent(destroy: [Scenario.device, "\(SimulatedCluster.sbdDevice)=ext4"]))
    case .sbdAdded: return try await live(Self.withSBD, Consent(destroy: [SimulatedCluster.sbdDevice], disruption: true))
    case .thirdVote, .thirdVoteAdded, .thirdVoteRemoved:
      let spec = try Scenario.spec(["# How fast a lost": "quorum: {device: {host: beside}}\n# How fast a lost"])
      var cluster = self == .thirdVoteAdded ? try await Scenario.applied.value : Scenario.bare
      cluster.helpers[try NodeName("beside")] = SimulatedNode(hostName: "beside", address: "198.51.100.30")
      cluster.helpers[try NodeName("beside")]?.firewall = .init()
      if self != .thirdVoteRemoved { return Scenario(rawValue, cluster, spec, blank) }
      return Scenario(rawValue, try await Scenario("", cluster, spec, blank).apply().cluster, try Scenario.spec())
    case .logicalVolume: return Scenario(rawValue, Scenario.bare, try Scenario.volumeSpec(), blank)
    case .volumeForForeignData:
      var cluster = Scenario.installed
      cluster.disks = [.init(signatures: [",,,LVM2_member"])]
      cluster.disks[0].group = .init(name: "billing", systemID: "db7", autoActivation: true, number: 99)
      for node in [Scenario.pmm1, Scenario.pmm2] {
        cluster[node].packages.insert("lvm2")
        cluster[node].files["/etc/lvm/lvmlocal.conf"] = .init(content: "local {\n}\n", mode: 0o644)
      }
      return Scenario(rawValue, cluster, try Scenario.volumeSpec(), Consent(destroy: ["\(Scenario.device)=LVM2_member"]))
    case .handMadeGroup:
      var cluster = Scenario.installed
      cluster.disks = [.init(signatures: [",,,LVM2_member"])]
      cluster.disks[0].group = .init(name: "pmm", systemID: "", autoActivation: true, number: 1)
      let signature = SimulatedCluster.Disk.filesystem("ext4", label: "", uuid: "1")
      cluster.disks[0].group?.volume = .init(name: "srv", extents: 1023, signatures: [signature], filled: 1023)
      for node in [Scenario.pmm1, Scenario.pmm2] {
        cluster[node].packages.insert("lvm2")
        cluster[node].files["/etc/lvm/lvmlocal.conf"] = .init(content: "local {\n}\n", mode: 0o644)
      }
      return Scenario(rawValue, cluster, try Scenario.volumeSpec(["# size: 90%": "size: 100%"]))
    case .largerVolume:
      return Scenario(rawValue, try await Scenario.appliedVolume.value, try Scenario.volumeSpec(["# size: 90%": "size: 95%"]))
    case .everything:
      return try await live(
        [
          "tag: 3.9.1": "tag: 3.10.0", "stickiness: 100": "stickiness: 200", "timing: standard": "timing: fast",
          "# interface: eth0": "interface: ring0", "PMM_ENABLE_TELEMETRY: \"0\"": "PMM_ENABLE_TELEMETRY: \"1\"",
        ], restart)
    }
  }
}

@Suite("Interrupted applies")
struct InterruptionTests {
  /// Also where Pacemaker does nothing before someone waits for it.
  @Test("Killed at every moment and applied again, an apply ends as if nothing had happened", arguments: Work.allCases)
  func everyBoundary(_ work: Work) async throws {
    var scenario = try await work.scenario()
    let plans = Plans()
    let undisturbed = try await scenario.apply(plans: plans)
    let wanted = undisturbed.cluster.outcome
    #expect(undisturbed.cluster.defects == [])
    let asked = undisturbed.shown.neededConsent
    var (seen, ends) = (Set<SimulatedCluster>(), Set<SimulatedCluster>())
    let manners: [(SimulatedDoor.Pace, hesitant: Bool)] = [
      (.abreast, false), (.abreast, true), (.firstNodeAhead, false), (.secondNodeAhead, false),
    ]
    for (pace, hesitant) in manners {
      scenario.cluster.hesitant = hesitant
      let door = try await scenario.apply(pace: pace, plans: plans).door
      #expect(difference(wanted, door.cluster.outcome) == "", "\(pace)")
      for boundary in door.boundaries where pace == .abreast || boundary.isBetweenSteps {
        var state = boundary.cluster
        state.hesitant = state.hesitant && state.isStarted
        guard seen.insert(state).inserted else { continue }
        let place: Comment = "killed \(boundary.place), \(pace), Pacemaker \(hesitant ? "hesitant" : "prompt")"
        let again = try await Result { try await scenario.apply(from: boundary.cluster, run: 2, plans: plans) }
        guard case .success(let again) = again else {
          Issue.record("\(place): \(again)")
          continue
        }
        #expect(again.shown.lacking(asked).isEmpty, place)
        var end = again.cluster
        // Fencing devices are Pacemaker's to start; nobody waits for them.
        #expect(end.running["pmm_server"] != nil, place)
        end.act(waited: true)
        guard ends.insert(end).inserted else { continue }
        #expect(difference(wanted, end.outcome) == "", place)
        #expect(end.defects == [], place)
      }
    }
    #expect(undisturbed.door.boundaries.count > undisturbed.door.performed.count)
  }
}

extension Plan {
  /// The least that the operator must agree to.
  fileprivate var neededConsent: Consent {
    var consent = Consent(disruption: transitionsDisrupt)
    for effect in steps.flatMap(\.effects) {
      switch effect {
      case .disrupts: consent.disruption = true
      case .destroys(let device): consent.destroy.insert(device)
      }
    }
    return consent
  }
}

extension Result where Failure == any Error {
  /// `body`'s value or error. (The standard library's takes no async body.)
  fileprivate init(_ body: () async throws -> Success) async throws {
    do { self = .success(try await body()) } catch { self = .failure(error) }
  }
}
