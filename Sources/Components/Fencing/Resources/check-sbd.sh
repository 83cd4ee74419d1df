# Whether DISK is the disk on which MAKER has just made SBD's slots.
# shellcheck shell=sh disable=SC2154
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
real=$(readlink -f -- "$DISK")
blockdev --flushbufs "$real" 2>/dev/null || true
if ! timeout 20 sbd -d "$real" dump >/dev/null 2>&1; then
  echo "$(uname -n) does not see the slots that $MAKER has made on $DISK: they are different disks. Attach one and the same disk to both nodes, then apply again." >&2
  exit 1
fi
