# Corosync's file, key and daemon on this node. Reads only.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
if ! command -v corosync >/dev/null; then
  section absent
  exit 0
fi
section version
timeout 5 corosync -v
section conf
cat /etc/corosync/corosync.conf 2>/dev/null
section mode
stat -c %a /etc/corosync/corosync.conf 2>/dev/null
section authkey
if [ -e /etc/corosync/authkey ]; then
  sha256sum /etc/corosync/authkey
  stat -c '%a %s' /etc/corosync/authkey
fi
section active
timeout 5 systemctl show --property=ActiveState --value corosync.service
section running
# What the daemon runs with may be older than the file.
timeout 5 corosync-cmapctl 2>/dev/null | grep -E '^(totem\.(cluster_name|token|consensus)|nodelist\.node\.[0-9]+\.(name|nodeid|ring[0-9]_addr)|quorum\.device\.net\.host) '
exit 0
