#!/bin/sh
# Takes a lab away, whatever is left of it: processes, network, loop device, files.
#
#   lab-down.sh LAB_DIR
#
# Safe at any moment and any number of times. Only what carries this lab's name
# or lies in its directory is touched.
set -eu
# shellcheck source=lab-common.sh
. "$(dirname "$0")/lab-common.sh"

# Connections that ssh keeps open for later.
for socket in "$lab_dir"/ssh/*; do
	[ ! -S "$socket" ] || ssh -o "ControlPath=$socket" -O exit lab 2>/dev/null || true
done
kill_cgroup "$lab_cgroup" || {
	echo "lab $lab_name: some process did not die within 5 s; try again" >&2
	exit 1
}
ip netns delete "$netns" 2>/dev/null || rm -f "/run/netns/$netns"

# Unmounting is the kernel's work once the last process is dead; a mount of ours
# that shows here was made by hand. The device lets go when nothing uses it.
awk -v p="$lab_dir/" 'index($5, p) == 1 { print $5 }' /proc/self/mountinfo | sort -r |
	while read -r mounted; do umount -l "$mounted" || true; done
losetup --noheadings --output NAME --associated "$lab_dir/shared.img" 2>/dev/null |
	while read -r loop; do losetup --detach "$loop" || true; done

rm -rf --one-file-system "$lab_dir"
