# Stops Pacemaker, which stops what it runs here in order, and Corosync. Both start again at the next boot.
timeout 600 systemctl stop pacemaker.service corosync.service || {
  echo "the cluster did not stop here: systemctl status pacemaker corosync; what hangs, 'crm_mon -1rf' on the other node tells" >&2
  exit 1
}
