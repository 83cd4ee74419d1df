#!/bin/sh
# The disk that both nodes see: a sparse file behind a loop device.
#
#   container-disk.sh LAB_DIR
#
# Prints the loop device. It is looked up by its file each time, as loop devices
# do not outlive the machine and their numbers are not ours to choose.
set -eu
# shellcheck source=../../Nodes/Resources/lab-common.sh
. "$(dirname "$0")/lab-common.sh"
read_lab

# Both nodes may come up at once.
exec 8>"$lab_dir/disk.lock"
flock 8
disk=$lab_dir/shared.img
[ -e "$disk" ] || truncate --size "$disk_size" "$disk"
loop=$(losetup --noheadings --output NAME --associated "$disk" | head -n 1)
[ -n "$loop" ] || loop=$(losetup --find --show "$disk")
echo "$loop"
