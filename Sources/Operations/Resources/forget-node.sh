# Takes OTHER, which is dead, out of Corosync's and Pacemaker's memory. corosync.conf names it no longer.
require_cluster
timeout 30 corosync-cfgtool -R >/dev/null || {
  echo "Corosync does not take its new file: corosync -t" >&2
  exit 1
}
known() { crm_node -l | awk -v node="$OTHER" '$2 == node { found = 1 } END { exit !found }'; }
if known || cibadmin --query --xpath "//node[@uname='$OTHER']" >/dev/null 2>&1; then
  crm_node --force --remove "$OTHER" || {
    echo "Pacemaker does not forget $OTHER: crm_node --force --remove $OTHER" >&2
    exit 1
  }
fi
now=$(active_node)
echo "${now:-nowhere}"
