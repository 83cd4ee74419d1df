# After wait.sh. Has Pacemaker fence NODE (ACTION: reboot, off), which must be healthy and must not run the service.
# Prints the node's number in Corosync, how often it had joined, when it was asked for and when it was confirmed (seconds
# since 1970). Ends with 3 where nobody was asked.
require_cluster
require_node "$NODE"
refuse() {
  echo "$*" >&2
  exit 3
}
home=$(active_node)
[ -n "$home" ] || refuse "the service is started nowhere, so nobody is fenced: see pmm-ha status"
[ "$home" != "$NODE" ] || refuse "the service runs on $NODE now, so it is not fenced"
[ "$(uname -n)" != "$NODE" ] || refuse "$NODE cannot fence itself"
case $(node_state "$NODE") in
*' online="true"'*' unclean="false"'* | *' unclean="false"'*' online="true"'*) ;;
*) refuse "$NODE is not in the cluster now, so it is not fenced: see pmm-ha status" ;;
esac
id=$(crm_node -l | awk -v node="$NODE" '$2 == node { print $1 }')
joins=$(timeout 5 corosync-cmapctl -g "runtime.members.$id.join_count" 2>/dev/null) \
  || refuse "Corosync does not know $NODE (number $id), so it is not fenced: see corosync-cmapctl runtime.members"
# stonith_admin's words for them.
case $ACTION in
off) option=--fence ;;
*) option=--reboot ;;
esac
asked=$(date +%s.%N)
if ! said=$(stonith_admin "$option" "$NODE" --timeout "$LIMIT" 2>&1); then
  [ -z "$said" ] || printf '%s\n' "$said" >&2
  stonith_admin --history "$NODE" 2>/dev/null | head -n 4 >&2
  echo "Pacemaker could not fence $NODE. It tells why in /var/log/pacemaker/pacemaker.log; 'pmm-ha fence test' asks the devices one by one." >&2
  exit 1
fi
echo "$id ${joins##* } $asked $(date +%s.%N)"
