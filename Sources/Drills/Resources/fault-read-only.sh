# Makes the filesystem read-only in the way that ext4 does it itself after an error (mount option abort, ext4(5)).
mount -o remount,abort "$MOUNT" 2>/dev/null
# The remount itself may be answered with an error: what counts is whether it writes.
if touch "$MOUNT/.pmm-ha-drill" 2>/dev/null; then
  rm -f "$MOUNT/.pmm-ha-drill"
  echo "$MOUNT can still be written; the drill needs ext4 there" >&2
  exit 1
fi
