# Stops the one-node cluster that the package's example configuration started at install. CLUSTER: its name.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
running=$(timeout 5 corosync-cmapctl -g totem.cluster_name 2>/dev/null | sed 's/.* = //')
if [ -n "$running" ] && [ "$running" != "$CLUSTER" ]; then
  echo "Corosync now runs the cluster '$running' here, so it was left alone. Run apply again: it will look anew." >&2
  exit 1
fi
if ! timeout 90 systemctl stop pacemaker.service corosync.service; then
  systemctl --no-pager --lines 10 status pacemaker.service corosync.service >&2
  echo "Corosync does not stop. Stop it by hand (systemctl stop pacemaker corosync), then run apply again." >&2
  exit 1
fi
