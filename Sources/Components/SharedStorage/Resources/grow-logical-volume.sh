# Grows LOGICAL_VOLUME to EXTENTS and its filesystem FSTYPE with it, while it is mounted at MOUNT_POINT. Never smaller.
# shellcheck shell=sh disable=SC2154
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
fail() {
  echo "$1" >&2
  exit 1
}
# number TOOL [ARGUMENTS]: its answer, where that is a number.
number() {
  number_raw=$(must "$@") || return 1
  number_raw=$(printf '%s' "$number_raw" | tr -d ' ')
  case $number_raw in
  "" | *[!0-9]*)
    echo "$* on $(uname -n) says '$number_raw', which is no number: nothing is decided by it." >&2
    return 1
    ;;
  esac
  printf '%s\n' "$number_raw"
}
vg() { number vgs --noheadings --units b --nosuffix -o "$1" "$VOLUME_GROUP"; }
real=$(must readlink -f -- "$DEVICE") || exit 1
lv=$VOLUME_GROUP/$LOGICAL_VOLUME
path=$(must readlink -f -- "/dev/$lv") || exit 1
tree=$(block_tree "$path") || exit 1
filesystem=$(printf '%s\n' "$tree" | awk -F '"' 'NR == 1 { gsub(/ /, "", $2); print $2 }')
awk -v place="$MOUNT_POINT" -v number="$filesystem" '$5 == place && $3 == number { found = 1 } END { exit !found }' /proc/self/mountinfo ||
  fail "/dev/$lv is not mounted at $MOUNT_POINT on $(uname -n) any more: nothing was changed. Plan again, it grows where it is mounted."
start=$(number pvs --noheadings --units b --nosuffix -o pe_start "$real") || exit 1
all=$(vg vg_extent_count) || exit 1
extent=$(vg vg_extent_size) || exit 1
size=$(number lvs --noheadings --units b --nosuffix -o lv_size "$lv") || exit 1
bytes=$(number blockdev --getsize64 "$real") || exit 1
[ "$extent" -gt 0 ] || fail "vgs on $(uname -n) says that an extent of $VOLUME_GROUP has 0 bytes: nothing was changed. Plan again."
# The disk may have grown; what LVM knows of it grows too, and never shrinks here.
if [ "$bytes" -ge $((start + (all + 1) * extent)) ]; then pvresize --quiet "$real" || fail "pvresize failed on $DEVICE, see above; then apply again."; fi
if [ $((size / extent)) -lt "$EXTENTS" ]; then
  lvextend --quiet -l "$EXTENTS" "$lv" || fail "lvextend failed, see above: /dev/$lv is as it was. Plan again."
fi
case $FSTYPE in
ext4) resize2fs "$path" ;;
xfs) xfs_growfs -d "$MOUNT_POINT" ;;
esac || fail "the volume has grown, its filesystem has not, see above; it works on as it is. Then apply again."
