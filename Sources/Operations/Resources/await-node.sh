# After wait.sh. Waits until NODE is lost, joining or online (WHAT), and prints when.
shows() {
  crm_mon -1 --output-as=xml 2>/dev/null | awk -v node="$NODE" -v what="$WHAT" '
    $0 ~ "<node name=\"" node "\"" && / id=/ {
      if (what == "lost") found = /online="false"/
      else if (what == "joining") found = /online="true"/
      else found = /online="true"/ && /pending="false"/ && /unclean="false"/
    }
    END { exit !found }'
}
case $WHAT in
lost) until_true "$LIMIT" "$NODE to leave the cluster; a device that confirms and does not fence is worse than none" shows ;;
joining) until_true "$LIMIT" "$NODE to be back in the cluster; look at its console" shows ;;
*) until_true "$LIMIT" "$NODE to be online; see 'journalctl -u pacemaker' there" shows ;;
esac
date +%s.%N
