# format DEVICE: makes a filesystem FSTYPE (ext4, xfs) labelled LABEL there. A part of other scripts.
# Quick, whatever the size: no discard of the whole disk, and ext4's tables are zeroed after the first mount.
# shellcheck shell=sh disable=SC2154
format() {
  case $FSTYPE in
  ext4) mkfs.ext4 -q -L "$LABEL" -E nodiscard,lazy_itable_init=1,lazy_journal_init=1 "$1" ;;
  xfs) mkfs.xfs -q -K -L "$LABEL" "$1" ;;
  *)
    echo "no way is known to make a filesystem of type $FSTYPE" >&2
    exit 1
    ;;
  esac || {
    echo "mkfs.$FSTYPE failed on $1: read what it says above; is it writable from $(uname -n)?" >&2
    exit 1
  }
  blockdev --flushbufs "$1"
}
