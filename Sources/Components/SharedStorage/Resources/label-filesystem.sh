# Gives the filesystem FSTYPE (ext4, xfs) on DEVICE, which is mounted at MOUNT_POINT, the label LABEL. Its data is not touched.
# shellcheck shell=sh disable=SC2154
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
real=$(readlink -f -- "$DEVICE")
case $FSTYPE in
ext4) e2label "$real" "$LABEL" ;;
# Since Linux 4.18 while it is mounted, and only then from xfs_io.
xfs) xfs_io -c "label -s $LABEL" "$MOUNT_POINT" >/dev/null ;;
*) false ;;
esac || {
  echo "the filesystem on $DEVICE cannot be labelled '$LABEL': read what it says above; is $DEVICE still mounted at $MOUNT_POINT on $(uname -n)?" >&2
  exit 1
}
