# Corosync's file, key and daemon on this node. Reads only.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
if ! command -v corosync >/dev/null; then
  echo "== absent"
  exit 0
fi
echo "== version"
timeout 5 corosync -v
echo "== conf"
cat /etc/corosync/corosync.conf 2>/dev/null
echo "== mode"
stat -c %a /etc/corosync/corosync.conf 2>/dev/null
echo "== authkey"
# Its digest, and whether it is text: only then can it travel to the other node as it is.
if [ -e /etc/corosync/authkey ]; then
  sha256sum /etc/corosync/authkey
  stat -c '%a %s' /etc/corosync/authkey
  if LC_ALL=C tr -d '\011\012\015\040-\176' </etc/corosync/authkey | grep -q .; then echo binary; else echo text; fi
fi
echo "== active"
timeout 5 systemctl show --property=ActiveState --value corosync.service
echo "== running"
# What the daemon runs with may be older than the file.
timeout 5 corosync-cmapctl 2>/dev/null | grep -E '^(totem\.(cluster_name|token|consensus)|nodelist\.node\.[0-9]+\.(name|nodeid|ring[0-9]_addr)) '
exit 0
