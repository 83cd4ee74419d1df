# Starts Corosync and Pacemaker.
timeout 120 systemctl start corosync.service pacemaker.service || {
  journalctl --quiet --no-pager --unit corosync.service --unit pacemaker.service --lines 10 >&2
  echo "the cluster does not start here; its own words are above" >&2
  exit 1
}
