# Makes the logical volume LOGICAL_VOLUME of SIZE (a percentage of the volume group, or bytes) on the disk DEVICE with
# a filesystem FSTYPE labelled LABEL: the physical volume, the volume group VOLUME_GROUP, the volume, the filesystem;
# what is there already stays. Killed at any moment, it goes on with what is left when it is run again.
#
# FROM is what the plan saw, and what must still be so: "disk:TYPES" (signatures that may be overwritten, sorted, joined
# by '+', none for a blank disk), "pv" (a physical volume of no group), "vg:UUID" (our group, no volume), "lv:UUID" (our
# group and volume, no filesystem). PENDING is the volume's tag until it has its filesystem. SYSTEM_ID: what LVM must
# call this node. PROVEN_BY: the node that must answer a mark on the disk before anything else is written to it.
# shellcheck shell=sh disable=SC2154
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
node=$(uname -n)
fail() {
  echo "$1" >&2
  exit 1
}

real=$(readlink -f -- "$DEVICE")
[ -b "$real" ] || fail "$DEVICE is not a block device any more: attach the disk to $node, then apply again."
id=$(lvm systemid 2>/dev/null | sed -n 's/^ *system ID: *//p')
[ "$id" = "$SYSTEM_ID" ] ||
  fail "LVM on $node has the system id '$id', not '$SYSTEM_ID': nothing was written. See system_id_source in /etc/lvm/lvmlocal.conf and lvm.conf, and 'lvm systemid'; then apply again."
blockdev --flushbufs "$real"

# pv FIELD / vg FIELD / lv FIELD: what LVM says; nothing where there is none.
pv() { pvs --foreign --nohints --noheadings -o "$1" "$real" 2>/dev/null | tr -d ' '; }
vg() { vgs --foreign --nohints --noheadings --units b --nosuffix -o "$1" "$VOLUME_GROUP" 2>/dev/null | tr -d ' '; }
lv() { lvs --foreign --nohints --noheadings -o "$1" "$VOLUME_GROUP/$LOGICAL_VOLUME" 2>/dev/null | tr -d ' '; }
types() { wipefs --no-act --parsable -- "$1" | grep -v '^#' | cut -d, -f4 | sort -u | paste -s -d + -; }

# What is so now, in the words of FROM.
state() {
  if [ "$found" != LVM2_member ]; then
    echo "disk:$found"
  elif [ -z "$(pv vg_name)" ]; then
    echo pv
  elif [ "$(pv vg_name)" != "$VOLUME_GROUP" ]; then
    echo "a physical volume of the volume group $(pv vg_name)"
  elif [ -z "$(lv lv_name)" ]; then
    echo "vg:$(pv vg_uuid)"
  else
    echo "lv:$(pv vg_uuid)"
  fi
}
found=$(types "$real")
case $FROM in
disk:*) now="disk:$found" ;;
*) now=$(state) ;;
esac
[ "$now" = "$FROM" ] ||
  fail "$DEVICE holds '$now' now, and not '$FROM' as when the plan was made: nothing was written. Plan again and look."

# The mark and its answer lie in two blocks at the end of the first MiB, where LVM keeps no data of a volume.
read_block() { dd if="$real" bs=4096 skip="$1" count=1 iflag=direct 2>/dev/null | tr -d '\0' | head -n 1; }
write_block() { printf '%s\n' "$2" | dd of="$real" bs=4096 seek="$1" count=1 conv=sync,notrunc oflag=direct 2>/dev/null; }
erase_mark() { dd if=/dev/zero of="$real" bs=4096 seek=240 count=2 conv=notrunc oflag=direct 2>/dev/null; }
prove() {
  token=$(cat /proc/sys/kernel/random/uuid)
  write_block 240 "pmm-ha mark $token" || fail "$DEVICE cannot be written to from $node: see 'dmesg' there, then apply again."
  tries=0
  while [ "$(read_block 241)" != "pmm-ha answer $token" ]; do
    tries=$((tries + 1))
    if [ "$tries" -ge 300 ]; then
      erase_mark
      fail "$PROVEN_BY does not see on its $DEVICE what $node writes on this one: the two nodes have different disks under this name. Nothing was made. Attach one and the same disk to both (compare 'lsblk -o NAME,SIZE,SERIAL,WWN' there), then apply again."
    fi
    sleep 0.2
  done
  erase_mark
}

case $FROM in
disk:*)
  users=$(lsblk -n -r -o NAME,TYPE,MOUNTPOINT -- "$real" | awk 'NR == 1 ? $3 != "" : $2 != "part" || $3 != ""')
  [ -z "$users" ] || fail "$DEVICE is in use on $node ($users): nothing was written. Take that away, then apply again."
  [ -z "$PROVEN_BY" ] || prove
  if [ -n "$found" ]; then
    # With the partitions' own signatures, which would show up again under a new partition table.
    for part in $(lsblk -n -l -p -o NAME,TYPE -- "$real" | awk '$2 == "part" { print $1 }'); do wipefs -q -a -- "$part"; done
    wipefs -q -a -- "$real"
    blockdev --rereadpt "$real" 2>/dev/null || true
  fi
  pvcreate --quiet --yes "$real" || fail "pvcreate failed on $DEVICE, see above. Does a filter or the devices file of LVM leave it out on $node (lvmconfig devices, lvmdevices)?"
  ;;
esac
if [ -z "$(pv vg_name)" ]; then
  vgcreate --quiet --yes --setautoactivation n "$VOLUME_GROUP" "$real" || fail "vgcreate failed, see above; then apply again."
fi
[ "$(vg vg_systemid)" = "$SYSTEM_ID" ] ||
  fail "the volume group $VOLUME_GROUP belongs to '$(vg vg_systemid)', not to $node ('$SYSTEM_ID'): plan again, on its own node it can go on."
if [ -z "$(lv lv_name)" ]; then
  extent=$(vg vg_extent_size)
  case $SIZE in
  *%) extents=$(($(vg vg_extent_count) * ${SIZE%\%} / 100)) ;;
  *) extents=$(((SIZE + extent - 1) / extent)) ;;
  esac
  free=$(vg vg_free_count)
  if [ "$extents" -gt "$free" ] || [ "$extents" -lt 1 ]; then
    fail "$VOLUME_GROUP has $((free * extent / 1048576)) MiB free, and $LOGICAL_VOLUME needs $((extents * extent / 1048576)) MiB: write another shared_storage/size, or attach a larger disk; then apply again."
  fi
  # Inactive, and not touched: the tag comes with it, so that nobody takes it for one that has its filesystem.
  lvcreate --quiet --yes -an --zero n --wipesignatures n --addtag "$PENDING" -l "$extents" -n "$LOGICAL_VOLUME" "$VOLUME_GROUP" ||
    fail "lvcreate failed, see above; then apply again."
fi

path=/dev/$VOLUME_GROUP/$LOGICAL_VOLUME
lvchange -ay "$VOLUME_GROUP/$LOGICAL_VOLUME" || true
[ -b "$path" ] ||
  fail "$path does not become active on $node, see above: 'dmsetup info', 'lvmconfig activation/volume_list'; then apply again."
# Pacemaker starts it where it runs PMM.
trap 'lvchange -an "$VOLUME_GROUP/$LOGICAL_VOLUME" || true' EXIT
mounted=$(lsblk -n -r -o MOUNTPOINT -- "$path" | grep . || true)
[ -z "$mounted" ] || fail "$path is mounted at $mounted: nothing was written. Plan again and look."
whole() {
  # mkfs.ext4 writes the superblock last; mkfs.xfs marks it as in progress (byte 126) until it is done.
  [ "$(blkid -p -s TYPE -o value -- "$path")/$(blkid -p -s LABEL -o value -- "$path")" = "$FSTYPE/$LABEL" ] || return 1
  [ "$FSTYPE" != xfs ] || [ "$(od -A n -t u1 -j 126 -N 1 "$path" | tr -d ' ')" = 0 ]
}
if ! whole; then
  found=$(types "$path")
  case $(lv lv_tags),$found in
  *"$PENDING"*) wipefs -q -a -- "$path" ;;
  *,) ;;
  *) fail "$path holds '$found': nothing was written. Plan again and look." ;;
  esac
  format "$path"
fi
case $(lv lv_tags) in
*"$PENDING"*) lvchange --quiet --deltag "$PENDING" "$VOLUME_GROUP/$LOGICAL_VOLUME" ;;
esac
