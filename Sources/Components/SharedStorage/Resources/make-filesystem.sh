# Makes a filesystem FSTYPE (ext4, xfs) labelled LABEL on DEVICE, after a last look: since the plan was made, the disk
# may have got data. ALLOWED: what may be overwritten, in the words of `signatures` (last-looks.sh); empty for a blank disk.
# shellcheck shell=sh disable=SC2154
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
real=$(must readlink -f -- "$DEVICE") || exit 1
if [ ! -b "$real" ]; then
  echo "$DEVICE is not a block device any more: attach the disk to $(uname -n), then apply again." >&2
  exit 1
fi
must blockdev --flushbufs "$real" || exit 1
places=$(mounted "$real") || exit 1
if [ -n "$places" ]; then
  echo "$DEVICE is mounted at $places on $(uname -n): nothing was written. Unmount it there if it is the right disk, then apply again." >&2
  exit 1
fi
found=$(signatures "$real") || exit 1
if [ "$found" != "$ALLOWED" ]; then
  echo "$DEVICE holds '${found:-nothing}' now, and not '${ALLOWED:-nothing}' as when the plan was made: nothing was written. Plan again and look." >&2
  exit 1
fi
if [ -n "$found" ]; then
  erase_signatures "$real" || {
    echo "what is on $DEVICE cannot be taken away, see above: is it writable from $(uname -n)? Then plan again." >&2
    exit 1
  }
fi
format "$real"
