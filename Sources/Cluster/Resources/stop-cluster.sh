# Stops Pacemaker and Corosync in order and keeps them from starting at boot.
systemctl disable --quiet pacemaker corosync 2>/dev/null
# It goes with Corosync, which it needs.
systemctl disable --quiet corosync-qdevice 2>/dev/null
# It would feed a watchdog for a cluster that is no more.
systemctl disable --quiet sbd 2>/dev/null
timeout 120 systemctl stop pacemaker corosync || {
  echo "pacemaker or corosync did not stop: systemctl status pacemaker corosync" >&2
  exit 1
}
