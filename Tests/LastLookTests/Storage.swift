// The scripts of the shared disk and of SBD's disk.

private let filesystem = ["Components/SharedStorage/Resources/format", "Components/SharedStorage/Resources/make-filesystem"]
private let volume = ["Components/SharedStorage/Resources/format", "Components/SharedStorage/Resources/make-logical-volume"]
private let ext4 = "/usr/sbin/mkfs.ext4 -q -L other $DEVICE"
private let disk = "DEVICE=DEVICE_PATH; FSTYPE=ext4; LABEL=pmm; OWNER=0:0"
private let tools = ["readlink", "lsblk", "wipefs"]
private let volumeVariables =
  "\(disk); VOLUME_GROUP=pmm-ha-test; LOGICAL_VOLUME=srv; SIZE=90%; PENDING=pmm-ha.no-filesystem; SYSTEM_ID=pmm1; PROVEN_BY="

/// LVM's tools, of a node pmm1 and a group with one volume that has a filesystem and no tag. (The functions of the script that
/// ask them say which field.)
private let lvm: [String: String] = [
  "lvm": "echo '  system ID: pmm1'", "pvs": "case $* in *pe_start*) echo ' 1048576' ;; *) echo '  Ab12/pmm-ha-test' ;; esac",
  "vgs":
    "case $* in *lv_count*) echo ' 1' ;; *vg_uuid*) echo ' Cd34' ;; *systemid*) echo ' pmm1' ;; *extent_size*) echo ' 4194304' ;; *) echo ' 1000' ;; esac",
  "lvs": "case $* in *lv_size*) echo ' 41943040' ;; *) echo '  srv/' ;; esac",
]

let storage: [LastLook] = [
  LastLook(
    name: "make-filesystem on a blank disk", parts: filesystem, variables: "\(disk); ALLOWED=", disk: "true",
    asked: tools + ["od", "blockdev"],
    // It prints nothing of a blank disk, and `blockdev --flushbufs` prints nothing at all.
    exceptions: ["wipefs": [.silent, .half], "blockdev": [.silent, .half, .garbage]], acts: true),
  LastLook(
    name: "make-filesystem on a disk that has got data since the plan", parts: filesystem, variables: "\(disk); ALLOWED=", disk: ext4,
    asked: tools + ["od", "blockdev"], acts: false),
  LastLook(
    name: "make-filesystem on a disk that was seen with other data", parts: filesystem, variables: "\(disk); ALLOWED=xfs", disk: ext4,
    asked: tools + ["od"], acts: false),
  LastLook(
    name: "make-filesystem on raw data", parts: filesystem, variables: "\(disk); ALLOWED=",
    disk: "printf 'raw data' | dd of=$DEVICE bs=1 seek=70000 conv=notrunc status=none", asked: tools + ["od"], acts: false),
  LastLook(
    name: "make-filesystem on SBD's slots", parts: filesystem, variables: "\(disk); ALLOWED=",
    disk: "printf SBD_SBD_ | dd of=$DEVICE conv=notrunc status=none", asked: tools + ["od"], acts: false),
  LastLook(
    name: "make-logical-volume on a blank disk", parts: volume, variables: "\(volumeVariables); FROM=disk:", disk: "true", bodies: lvm,
    asked: tools + ["od", "lvm"], exceptions: ["wipefs": [.silent, .half]], acts: true),
  LastLook(
    name: "make-logical-volume on a disk that has got data since the plan", parts: volume, variables: "\(volumeVariables); FROM=disk:",
    disk: ext4, bodies: lvm, asked: tools + ["od", "lvm"], acts: false),
  LastLook(
    name: "make-logical-volume on a volume without a filesystem that it has not made", parts: volume,
    variables: "\(volumeVariables); FROM=lv:Cd34",
    disk:
      "printf LABELONE | dd of=$DEVICE bs=512 seek=1 conv=notrunc status=none; rm -rf /dev/pmm-ha-test; mkdir /dev/pmm-ha-test; ln -s $DEVICE /dev/pmm-ha-test/srv",
    bodies: lvm.merging(
      ["wipefs": "case $* in */srv) ;; *) echo '0x218,u,,LVM2_member' ;; esac"], uniquingKeysWith: { $1 }),
    asked: ["pvs", "vgs", "lvs", "wipefs", "lsblk", "blkid", "od"], acts: false),
  LastLook(
    name: "label-filesystem where it is mounted", parts: ["Components/SharedStorage/Resources/label-filesystem"],
    variables: "\(disk); MOUNT_POINT=/srv/pmm", disk: ext4,
    usual: ["lsblk": .answers("MAJ:MIN=\"7:77\" NAME=\"/dev/loop77\" TYPE=\"loop\" MOUNTPOINT=\"/srv/pmm\"")],
    files: ["/run/mountinfo": "1 1 7:77 / ROOT/srv/pmm rw - ext4 /dev/loop77 rw\n"], asked: tools, acts: true),
  LastLook(
    name: "grow-logical-volume", parts: ["Components/SharedStorage/Resources/grow-logical-volume"],
    variables: "\(volumeVariables); MOUNT_POINT=/srv/pmm; EXTENTS=900", disk: "true",
    usual: ["lsblk": .answers("MAJ:MIN=\"7:77\" NAME=\"/dev/loop77\" TYPE=\"lvm\" MOUNTPOINT=\"/srv/pmm\"")], bodies: lvm,
    files: ["/run/mountinfo": "1 1 7:77 / ROOT/srv/pmm rw - ext4 /dev/loop77 rw\n"],
    asked: ["readlink", "lsblk", "pvs", "vgs", "lvs", "blockdev"],
    // Half of a number is a number; half of a path is a path, that lsblk is asked of next.
    exceptions: ["readlink": [.silent, .garbage, .half], "pvs": [.half], "vgs": [.half], "lvs": [.half], "blockdev": [.half]], acts: true),
]

let fencing: [LastLook] = [
  LastLook(
    name: "create-sbd on a blank disk", parts: ["Components/Fencing/Resources/create-sbd"],
    variables: "DISK=DEVICE_PATH; WATCHDOG=10; MESSAGE_WAIT=20; ALLOWED=", disk: "true", asked: tools + ["od"],
    exceptions: ["wipefs": [.silent, .half]], acts: true),
  LastLook(
    name: "create-sbd on a disk that has got data since the plan", parts: ["Components/Fencing/Resources/create-sbd"],
    variables: "DISK=DEVICE_PATH; WATCHDOG=10; MESSAGE_WAIT=20; ALLOWED=", disk: ext4, asked: tools + ["od", "sbd", "blockdev"], acts: false
  ),
]
