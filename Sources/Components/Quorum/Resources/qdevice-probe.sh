# corosync-qdevice on this node, and its certificates. Reads only.
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
db=/etc/corosync/qdevice/net/nssdb
section device
if ! command -v corosync-qdevice >/dev/null; then
  section end
  exit 0
fi
echo "installed=yes"
# Without certificates it cannot run, and systemd is not asked: a process more in each survey.
if [ -f "$db/cert9.db" ]; then
  echo "active=$(timeout 5 systemctl is-active corosync-qdevice.service 2>/dev/null)"
  echo "boot=$(timeout 5 systemctl is-enabled corosync-qdevice.service 2>/dev/null)"
  section authority
  timeout 5 certutil -L -d "$db" -n "QNet CA" -a 2>/dev/null
  # Good for a client, by that authority; certutil lists `u` where its key is here, too.
  if timeout 5 certutil -V -u C -d "$db" -f "$db/pwdfile.txt" -n "Cluster Cert" >/dev/null 2>&1 &&
    timeout 5 certutil -L -d "$db" 2>/dev/null | grep -q '^Cluster Cert .*u,u,u'; then
    section certificate
    timeout 5 certutil -L -d "$db" -n "Cluster Cert" 2>/dev/null | grep -m 1 'Subject:'
  fi
fi
section end
exit 0
