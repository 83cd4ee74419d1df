# Grows LOGICAL_VOLUME to EXTENTS and its filesystem FSTYPE with it, while it is mounted at MOUNT_POINT. Never smaller.
# shellcheck shell=sh disable=SC2154
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
fail() {
  echo "$1" >&2
  exit 1
}
real=$(readlink -f -- "$DEVICE")
lv=$VOLUME_GROUP/$LOGICAL_VOLUME
path=$(readlink -f -- "/dev/$lv")
number=$(lsblk -n -d -o MAJ:MIN -- "$path" | tr -d ' ')
awk -v place="$MOUNT_POINT" -v number="$number" '$5 == place && $3 == number { found = 1 } END { exit !found }' /proc/self/mountinfo ||
  fail "/dev/$lv is not mounted at $MOUNT_POINT on $(uname -n) any more: nothing was changed. Plan again, it grows where it is mounted."
vg() { vgs --noheadings --units b --nosuffix -o "$1" "$VOLUME_GROUP" | tr -d ' '; }
# The disk may have grown; what LVM knows of it grows too, and never shrinks here.
wanted=$(($(pvs --noheadings --units b --nosuffix -o pe_start "$real" | tr -d ' ') + ($(vg vg_extent_count) + 1) * $(vg vg_extent_size)))
if [ "$(blockdev --getsize64 "$real")" -ge "$wanted" ]; then pvresize --quiet "$real" || fail "pvresize failed on $DEVICE, see above; then apply again."; fi
now=$(($(lvs --noheadings --units b --nosuffix -o lv_size "$lv" | tr -d ' ') / $(vg vg_extent_size)))
if [ "$now" -lt "$EXTENTS" ]; then
  lvextend --quiet -l "$EXTENTS" "$lv" || fail "lvextend failed, see above: /dev/$lv is as it was. Plan again."
fi
case $FSTYPE in
ext4) resize2fs "$path" ;;
xfs) xfs_growfs -d "$MOUNT_POINT" ;;
esac || fail "the volume has grown, its filesystem has not, see above; it works on as it is. Then apply again."
