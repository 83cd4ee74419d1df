# Takes SBD's disk away from this node, as a pulled cable does, or finds it again.
if [ -n "$UNDO" ]; then
  [ ! -b "$DISK" ] || exit 0
  echo 1 >/sys/bus/pci/rescan
  for host in /sys/class/scsi_host/host*/scan; do
    [ ! -e "$host" ] || echo '- - -' >"$host"
  done
  udevadm settle --timeout=60
  [ -b "$DISK" ]
else
  [ -b "$DISK" ] || {
    echo "there is no $DISK" >&2
    exit 1
  }
  device=$(readlink -f "/sys/class/block/$(basename "$(readlink -f "$DISK")")/device")
  # A SCSI disk is deleted by itself, one of virtio with the PCI function that it is.
  if [ -e "$device/delete" ]; then
    echo 1 >"$device/delete"
  else
    echo 1 >"$device/../remove"
  fi
fi
