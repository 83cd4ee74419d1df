# Everything that `status` shows, in one round trip. URL: the readiness URL through the virtual IP, or empty.
echo "== node"
uname -n
date +%s
echo "== state"
# A saved CIB (CIB_file) has no fencing history: crm_mon then fails with it.
timeout 10 crm_mon --output-as=xml --inactive --timing-details --fence-history=3 2>/dev/null \
  || timeout 10 crm_mon --output-as=xml --inactive --timing-details
echo "== cluster"
[ -n "${CIB_file:-}" ] || sed -n 's/^[[:space:]]*cluster_name:[[:space:]]*//p' /etc/corosync/corosync.conf 2>/dev/null
echo "== links"
[ -n "${CIB_file:-}" ] || timeout 3 corosync-cfgtool -n 2>/dev/null
echo "== tests"
for file in /var/lib/pmm-ha/fencing/*.tested; do
  [ ! -e "$file" ] || { echo "$(basename "$file" .tested) $(tr '\n' ' ' <"$file")"; }
done
echo "== service"
[ -z "$URL" ] || curl --silent --insecure --max-time 3 --output /dev/null --write-out '%{http_code} %{time_total}\n' "$URL"
exit 0
