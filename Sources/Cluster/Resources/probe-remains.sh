# What of a cluster is on this node. FILES are the paths that apply writes, one a line. Reads only.
# shellcheck shell=sh disable=SC2154
section daemons
for unit in pacemaker.service corosync.service; do
  timeout 5 systemctl show --property=ActiveState --value "$unit" || echo "unknown"
done
section enabled
systemctl is-enabled pacemaker corosync 2>/dev/null | tr '\n' ' '
echo
section cib
[ ! -e /var/lib/pacemaker/cib/cib.xml ] || echo yes
section files
printf '%s\n' "$FILES" | while read -r file; do
  # The labs of this machine are none of the cluster's, and stay.
  if [ "$file" = /var/lib/pmm-ha ] && [ -z "$(find "$file" -mindepth 1 -maxdepth 1 ! -name labs 2>/dev/null)" ]; then continue; fi
  [ ! -e "$file" ] || echo "$file"
done
# What is mounted at or below one of the paths would go with it. (A lab of this machine's is none of the cluster's.)
section mounts
awk '{ print $5 }' /proc/self/mountinfo || echo "unknown"
section pmm
for group in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
  group=$group/system.slice/pmm-server.service
  if grep -qsx 'populated 1' "$group/cgroup.events" || { [ ! -e "$group/cgroup.events" ] && grep -qs . "$group/cgroup.procs"; }; then echo yes; fi
done
section end
