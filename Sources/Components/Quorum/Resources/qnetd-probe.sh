# corosync-qnetd on this machine. Reads only.
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
db=/etc/corosync/qnetd/nssdb
section voter
echo "active=$(timeout 5 systemctl is-active corosync-qnetd.service 2>/dev/null)"
echo "boot=$(timeout 5 systemctl is-enabled corosync-qnetd.service 2>/dev/null)"
if [ -f "$db/qnetd-cacert.crt" ] && timeout 5 certutil -L -d "$db" -n "QNetd Cert" >/dev/null 2>&1; then
  section authority
  timeout 5 certutil -L -d "$db" -n "QNet CA" -a 2>/dev/null
fi
section end
exit 0
