import Core
import Foundation
import Testing

@testable import SharedStorage

@Suite struct SpecTests {
  @Test("The section of a spec is read, and written back the same")
  func codable() throws {
    let text = #"{"kind":"filesystem","device":"\#(device)","filesystem":"xfs","mount_point":"/srv/pmm","options":"noatime,nodev"}"#
    let spec = try JSONDecoder().decode(SharedStorageSpec.self, from: Data(text.utf8))
    #expect(
      spec == .filesystem(try FilesystemSpec(device: device, filesystem: .xfs, mountPoint: "/srv/pmm", options: "noatime,nodev")))
    #expect(try JSONDecoder().decode(SharedStorageSpec.self, from: JSONEncoder().encode(spec)) == spec)
  }

  @Test(
    "Devices, mount points and options that cannot be are refused",
    arguments: [
      ("sdb", "/srv/pmm", "", "device"), ("/dev/../etc", "/srv/pmm", "", "device"), ("/dev/sdb", "srv", "", "mount_point"),
      ("/dev/sdb", "/", "", "mount_point"), ("/dev/sdb", "/srv/pmm/", "", "mount_point"), ("/dev/sdb", "/srv/my pmm", "", "mount_point"),
      ("/dev/sdb", "/srv/pmm", "noatime, nodev", "options"),
    ])
  func invalid(device: String, mountPoint: String, options: String, key: String) {
    let error = #expect(throws: InvalidStorage.self) { try FilesystemSpec(device: device, mountPoint: mountPoint, options: options) }
    #expect(error?.key == key)
  }
}
