# After wait.sh. Has Pacemaker fence NODE (ACTION: reboot, off), which must be healthy and must not run the service.
# Prints when it was asked for and when it was confirmed, in seconds since 1970. Ends with 3 where nobody was asked.
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
crm_mon -1 --output-as=xml | grep -q "<node name=\"$NODE\" .*online=\"true\".*unclean=\"false\"" \
  || refuse "$NODE is not in the cluster now, so it is not fenced: see pmm-ha status"
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
echo "$asked $(date +%s.%N)"
