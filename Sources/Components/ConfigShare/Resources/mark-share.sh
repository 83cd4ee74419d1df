# Makes the directory SHARE where it is not there, and leaves a mark in it by which the other node knows it.
# shellcheck shell=sh disable=SC2154
set -eu
if ! timeout -s KILL 30 mkdir -p -- "$SHARE"; then
  echo "$SHARE cannot be made: is the share mounted, and may root write to it (an NFS server needs no_root_squash for it)?" >&2
  exit 1
fi
mark="$SHARE/.pmm-ha-share"
if [ -s "$mark" ]; then exit 0; fi
if ! { cat /proc/sys/kernel/random/uuid >"$mark.$$" && sync "$mark.$$" && mv "$mark.$$" "$mark"; }; then
  echo "$SHARE cannot be written to: is it mounted read-write, and may root write to it (an NFS server needs no_root_squash for it)?" >&2
  exit 1
fi
