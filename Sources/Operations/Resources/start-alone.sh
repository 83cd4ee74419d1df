# This node goes on without OTHER, which is off: it no longer waits to meet it (votequorum(5), wait_for_all).
# CONFIRM: yes where a person, not a device, says that OTHER is off: then Pacemaker need not fence it. LIMIT: seconds.
timeout 120 systemctl start corosync.service pacemaker.service || {
  echo "the cluster does not start on this node: systemctl status corosync pacemaker" >&2
  exit 1
}
quorate() { corosync-quorumtool -s 2>/dev/null | grep -q '^Quorate: *Yes'; }
here() { corosync-quorumtool -s >/dev/null 2>&1 || [ $? = 2 ]; }
until_true 30 "Corosync to answer" here
if ! quorate; then
  if corosync-quorumtool -l 2>/dev/null | awk -v other="$OTHER" 'NF > 1 && ($NF == other || $(NF - 1) == other) { found = 1 } END { exit !found }'; then
    echo "$OTHER is in the membership: it is not off, so nothing was done. Wait a moment, then look: pmm-ha status" >&2
    exit 1
  fi
  corosync-cmapctl -s quorum.cancel_wait_for_all u8 1 >/dev/null || exit 1
fi
until_true 10 "quorum" quorate
if [ "$CONFIRM" = yes ]; then
  unclean() { crm_mon -1 --output-as=xml | grep "<node name=\"$OTHER\"" | grep -q 'unclean="true"'; }
  tries=0
  while ! unclean && [ "$tries" -lt 50 ]; do
    tries=$((tries + 1))
    sleep 0.1
  done
  if unclean; then stonith_admin --confirm "$OTHER" >/dev/null || exit 1; fi
fi
# Not only here: Pacemaker fences the other node, which may be back, and be given the service, before it was started here.
there() { [ -n "$(active_node)" ]; }
until_true "$LIMIT" "the service to be started" there
active_node
