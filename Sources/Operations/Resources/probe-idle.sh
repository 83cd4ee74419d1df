# What of a cluster runs on this machine: for each unit its state, as systemd says it, and the programs that run without
# their unit. A machine that has none of it says so, too.
for unit in pacemaker.service corosync.service pmm-server.service; do
  if ! said=$(timeout -k 2 10 systemctl show --property=ActiveState "$unit" 2>&1); then
    said="unknown systemctl: $said"
  fi
  printf '%s %s\n' "$unit" "$said"
done
seen=no
found=
for file in /proc/[0-9]*/comm; do
  # A process may end between the listing and the look.
  { read -r name <"$file"; } 2>/dev/null || continue
  seen=yes
  case $name in pacemakerd | corosync | pmm-managed) found="$found $name" ;; esac
done
echo "programs seen=$seen$found"
