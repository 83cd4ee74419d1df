# After wait.sh. Waits until NODE is lost, joining or online (WHAT), and prints when. A node may be back before its loss
# could be seen, and Corosync counts how often it has joined: JOINS is the count from before, ID its number there.
shows() {
  count=$(timeout 5 corosync-cmapctl -g "runtime.members.$ID.join_count" 2>/dev/null)
  [ "${count##* }" -gt "$JOINS" ] 2>/dev/null && anew=yes || anew=no
  crm_mon -1 --output-as=xml 2>/dev/null | awk -v node="$NODE" -v what="$WHAT" -v anew="$anew" '
    $0 ~ "<node name=\"" node "\"" && / id=/ {
      if (what == "lost") found = anew == "yes" || /online="false"/
      else if (what == "joining") found = anew == "yes" && /online="true"/
      else found = anew == "yes" && /online="true"/ && /pending="false"/ && /unclean="false"/
    }
    END { exit !found }'
}
case $WHAT in
lost) until_true "$LIMIT" "$NODE to leave the cluster; a device that confirms and does not fence is worse than none" shows ;;
joining) until_true "$LIMIT" "$NODE to be back in the cluster; look at its console" shows ;;
*) until_true "$LIMIT" "$NODE to be online; see 'journalctl -u pacemaker' there" shows ;;
esac
date +%s.%N
