import FoundationEssentials
import Testing

/// The third machine's disk: LIO, as `targetcli` makes it.
enum SCSITarget {
  private static let name = "iqn.2026-11.net.example:pmm"

  /// New machines, the third of which gives a disk out.
  static func give(_ location: SourceLocation = #_sourceLocation) async throws {
    let up = try await lab("up", "--driver", "vm", "--third")
    #expect(up.status == 0, "\(up)", sourceLocation: location)
    let target = try await on("third", make)
    #expect(target.status == 0, "\(target)", sourceLocation: location)
  }

  private static let make = """
    set -e
    modprobe iscsi_target_mod; modprobe target_core_file
    truncate -s 4G /srv/lun.img
    targetcli /backstores/fileio create pmm /srv/lun.img write_back=false
    targetcli /iscsi create \(name)
    targetcli /iscsi/\(name)/tpg1/luns create /backstores/fileio/pmm
    for node in pmm1 pmm2; do targetcli /iscsi/\(name)/tpg1/acls create \(name)-$node; done
    targetcli saveconfig
    """

  /// From a node, on the first ring, or by a path on each. Of two, one that is lost is given up after seconds, not minutes.
  static func logIn(paths: Int = 1) -> String {
    """
    set -e
    echo "InitiatorName=\(name)-$(hostname)" >/etc/iscsi/initiatorname.iscsi
    systemctl enable --quiet --now iscsid open-iscsi
    for portal in \(["198.51.100.13", "198.51.101.13"].prefix(paths).joined(separator: " ")); do
      iscsiadm --mode discovery --type sendtargets --portal $portal
    done
    iscsiadm --mode node --op update --name node.startup --value automatic
    [ \(paths) = 1 ] || iscsiadm --mode node --op update --name node.session.timeo.replacement_timeout --value 5
    iscsiadm --mode node --login
    udevadm settle
    """
  }

  /// The name by which both nodes know it, made of its serial number.
  static func device() async throws -> String {
    let look = "ls /dev/disk/by-id/ | grep '^scsi-36001405' | grep -v part"
    let (one, other) = (try await on("pmm1", look).output, try await on("pmm2", look).output)
    try #require(one == other && !one.isEmpty, "\(one) and \(other)")
    return "/dev/disk/by-id/" + one.filter { $0 != "\n" }
  }

  /// The lab's own, with this disk, this share, and the disk's reservations behind the BMCs.
  static func writeSpec(_ device: String) async throws {
    var lines = try await lab("spec").output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    for (index, line) in lines.enumerated() {
      if line.hasPrefix("shared_storage:") {
        lines[index] = "shared_storage: {kind: lvm, device: \(device), filesystem: ext4, mount_point: /srv/pmm}"
      } else if line.hasPrefix("config_share:") {
        let ssh = "{user: root, host: third, config: \(VMLab.directory)/ssh_config}"
        lines[index] = "config_share: {kind: nfs, path: /mnt/config, server: 198.51.100.13, export: /srv/pmm-ha, create: {ssh: \(ssh)}}"
      } else if line.contains("agent: fence_ipmilan") {
        lines[index] = line + "\n    level: 1"
      } else if line.hasPrefix("timing:") {
        let more = ["pmm1", "pmm2"].map { "  - {node: \($0), agent: fence_scsi, device: \(device), level: 2}" }
        lines[index] = more.joined(separator: "\n") + "\n" + line
      }
    }
    try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: VMLab.spec))
  }
}
