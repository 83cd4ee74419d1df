# format DEVICE: makes a filesystem FSTYPE (ext4, xfs) labelled LABEL there, whose root directory belongs to OWNER
# (UID:GID) with mode 0755. A part of other scripts.
# Quick, whatever the size: no discard of the whole disk, and ext4's tables are zeroed after the first mount.
# shellcheck shell=sh disable=SC2154
format() {
  case $FSTYPE in
  ext4) mkfs.ext4 -q -L "$LABEL" -E "nodiscard,lazy_itable_init=1,lazy_journal_init=1,root_owner=$OWNER" "$1" ;;
  xfs)
    # A prototype file (mkfs.xfs(8)): boot image, blocks and inodes (unused), then the root directory and nothing in it.
    prototype=$(mktemp) && printf '/dev/null\n0 0\nd--755 %s %s\n$\n' "${OWNER%:*}" "${OWNER#*:}" >"$prototype" &&
      mkfs.xfs -q -K -L "$LABEL" -p "$prototype" "$1"
    made=$?
    rm -f "$prototype"
    [ "$made" = 0 ]
    ;;
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
