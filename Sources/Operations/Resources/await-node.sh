# After wait.sh. Waits until NODE is lost, joining or online (WHAT), and prints when. A node may be back before its loss
# could be seen, and Corosync counts how often it has joined: JOINS is the count from before, ID its number there.
shows() {
  observe || return 1
  count=$(timeout 5 corosync-cmapctl -g "runtime.members.$ID.join_count" 2>/dev/null)
  [ "${count##* }" -gt "$JOINS" ] 2>/dev/null && anew=yes || anew=no
  shown=$(node_state "$NODE")
  flag() { case $shown in *" $1=\"$2\""*) ;; *) false ;; esac }
  case $WHAT:$anew in
  lost:yes) [ -n "$shown" ] ;;
  lost:no) flag online false ;;
  joining:yes) flag online true ;;
  online:yes) flag online true && flag pending false && flag unclean false ;;
  *) false ;;
  esac
}
case $WHAT in
lost) until_true "$LIMIT" "$NODE to leave the cluster; a device that confirms and does not fence is worse than none" shows ;;
joining) until_true "$LIMIT" "$NODE to be back in the cluster; look at its console" shows ;;
*) until_true "$LIMIT" "$NODE to be online; see 'journalctl -u pacemaker' there" shows ;;
esac
date +%s.%N
