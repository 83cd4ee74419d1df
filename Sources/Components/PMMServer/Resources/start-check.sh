#!/bin/sh
# pmm-server.service runs this before PMM's container: refuses where PMM would not write to the shared filesystem, and
# notes with which settings PMM is started, so that a later change is seen to need a restart.
# usage: pmm-start-check MOUNT_POINT DEVICE SETTINGS_FILE...   (DEVICE may be -: any)
set -eu
mount_point=$1
device=$2
shift 2

found=
# The last entry is the one on top.
while read -r _ _ number _ place _; do
  [ "$place" != "$mount_point" ] || found=$number
done </proc/self/mountinfo
if [ -z "$found" ]; then
  echo "nothing is mounted on $mount_point: PMM would write to this node's own disk. Start PMM through Pacemaker, which mounts first." >&2
  exit 1
fi
if [ "$device" != - ]; then
  numbers=$(stat -L -c '%t %T' "$device") || {
    echo "$device, which should be mounted on $mount_point, is not there. Is the disk attached to this node?" >&2
    exit 1
  }
  expected=$((0x${numbers% *})):$((0x${numbers#* }))
  if [ "$found" != "$expected" ]; then
    echo "device $found is mounted on $mount_point, not $device ($expected): unmount it, then let Pacemaker mount the right one." >&2
    exit 1
  fi
fi
umask 077
mkdir -p /run/pmm-ha
sha256sum "$@" >/run/pmm-ha/pmm-server.started
