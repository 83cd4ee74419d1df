# After wait.sh and last-look.sh. This node goes on without OTHER, which is off: it no longer waits to meet it
# (votequorum(5), wait_for_all). CONFIRM: yes where a person, not a device, says that OTHER is off: then Pacemaker need not
# fence it.
# shellcheck disable=SC2034
UNDONE="the cluster was started here and waits for $OTHER"
timeout 120 systemctl start corosync.service pacemaker.service || {
  echo "the cluster does not start on this node: systemctl status corosync pacemaker" >&2
  exit 1
}
quorate() { timeout 10 corosync-quorumtool -s 2>/dev/null | grep -q '^Quorate: *Yes'; }
here() {
  timeout 10 corosync-quorumtool -s >/dev/null 2>&1 || [ $? = 2 ]
}
until_true 30 "Corosync to answer" here
if ! quorate; then
  require_alone
  timeout 10 corosync-cmapctl -s quorum.cancel_wait_for_all u8 1 >/dev/null || exit 1
fi
until_true 10 "quorum" quorate
if [ "$CONFIRM" = yes ]; then
  # Until this node has become the coordinator, the other one's state is not known.
  shown_unclean() { observe && node_state "$OTHER" | grep ' online="false"' | grep -q ' unclean="true"'; }
  end=$(($(date +%s) + 5))
  while ! shown_unclean && [ "$(date +%s)" -lt $end ]; do sleep 0.1; done
  require_offline "$OTHER"
  if [ "$unclean" = yes ]; then
    require_alone
    timeout -k 2 60 stonith_admin --confirm "$OTHER" >/dev/null || exit 1
  fi
fi
