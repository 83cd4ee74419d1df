# What Pacemaker is on this node and what it says. Reads only.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
if ! command -v pacemakerd >/dev/null; then
  echo "== absent"
  exit 0
fi
echo "== features"
timeout 5 pacemakerd --features
echo "== units"
timeout 5 systemctl show --property=Id,ActiveState,UnitFileState corosync.service pacemaker.service
echo "== authkey"
if [ -e /etc/pacemaker/authkey ]; then sha256sum /etc/pacemaker/authkey; fi
echo "== cib"
# The live CIB; else what Pacemaker would start with.
if cib=$(timeout 5 cibadmin --query 2>/dev/null); then
  printf '%s\n' "$cib"
  echo "== live"
elif [ -e /var/lib/pacemaker/cib/cib.xml ]; then
  cat /var/lib/pacemaker/cib/cib.xml
fi
echo "== state"
timeout 5 crm_mon --output-as=xml --inactive --timing-details --fence-history=3
exit 0
