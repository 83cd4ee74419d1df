# After wait.sh. Waits until NODE is lost, joining or online (WHAT), and prints when. A node may be back before its loss
# could be seen, and Corosync counts how often it has joined: JOINS is the count from before, ID its number there.
shows() {
  count=$(timeout 5 corosync-cmapctl -g "runtime.members.$ID.join_count" 2>/dev/null)
  [ "${count##* }" -gt "$JOINS" ] 2>/dev/null && anew=yes || anew=no
  case $WHAT:$anew:$(node_state "$NODE") in
  lost:yes:?* | lost:*' online="false"'*) ;;
  joining:yes:*' online="true"'*) ;;
  online:yes:*' online="true"'*' pending="false"'*' unclean="false"'*) ;;
  *) false ;;
  esac
}
case $WHAT in
lost) until_true "$LIMIT" "$NODE to leave the cluster; a device that confirms and does not fence is worse than none" shows ;;
joining) until_true "$LIMIT" "$NODE to be back in the cluster; look at its console" shows ;;
*) until_true "$LIMIT" "$NODE to be online; see 'journalctl -u pacemaker' there" shows ;;
esac
date +%s.%N
