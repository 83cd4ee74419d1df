import Core
import TestSupport
import Testing

@testable import SharedStorage

/// Real filesystems, as root, on a loop device.
@Suite struct FormatTests {
  @Test("The root of a new filesystem belongs to PMM's user and nothing else is in it", arguments: ["ext4", "xfs"])
  func owner(type: String) throws {
    let disk = try LoopDisk()
    let script = Script(
      "format", PackageResources.format_sh + Array("format \(disk.device)\n".utf8),
      ["FSTYPE": Text(type), "LABEL": "pmm", "OWNER": "1000:0"])
    let made = try shell(script.rendered { _ in "" })
    #expect(made.status == 0 && made.output == "", "\(made.output)")
    let seen = try shell(
      """
      unshare --mount --propagation private sh -c '
        mkdir \(disk.directory)/mounted && mount \(disk.device) \(disk.directory)/mounted || exit
        stat -c "%u:%g %a" \(disk.directory)/mounted && ls -A \(disk.directory)/mounted'
      blkid -p -s TYPE -s LABEL -o value \(disk.device)
      """)
    #expect(seen.output.replacing("lost+found\n", with: "") == "1000:0 755\npmm\n\(type)\n", "\(seen.output)")
  }
}
