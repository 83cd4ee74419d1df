# Makes a filesystem FSTYPE (ext4, xfs) labelled LABEL on DEVICE, after a last look: since the plan was made, the disk
# may have got data. ALLOWED: the signatures that may be overwritten, sorted, joined by '+'; empty for a blank disk.
# shellcheck shell=sh disable=SC2154
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
real=$(readlink -f -- "$DEVICE")
if [ ! -b "$real" ]; then
  echo "$DEVICE is not a block device any more: attach the disk to $(uname -n), then apply again." >&2
  exit 1
fi
blockdev --flushbufs "$real"
mounted=$(lsblk -n -r -o MOUNTPOINT -- "$real" | grep . || true)
if [ -n "$mounted" ]; then
  echo "$DEVICE is mounted at $mounted on $(uname -n): nothing was written. Unmount it there if it is the right disk, then apply again." >&2
  exit 1
fi
found=$(wipefs --no-act --parsable -- "$real" | grep -v '^#' | cut -d, -f4 | sort -u | paste -s -d + -)
if [ "$found" != "$ALLOWED" ]; then
  echo "$DEVICE holds '${found:-nothing}' now, and not '${ALLOWED:-nothing}' as when the plan was made: nothing was written. Plan again and look." >&2
  exit 1
fi
if [ -n "$found" ]; then
  # With the partitions' own signatures, which would show up again under a new partition table.
  for part in $(lsblk -n -l -p -o NAME,TYPE -- "$real" | awk '$2 == "part" { print $1 }'); do wipefs -q -a -- "$part"; done
  wipefs -q -a -- "$real"
  blockdev --rereadpt "$real" 2>/dev/null || true
fi
format "$real"
