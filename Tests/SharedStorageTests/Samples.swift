import Core
import Foundation
import Testing

@testable import SharedStorage

let pmm1 = try! NodeName("pmm1")
let pmm2 = try! NodeName("pmm2")
let device = "/dev/disk/by-id/virtio-pmm"
let filesystem = try! FilesystemSpec(device: device, mountPoint: "/srv/pmm")
let spec = SharedStorageSpec.filesystem(filesystem)

/// What the probe printed on a node with util-linux 2.38.1 and such a disk.
func seen(_ name: String, _ change: (inout StorageFacts) -> Void = { _ in }) throws -> StorageFacts {
  let path = try #require(Bundle.module.path(forResource: "Fixtures/util-linux-2.38.1-\(name)", ofType: "txt"))
  var facts = try StorageFacts(Answer(String(contentsOfFile: path, encoding: .utf8)))
  change(&facts)
  return facts
}

func plan(_ first: StorageFacts, _ second: StorageFacts, consent: Consent = Consent()) -> Proposal {
  spec.proposal([pmm1: first, pmm2: second], consent: consent)
}

extension StorageFacts {
  /// The disk, to be changed.
  var disk: Disk {
    get { if case .disk(let disk) = device { disk } else { fatalError("no disk") } }
    set { device = .disk(newValue) }
  }
}

extension Proposal {
  var blocking: [String] { findings.filter { $0.severity == .blocking }.map { "\($0.place): \($0.message)" } }
}
