# Makes all running Corosyncs of the cluster read their files, which are written by now.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
if ! answer=$(timeout 30 corosync-cfgtool -R 2>&1); then
  printf '%s\n' "$answer" >&2
  echo "Corosync did not take the new file. 'corosync -t' checks it, /var/log/corosync/corosync.log tells why." >&2
  exit 1
fi
