# Takes the shared device away from this node, or brings it back: as a lost path to the storage, for the next start here.
aside=/dev/pmm-ha-drill-device
if [ -n "$UNDO" ]; then
  [ ! -b "$aside" ] || mv "$aside" "$DEVICE"
  [ -b "$DEVICE" ]
else
  mv "$DEVICE" "$aside"
fi
