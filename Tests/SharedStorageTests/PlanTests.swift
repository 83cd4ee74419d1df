import Core
import Pacemaker
import Testing

@testable import SharedStorage

@Suite struct PlanTests {
  @Test("A blank disk gets its filesystem from one node, and the other proves that it sees it before the cluster starts")
  func blank() throws {
    let plan = plan(try seen("blank"), try seen("blank"))
    #expect(plan.findings == [])
    #expect(
      plan.steps.map { "\($0.node) \($0.stage) \($0.what)" } == [
        "pmm1 files Make the mount point /srv/pmm", "pmm2 files Make the mount point /srv/pmm",
        "pmm1 storage Make an ext4 filesystem on \(device)", "pmm2 proof Check that \(device) is pmm1's disk",
      ])
    #expect(plan.steps[2].effects == [.destroys(device: device)])
    guard case .run(let make) = plan.steps[2].action, case .run(let check) = plan.steps[3].action else { throw Unexpected() }
    #expect(make.variables.map { "\($0.name)=\($0.value)" } == ["DEVICE=\(device)", "FSTYPE=ext4", "LABEL=pmm", "ALLOWED=", "OWNER=0:0"])
    #expect(check["MAKER"] == "pmm1")
  }

  @Test("Made once, nothing is left to do: mounted on the active node, or on none")
  func silent() throws {
    let passive: (inout StorageFacts) -> Void = { $0.mountPoint = .directory(mode: "0", entries: 0) }
    let idle = try seen("ext4-pmm", passive)
    #expect(plan(idle, idle) == Proposal())
    #expect(
      plan(
        try seen("ext4-pmm-mounted"),
        try seen("ext4-pmm-mounted") {
          $0.disk.mounts = []
          passive(&$0)
        }) == Proposal())
  }

  @Test("A mount point that others could fill is closed")
  func mountPoint() throws {
    let open = try seen("ext4-pmm") { $0.mountPoint = .directory(mode: "755", entries: 2) }
    let plan = plan(open, try seen("ext4-pmm") { $0.mountPoint = .directory(mode: "0", entries: 0) })
    #expect(plan.steps.map(\.id) == ["pmm1/SharedStorage/Make the mount point /srv/pmm"])
    #expect(plan.findings.map(\.severity) == [.warning])
    #expect(plan.findings[0].message == "/srv/pmm holds 2 files while nothing is mounted there: the mount will hide them")
  }

  @Test("Data without a signature goes only with a consent that names it, not with one for a blank disk or for other data")
  func unknownData() throws {
    let disk = try seen("unknown-data")
    for consent in [Consent(), Consent(destroy: [device]), Consent(destroy: ["\(device)=gpt"])] {
      let refused = plan(disk, disk, consent: consent)
      #expect(refused.blocking == ["\(device): it holds foreign data: data of a kind that no tool knows"])
      #expect(refused.findings.last?.hint.contains("--allow-destroy \(device)=unknown-data") == true && refused.steps == [])
    }
    let agreed = plan(disk, disk, consent: Consent(destroy: ["\(device)=unknown-data"]))
    #expect(agreed.steps.first { $0.stage == .storage }?.effects == [.destroys(device: "\(device)=unknown-data")])
  }

  @Test("What stands on the partitions goes with the disk: it is told, and consent must name it")
  func partitions() throws {
    let disk = try seen("gpt") {
      $0.disk.partitions = [.init(path: "/dev/sdb1", types: ["ext4"]), .init(path: "/dev/sdb2", types: [])]
    }
    let refused = plan(disk, disk, consent: Consent(destroy: ["\(device)=PMBR+gpt"]))
    #expect(refused.blocking == ["\(device): it holds foreign data: gpt, PMBR, with the partitions sdb1 (ext4), sdb2 (blank)"])
    #expect(plan(disk, disk, consent: Consent(destroy: ["\(device)=PMBR+ext4+gpt"])).blocking == [])
  }

  @Test("A disk that cannot be read is not blank: no step makes anything on it, whatever the consent")
  func unreadable() throws {
    let good = try seen("blank")
    let bad = try seen("blank") { $0.disk.unreadable = Unknown("od /dev/loop0", "read error: Input/output error") }
    let refused = plan(good, bad, consent: Consent(destroy: [device, "\(device)=unknown-data"]))
    #expect(
      refused.blocking == [
        "pmm2: what is on \(device) cannot be read (od /dev/loop0: read error: Input/output error), so it does not count as blank"
      ])
    #expect(refused.steps == [])
  }

  @Test(
    "Foreign data is refused by name, unless the consent names the device and what is on it",
    arguments: [("lvm", "LVM2_member"), ("gpt", "PMBR+gpt"), ("xfs-pmm", "xfs"), ("ext4-unlabelled", "ext4")])
  func foreign(name: String, types: String) throws {
    let disk = try seen(name)
    for consent in [Consent(), Consent(destroy: [device]), Consent(destroy: ["\(device)=swap"])] {
      let refused = plan(disk, disk, consent: consent)
      #expect(refused.blocking.count == 1)
      #expect(refused.findings[0].hint.contains("--allow-destroy \(device)=\(types)"))
      #expect(refused.steps == [])
    }
    let agreed = plan(disk, disk, consent: Consent(destroy: ["\(device)=\(types)"]))
    #expect(agreed.findings == [])
    let make = try #require(agreed.steps.first { $0.stage == .storage })
    #expect(make.effects == [.destroys(device: "\(device)=\(types)")])
    guard case .run(let script) = make.action else { throw Unexpected() }
    #expect(script["ALLOWED"] == types)
  }

  @Test("A filesystem that is mounted where PMM's data belongs is taken as it is")
  func adopted() throws {
    let unlabelled: (inout StorageFacts) -> Void = { $0.disk.signatures[0].label = "" }
    let active = try seen("ext4-pmm-mounted", unlabelled)
    let passive = try seen("ext4-pmm-mounted") {
      unlabelled(&$0)
      $0.disk.mounts = []
      $0.mountPoint = .directory(mode: "0", entries: 0)
    }
    for consent in [Consent(), Consent(destroy: ["\(device)=ext4"])] {
      let proposal = plan(active, passive, consent: consent)
      #expect(proposal.findings.isEmpty)
      #expect(proposal.steps.map(\.what) == ["Label the filesystem on \(device) 'pmm'"], "never made anew while mounted")
      #expect(proposal.steps[0].effects.isEmpty)
    }
  }

  @Test("The Filesystem resource mounts the spec's device at the spec's mount point")
  func fragment() {
    let primitive = spec.fragment(.fast).group[0]
    #expect(primitive.id == "pmm_fs")
    #expect(primitive.agent.description == "ocf:heartbeat:Filesystem")
    #expect(
      primitive.parameters.map { "\($0.name)=\($0.value)" } == [
        "device=\(device)", "directory=/srv/pmm", "fstype=ext4", "options=noatime", "fast_stop=no", "force_unmount=safe",
      ])
    #expect(primitive.operations.map { "\($0.name) \($0.interval) \($0.timeout)" } == ["start 0 60", "stop 0 60", "monitor 10 40"])
  }
}

struct Unexpected: Error {}
