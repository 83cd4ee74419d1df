# After wait.sh and last-look.sh. Takes OTHER, which is gone, out of Corosync's and Pacemaker's memory. corosync.conf names
# it no longer.
# shellcheck disable=SC2034
UNDONE="/etc/corosync/corosync.conf names it no longer, Pacemaker still does: when it is gone, run this again; to take it back: pmm-ha apply"
timeout 30 corosync-cfgtool -R >/dev/null || {
  echo "Corosync does not take its new file: corosync -t" >&2
  exit 1
}
require_gone "$OTHER"
known=$(timeout -k 2 10 crm_node -l 2>&1) || refuse "crm_node -l failed on $(uname -n): $known"
configured=$(timeout -k 2 20 cibadmin --query --scope nodes 2>&1) || refuse "cibadmin failed on $(uname -n): $configured"
case "$known
$configured" in
*" $OTHER "* | *"uname=\"$OTHER\""*)
  said=$(timeout -k 2 60 crm_node --force --remove "$OTHER" 2>&1) || {
    [ -z "$said" ] || printf '%s\n' "$said" >&2
    echo "Pacemaker does not forget $OTHER: crm_node --force --remove $OTHER" >&2
    exit 1
  }
  ;;
esac
now=
if observe; then now=$(active_node); fi
echo "${now:-nowhere}"
