# How LVM is set up on this node, and what it sees: all physical volumes with their groups, and the volumes of
# VOLUME_GROUP. Stands before storage-probe.sh. Reads only: without locks, and without the hints that another node's
# commands make stale.
# shellcheck shell=sh disable=SC2154
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
section lvm
if grep -q device-mapper /proc/misc 2>/dev/null || modprobe -n -q dm_mod 2>/dev/null; then echo "mapper=yes"; fi
if command -v lvm >/dev/null; then
  # Each LVM command reads the beginning of every disk: ask once, and say it at once.
  configured=$(timeout 10 lvmconfig --type full global/system_id_source devices/use_devicesfile devices/devicesfile 2>/dev/null)
  echo "version=$(lvm version 2>/dev/null | sed -n 's/^ *LVM version: *\([^ (]*\).*/\1/p')"
  echo "$configured" | tr -d '"\t '
  echo "system_id=$(timeout 10 lvm systemid 2>/dev/null | sed -n 's/^ *system ID: *//p')"
  for list in volume_list auto_activation_volume_list; do
    timeout 10 lvmconfig "activation/$list" 2>/dev/null | sed 's/[]["]//g; s/, */ /g'
  done
  directory=${LVM_SYSTEM_DIR:-/etc/lvm}
  echo "after=$(systemctl show -p After --value resource-agents-deps.target 2>/dev/null | tr ' ' '\n' | grep -x blk-availability.service)"
  section "lvm local mode"
  stat -c %a "$directory/lvmlocal.conf" 2>/dev/null
  section "lvm local"
  cat "$directory/lvmlocal.conf" 2>/dev/null
  echo
  section "lvm devices"
  devices=$(echo "$configured" | sed -n 's/^devicesfile="\(.*\)"/\1/p')
  if [ -e "$directory/devices/${devices:-system.devices}" ]; then
    echo "file"
    timeout 10 lvm lvmdevices 2>/dev/null | sed -n 's/.*DEVNAME=\([^ ]*\) *PVID=\([^ ]*\).*/\1 \2/p' | while read -r name id; do
      # An entry from before the physical volume was made: LVM would not find it under another name.
      [ "$id" != none ] || [ "$(timeout 5 blkid --probe --output value --match-tag TYPE -- "$name")" != LVM2_member ] || continue
      readlink -f -- "$name"
    done
  fi
  section "lvm physical volumes"
  timeout 10 pvs --foreign --nolocking --nohints --reportformat json --units b --nosuffix -o "pv_uuid,pv_major,pv_minor,dev_size,pe_start,pv_pe_count,pv_missing,vg_name,vg_uuid,vg_systemid,vg_lock_type,vg_exported,vg_autoactivation,vg_extent_size,vg_extent_count,vg_free_count,pv_count" 2>/dev/null || echo failed
  section "lvm volumes"
  timeout 10 lvs -a --foreign --nolocking --nohints --reportformat json --units b --nosuffix -S "vg_name=\"$VOLUME_GROUP\"" -o lv_name,vg_uuid,lv_size,lv_active,lv_tags,origin 2>/dev/null || echo failed
fi
section kernel
tr ' ' '\n' </proc/cmdline | grep -E '^rd\.lvm\.' || :
