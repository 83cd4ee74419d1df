# Removes what apply wrote on this node, the cluster's own state, and nothing of PMM's data or the config share.
# FILES, one a line.
set -u
printf '%s\n' "$FILES" | while read -r file; do rm -rf "$file"; done
rm -f /var/lib/pacemaker/cib/cib* /var/lib/pacemaker/pengine/pe-*
rm -f /var/lib/corosync/ringid_*
systemctl daemon-reload
