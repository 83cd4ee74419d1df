import Core
import Foundation
import Testing

@testable import SharedStorage

let disk = "/dev/disk/by-id/virtio-pmm"
let volume = try! LVMSpec(disk: disk, mountPoint: "/srv/pmm")
let whole = try! LVMSpec(disk: disk, size: .percent(100), mountPoint: "/srv/pmm")

/// What the probe printed on both nodes with lvm2 2.03.16 and such a disk of 1 GiB. Where no device-mapper is, no volume is
/// active; `vm-` fixtures are of nodes with their own kernels.
func lvmSeen(_ name: String, _ node: NodeName) throws -> StorageFacts {
  let path = try #require(Bundle.module.path(forResource: "Fixtures/lvm2-2.03.16-\(name)-\(node)", ofType: "txt"))
  return try StorageFacts(Answer(String(contentsOfFile: path, encoding: .utf8)))
}

/// Both nodes' facts, each changed.
func lvmBoth(_ name: String, _ change: (inout StorageFacts) -> Void = { _ in }) throws -> [NodeName: StorageFacts] {
  var result: [NodeName: StorageFacts] = [:]
  for node in [pmm1, pmm2] {
    var facts = try lvmSeen(name, node)
    change(&facts)
    result[node] = facts
  }
  return result
}

/// The rest as after an apply: names, order, mount point.
func settled(_ facts: inout StorageFacts) {
  facts.lvm?.isOrdered = true
  facts.mountPoint = .directory(mode: "0", entries: 0)
}

extension LVMSpec {
  func plan(_ facts: [NodeName: StorageFacts], consent: Consent = Consent()) -> Proposal {
    SharedStorageSpec.lvm(self).proposal(facts, consent: consent)
  }
}

extension StorageFacts {
  /// Active on this node, with such a content.
  mutating func activate(_ signatures: [Signature] = [.init(type: "ext4", uuid: "u", label: "pmm")], mountedAt place: String? = nil) {
    let size = lvm?.volumes.first { $0.name == "srv" }?.size ?? 0
    var seen = disk
    seen.real = "/dev/dm-0"
    seen.size = size
    seen.signatures = signatures
    seen.mounts = place.map { [$0] } ?? []
    seen.users = []
    seen.number = "253:0"
    seen.filesystemSize = size
    disk.users = [.init(name: "pmm-srv", type: "lvm", mount: place ?? "")]
    lvm?.volume = .disk(seen)
    if let place { mountPoint = place == "/srv/pmm" ? .mounted(source: "/dev/mapper/pmm-srv") : mountPoint }
  }

  var group: LVMFacts.Group {
    get { lvm!.physicalVolumes[0].group! }
    set { lvm!.physicalVolumes[0].group = newValue }
  }
}

extension Proposal {
  var titles: [String] { steps.map { "\($0.node) \($0.stage) \($0.what)" } }
  func script(_ name: String) throws -> Script {
    for step in steps { if case .run(let script) = step.action, script.name == name { return script } }
    throw Unexpected()
  }
}
