# What of a cluster is on this node. UNIT is PMM's; FILES are the files that apply writes, one a line.
section daemons
systemctl is-active pacemaker corosync 2>/dev/null | tr '\n' ' '
echo
section enabled
systemctl is-enabled pacemaker corosync 2>/dev/null | tr '\n' ' '
echo
section cib
[ ! -e /var/lib/pacemaker/cib/cib.xml ] || echo yes
section files
printf '%s\n' "$FILES" | while read -r file; do
  [ ! -e "$file" ] || echo "$file"
done
