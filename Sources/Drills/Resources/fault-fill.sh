# Fills the filesystem to its last byte, or gives the space back.
ballast=$MOUNT/.pmm-ha-drill-ballast
if [ -n "$UNDO" ]; then
  # Only where it is mounted now.
  rm -f "$ballast"
  exit 0
fi
free=$(df --output=avail --block-size=1K "$MOUNT" | tail -n 1)
fallocate --length "${free}K" "$ballast" 2>/dev/null
cat /dev/zero >>"$ballast" 2>/dev/null
free=$(df --output=avail --block-size=1K "$MOUNT" | tail -n 1)
[ "$free" -lt 100 ] || {
  echo "$MOUNT still has $free KiB" >&2
  exit 1
}
