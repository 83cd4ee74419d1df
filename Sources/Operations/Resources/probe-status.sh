# Everything that `status` shows, in one round trip. URL: the readiness URL through the virtual IP, or empty.
# Little is started: on a node, a process more is two milliseconds more.
section node
if [ -n "${CIB_file:-}" ]; then echo "$CIB_file"; else cat /proc/sys/kernel/hostname; fi
date +%s
section saved
[ -z "${CIB_file:-}" ] || echo yes
section state
# A saved CIB (CIB_file) has no fencing history, and crm_mon fails when asked for it.
if [ -n "${CIB_file:-}" ]; then set --; else set -- --fence-history=3; fi
runs=${CIB_file:+yes}
# The unit's group lives as long as one of its processes.
for group in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
  [ ! -d "$group/system.slice/pacemaker.service" ] || runs=yes
done
# crm_mon tries for three seconds to reach a Pacemaker that does not run.
if [ -n "$runs" ]; then
  timeout 10 crm_mon --output-as=xml --inactive --timing-details "$@"
else
  echo '<pacemaker-result><status code="102" message="Pacemaker does not run on this node"/></pacemaker-result>'
fi
section cluster
if [ -z "${CIB_file:-}" ]; then
  while read -r key value; do
    case $key in
    cluster_name:) echo "$value" ;;
    cluster_name:*) echo "${key#*:}" ;;
    esac
  done 2>/dev/null </etc/corosync/corosync.conf
  section links
  timeout 3 corosync-cfgtool -n 2>/dev/null
  section votes
  # The file names a device only where the cluster has one.
  while read -r key _; do
    case $key in model:*) timeout 3 corosync-quorumtool -s 2>/dev/null ;; esac
  done 2>/dev/null </etc/corosync/corosync.conf
  for kind in tested fenced; do
    if [ $kind = tested ]; then section tests; else section fenced; fi
    for file in /var/lib/pmm-ha/fencing/*".$kind"; do
      [ -e "$file" ] || continue
      file=${file##*/}
      printf '%s' "${file%."$kind"}"
      while read -r line || [ -n "$line" ]; do printf ' %s' "$line"; done <"/var/lib/pmm-ha/fencing/$file"
      echo
    done
  done
fi
section start
# What a start of PMM waits for, as the resource agent notes it while it waits.
if [ -r /run/pmm-ha/pmm-start ] && [ -z "${CIB_file:-}" ]; then cat /run/pmm-ha/pmm-start; fi
section login
if [ -r /run/pmm-ha/pmm-login ] && [ -z "${CIB_file:-}" ]; then cat /run/pmm-ha/pmm-login; fi
if [ -z "${CIB_file:-}" ]; then
  section parts
  pmm_parts
fi
section service
[ -z "$URL" ] || curl --silent --insecure --max-time 3 --output /dev/null --write-out '%{http_code} %{time_total}\n' "$URL"
exit 0
