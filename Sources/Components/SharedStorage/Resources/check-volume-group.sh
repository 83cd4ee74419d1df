# Whether LVM on this node sees on DEVICE the volume group VOLUME_GROUP that the node MAKER has made: without that,
# nothing could fail over to here. Changes nothing but what LVM's devices file, where there is one, knows of the disk.
# shellcheck shell=sh disable=SC2154
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
tries=0
while :; do
  real=$(readlink -f -- "$DEVICE")
  if [ -b "$real" ]; then
    blockdev --flushbufs "$real"
    found=$(pvs --foreign --nohints --noheadings -o vg_name "$real" 2>/dev/null | tr -d ' ')
    if [ "$found" = "$VOLUME_GROUP" ]; then
      # Noted before the physical volume was made, the disk's entry does not name it, and 'lvmdevices --update' sees nothing
      # to do (LVM 2.03.16). A disk without an id of its own would be lost under another name.
      lvm lvmdevices 2>/dev/null | grep -qF "DEVNAME=$real PVID=none" || exit 0
      lvm lvmdevices --yes --adddev "$real" && exit 0
    fi
  fi
  tries=$((tries + 1))
  [ "$tries" -lt 20 ] || break
  sleep 0.25
done
pvs --foreign --nohints -a >&2
echo "LVM on $(uname -n) does not see on $DEVICE the volume group $VOLUME_GROUP that $MAKER has made, see above. Does a filter or the devices file of LVM leave the disk out there (lvmconfig devices, lvmdevices)? Then apply again." >&2
exit 1
