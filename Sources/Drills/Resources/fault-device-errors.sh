# Has the device of the filesystem at MOUNT answer every request with an I/O error: its table of device-mapper becomes
# `error` (dmsetup(8), wipe_table), for this node alone. With UNDO it goes, if it is still there: the next activation
# makes it anew.
mark=/run/pmm-ha-drill-device

if [ -n "$UNDO" ]; then
  [ -e "$mark" ] || exit 0
  read -r name <"$mark"
  if dmsetup table "$name" 2>/dev/null | grep -q ' error'; then dmsetup remove "$name" || exit 1; fi
  rm "$mark"
  exit 0
fi

source=$(findmnt --noheadings --output SOURCE --mountpoint "$MOUNT") || {
  echo "nothing is mounted at $MOUNT" >&2
  exit 1
}
name=$(dmsetup info --columns --noheadings --options name "$source" 2>/dev/null) || {
  echo "$source, mounted at $MOUNT, is no device of device-mapper: the drill needs shared_storage of kind lvm" >&2
  exit 1
}
echo "$name" >"$mark"
# Without --noflush it would wait for writes that are on their way.
dmsetup wipe_table --force --noflush "$name"
