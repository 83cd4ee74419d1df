# corosync-qnetd on this machine. Reads only.
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
db=/etc/corosync/qnetd/nssdb
section voter
echo "active=$(timeout 5 systemctl is-active corosync-qnetd.service 2>/dev/null)"
echo "boot=$(timeout 5 systemctl is-enabled corosync-qnetd.service 2>/dev/null)"
if [ ! -e "$db" ]; then
  echo "store=absent"
elif [ ! -f "$db/qnetd-cacert.crt" ]; then
  echo "store=begun"
elif ! list=$(timeout 5 certutil -L -d "$db" 2>&1); then
  echo "store=unreadable"
  echo "said=$(printf '%s' "$list" | tail -n 1)"
else
  case $list in
  *"Certificate Nickname"*"QNetd Cert"*) ;;
  *)
    echo "store=unreadable"
    echo "said=it lists no QNetd Cert"
    ;;
  esac
  section authority
  timeout 5 certutil -L -d "$db" -n "QNet CA" -a 2>/dev/null
fi
section end
exit 0
