# Whether SHARE is the directory in which the node MAKER has just left its mark. Changes nothing.
# shellcheck shell=sh disable=SC2154
tries=0
# An NFS client may believe for some seconds that a file it has once not found is still not there.
while [ "$tries" -lt 60 ]; do
  if timeout -s KILL 5 test -s "$SHARE/.pmm-ha-share"; then exit 0; fi
  tries=$((tries + 1))
  sleep 0.25
done
echo "$SHARE is not shared: $(uname -n) does not see the file .pmm-ha-share that $MAKER has made there. Mount the same share at this place on both nodes (compare 'findmnt -T $SHARE' there), then apply again." >&2
exit 1
