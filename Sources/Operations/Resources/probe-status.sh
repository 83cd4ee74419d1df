# Everything that `status` shows, in one round trip. URL: the readiness URL through the virtual IP, or empty.
echo "== node"
if [ -n "${CIB_file:-}" ]; then echo "$CIB_file"; else uname -n; fi
date +%s
echo "== saved"
[ -z "${CIB_file:-}" ] || echo yes
echo "== state"
# A saved CIB (CIB_file) has no fencing history, and crm_mon fails when asked for it.
if [ -n "${CIB_file:-}" ]; then set --; else set -- --fence-history=3; fi
# crm_mon tries for three seconds to reach a Pacemaker that does not run.
if [ -n "${CIB_file:-}" ] || systemctl is-active --quiet pacemaker.service 2>/dev/null; then
  timeout 10 crm_mon --output-as=xml --inactive --timing-details "$@"
else
  echo '<pacemaker-result><status code="102" message="Pacemaker does not run on this node"/></pacemaker-result>'
fi
echo "== cluster"
[ -n "${CIB_file:-}" ] || sed -n 's/^[[:space:]]*cluster_name:[[:space:]]*//p' /etc/corosync/corosync.conf 2>/dev/null
echo "== links"
[ -n "${CIB_file:-}" ] || timeout 3 corosync-cfgtool -n 2>/dev/null
echo "== tests"
for file in /var/lib/pmm-ha/fencing/*.tested; do
  [ -n "${CIB_file:-}" ] || [ ! -e "$file" ] || { echo "$(basename "$file" .tested) $(tr '\n' ' ' <"$file")"; }
done
echo "== service"
[ -z "$URL" ] || curl --silent --insecure --max-time 3 --output /dev/null --write-out '%{http_code} %{time_total}\n' "$URL"
exit 0
