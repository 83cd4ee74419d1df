# Lets LVM on this node look at DEVICE, where it looks at the disks of its devices file only.
# By lvm(8) itself: Debian has the command and not its name in /usr/sbin.
# shellcheck shell=sh disable=SC2154
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
real=$(readlink -f -- "$DEVICE")
lvm lvmdevices --yes --adddev "$real" || {
  echo "lvmdevices could not add $DEVICE on $(uname -n), see above: is it one path of a multipath disk, or excluded by a filter? Then apply again." >&2
  exit 1
}
