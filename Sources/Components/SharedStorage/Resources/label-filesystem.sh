# Gives the filesystem FSTYPE (ext4, xfs) on DEVICE, which is mounted at MOUNT_POINT, the label LABEL. Its data is not touched.
# shellcheck shell=sh disable=SC2154
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
real=$(must readlink -f -- "$DEVICE") || exit 1
tree=$(block_tree "$real") || exit 1
filesystem=$(printf '%s\n' "$tree" | awk -F '"' 'NR == 1 { gsub(/ /, "", $2); print $2 }')
awk -v place="$MOUNT_POINT" -v number="$filesystem" '$5 == place && $3 == number { found = 1 } END { exit !found }' /proc/self/mountinfo || {
  echo "$DEVICE is not mounted at $MOUNT_POINT on $(uname -n) any more: nothing was changed. Plan again." >&2
  exit 1
}
found=$(content "$real") || exit 1
[ "$found" = "$FSTYPE" ] || {
  echo "$DEVICE holds '${found:-nothing}' on $(uname -n) now, and not '$FSTYPE' as when the plan was made: nothing was changed. Plan again and look." >&2
  exit 1
}
case $FSTYPE in
ext4) e2label "$real" "$LABEL" ;;
# Since Linux 4.18 while it is mounted, and only then from xfs_io.
xfs) xfs_io -c "label -s $LABEL" "$MOUNT_POINT" >/dev/null ;;
*) false ;;
esac || {
  echo "the filesystem on $DEVICE cannot be labelled '$LABEL': read what it says above; is $DEVICE still mounted at $MOUNT_POINT on $(uname -n)?" >&2
  exit 1
}
