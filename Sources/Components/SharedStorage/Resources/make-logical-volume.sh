# Makes the logical volume LOGICAL_VOLUME of SIZE (a percentage of the volume group, or bytes) on the disk DEVICE with
# a filesystem FSTYPE labelled LABEL: the physical volume, the volume group VOLUME_GROUP, the volume, the filesystem;
# what is there already stays. Killed at any moment, it goes on with what is left when it is run again.
#
# FROM is what the plan saw, and what must still be so: "disk:TYPES" (what may be overwritten, in the words of
# `signatures` of last-looks.sh, none for a blank disk), "pv" (a physical volume of no group), "vg:UUID" (our group, no
# volume), "lv:UUID" (our group and volume, no filesystem). PENDING is the volume's tag until it has its filesystem. SYSTEM_ID: what LVM must
# call this node. PROVEN_BY: the node that must answer a mark on the disk before anything else is written to it.
# shellcheck shell=sh disable=SC2154
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
node=$(uname -n)
fail() {
  echo "$1" >&2
  exit 1
}

real=$(must readlink -f -- "$DEVICE") || exit 1
[ -b "$real" ] || fail "$DEVICE is not a block device any more: attach the disk to $node, then apply again."
id=$(must lvm systemid) || exit 1
id=$(printf '%s\n' "$id" | sed -n 's/^ *system ID: *//p')
[ "$id" = "$SYSTEM_ID" ] ||
  fail "LVM on $node has the system id '$id', not '$SYSTEM_ID': nothing was written. See system_id_source in /etc/lvm/lvmlocal.conf and lvm.conf, and 'lvm systemid'; then apply again."
must blockdev --flushbufs "$real" || exit 1

# group_of_disk: the name of the group that the physical volume belongs to; empty where it is in none. (pv_uuid is printed in
# any case: without it nothing was said.)
group_of_disk() {
  pv_raw=$(must pvs --foreign --nohints --noheadings --separator / -o pv_uuid,vg_name "$real") || return 1
  case $pv_raw in
  *[!\ ]/*) printf '%s\n' "${pv_raw#*/}" | tr -d ' ' ;;
  *)
    echo "pvs on $node does not know the physical volume $real ('$pv_raw'): nothing is decided by it." >&2
    return 1
    ;;
  esac
}
# vg FIELD: what LVM says of VOLUME_GROUP, which is there.
vg() {
  vg_raw=$(must vgs --foreign --nohints --noheadings --units b --nosuffix -o "$1" "$VOLUME_GROUP") || return 1
  vg_raw=$(printf '%s' "$vg_raw" | tr -d ' ')
  [ -n "$vg_raw" ] || {
    echo "vgs on $node says nothing of $1 of $VOLUME_GROUP: nothing is decided by it." >&2
    return 1
  }
  printf '%s\n' "$vg_raw"
}
# volume_tags: "/TAGS" of LOGICAL_VOLUME; empty where the group has no such volume. All volumes are listed, and as many as the
# group has must come.
volume_tags() {
  lv_count=$(vg lv_count) || return 1
  lv_raw=$(must lvs --foreign --nohints --noheadings --separator / -o lv_name,lv_tags "$VOLUME_GROUP") || return 1
  printf '%s\n' "$lv_raw" | awk -F / -v name="$LOGICAL_VOLUME" -v count="$lv_count" '
    { gsub(/ /, "", $1) }
    $1 != "" { n++ }
    $1 == name { print "/" $2 }
    END { exit n + 0 != count + 0 }' && return 0
  echo "lvs on $node does not list the $lv_count volumes of $VOLUME_GROUP ('$lv_raw'): nothing is decided by it." >&2
  return 1
}

# What is so now, in the words of FROM.
state() {
  if [ "$found" != LVM2_member ]; then
    echo "disk:$found"
    return
  fi
  state_group=$(group_of_disk) || return 1
  if [ -z "$state_group" ]; then
    echo pv
  elif [ "$state_group" != "$VOLUME_GROUP" ]; then
    echo "a physical volume of the volume group $state_group"
  else
    state_tags=$(volume_tags) || return 1
    state_uuid=$(vg vg_uuid) || return 1
    if [ -z "$state_tags" ]; then echo "vg:$state_uuid"; else echo "lv:$state_uuid"; fi
  fi
}
found=$(signatures "$real") || exit 1
case $FROM in
disk:*) now="disk:$found" ;;
*) now=$(state) || exit 1 ;;
esac
[ "$now" = "$FROM" ] ||
  fail "$DEVICE holds '$now' now, and not '$FROM' as when the plan was made: nothing was written. Plan again and look."

# The mark and its answer lie in two blocks at the end of the first MiB, where LVM keeps no data of a volume.
read_block() { dd if="$real" bs=4096 skip="$1" count=1 iflag=direct 2>/dev/null | tr -d '\0' | head -n 1; }
write_block() { printf '%s\n' "$2" | dd of="$real" bs=4096 seek="$1" count=1 conv=sync,notrunc oflag=direct 2>/dev/null; }
erase_mark() {
  dd if=/dev/zero of="$real" bs=4096 seek=240 count=2 conv=notrunc oflag=direct 2>/dev/null ||
    fail "the mark on $DEVICE cannot be taken away again from $node: see 'dmesg' there, then apply again."
}
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

created=
case $FROM in
disk:*)
  tree=$(block_tree "$real") || exit 1
  users=$(printf '%s\n' "$tree" | awk -F '"' '(NR > 1 && $6 != "part") || $8 != "" { print $4, $6, $8 }')
  places=$(mounted "$real") || exit 1
  [ -z "$users$places" ] || fail "$DEVICE is in use on $node ($users $places): nothing was written. Take that away, then apply again."
  [ -z "$PROVEN_BY" ] || prove
  if [ -n "$found" ]; then
    erase_signatures "$real" || fail "what is on $DEVICE cannot be taken away, see above: is it writable from $node? Then plan again."
  fi
  pvcreate --quiet --yes "$real" || fail "pvcreate failed on $DEVICE, see above. Does a filter or the devices file of LVM leave it out on $node (lvmconfig devices, lvmdevices)?"
  ;;
esac
group=$(group_of_disk) || exit 1
if [ -z "$group" ]; then
  vgcreate --quiet --yes --setautoactivation n "$VOLUME_GROUP" "$real" || fail "vgcreate failed, see above; then apply again."
fi
owner=$(must vgs --foreign --nohints --noheadings -o vg_systemid "$VOLUME_GROUP") || exit 1
owner=$(printf '%s' "$owner" | tr -d ' ')
[ "$owner" = "$SYSTEM_ID" ] ||
  fail "the volume group $VOLUME_GROUP belongs to '$owner', not to $node ('$SYSTEM_ID'): plan again, on its own node it can go on."
tags=$(volume_tags) || exit 1
if [ -z "$tags" ]; then
  extent=$(vg vg_extent_size) || exit 1
  all=$(vg vg_extent_count) || exit 1
  free=$(vg vg_free_count) || exit 1
  case $SIZE in
  *%) extents=$((all * ${SIZE%\%} / 100)) ;;
  *) extents=$(((SIZE + extent - 1) / extent)) ;;
  esac
  if [ "$extents" -gt "$free" ] || [ "$extents" -lt 1 ]; then
    fail "$VOLUME_GROUP has $((free * extent / 1048576)) MiB free, and $LOGICAL_VOLUME needs $((extents * extent / 1048576)) MiB: write another shared_storage/size, or attach a larger disk; then apply again."
  fi
  # Inactive, and not touched: the tag comes with it, so that nobody takes it for one that has its filesystem.
  lvcreate --quiet --yes -an --zero n --wipesignatures n --addtag "$PENDING" -l "$extents" -n "$LOGICAL_VOLUME" "$VOLUME_GROUP" ||
    fail "lvcreate failed, see above; then apply again."
  created=yes
  tags="/$PENDING"
fi

path=/dev/$VOLUME_GROUP/$LOGICAL_VOLUME
lvchange -ay "$VOLUME_GROUP/$LOGICAL_VOLUME" || true
[ -b "$path" ] ||
  fail "$path does not become active on $node, see above: 'dmsetup info', 'lvmconfig activation/volume_list'; then apply again."
# Pacemaker starts it where it runs PMM.
trap 'lvchange -an "$VOLUME_GROUP/$LOGICAL_VOLUME" || true' EXIT
places=$(mounted "$path") || exit 1
[ -z "$places" ] || fail "$path is mounted at $places: nothing was written. Plan again and look."
# whole: "yes" where the filesystem is there and done. mkfs.ext4 writes the superblock last; mkfs.xfs marks it as in progress
# (byte 126) until it is done.
whole() {
  whole_lines=$(signatures_raw "$path") || return 1
  case $whole_lines in
  *",$LABEL,$FSTYPE") ;;
  *) return 0 ;;
  esac
  if [ "$FSTYPE" = xfs ]; then
    whole_byte=$(must od -A n -t u1 -j 126 -N 1 "$path") || return 1
    whole_byte=$(printf '%s' "$whole_byte" | tr -d ' ')
    [ "$whole_byte" = 0 ] || return 0
  fi
  echo yes
}
finished=$(whole) || exit 1
if [ -z "$finished" ]; then
  # A volume is formatted only where it is known that it has no filesystem yet: this run made it, or its tag says so.
  case $created$tags in
  *"$PENDING"*) ;;
  *)
    found=$(signatures "$path") || exit 1
    fail "$path holds '${found:-nothing}' and no tag $PENDING, by which a volume without its filesystem is known: nothing was written. Plan again and look."
    ;;
  esac
  wipefs -q -a -- "$path"
  format "$path"
fi
case $tags in
*"$PENDING"*) lvchange --quiet --deltag "$PENDING" "$VOLUME_GROUP/$LOGICAL_VOLUME" ;;
esac
