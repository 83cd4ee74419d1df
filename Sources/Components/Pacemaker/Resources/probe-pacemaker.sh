# What Pacemaker is on this node and what it says. Reads only.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
if ! command -v pacemakerd >/dev/null; then
  section absent
  exit 0
fi
section features
timeout 5 pacemakerd --features
section units
set -- corosync.service pacemaker.service
timeout 5 systemctl show --property=Id,ActiveState "$@"
# As it stands on the disk: of a unit that runs, the manager remembers what it was before an `enable` without a reload.
SYSTEMCTL_SKIP_SYSV=1 timeout 5 systemctl is-enabled "$@" 2>/dev/null | while read -r state; do
  printf '\nId=%s\nUnitFileState=%s\n' "$1" "$state"
  shift
done
section authkey
if [ -e /etc/pacemaker/authkey ]; then sha256sum /etc/pacemaker/authkey; fi
section cib
# The live CIB; else what Pacemaker would start with.
if cib=$(timeout 5 cibadmin --query 2>/dev/null); then
  printf '%s\n' "$cib"
  section live
elif [ -e /var/lib/pacemaker/cib/cib.xml ]; then
  cat /var/lib/pacemaker/cib/cib.xml
fi
section state
timeout 5 crm_mon --output-as=xml --inactive --timing-details --fence-history=3
exit 0
