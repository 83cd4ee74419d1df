# Stops the cluster on this node, so that it can start with sbd.
set -eu
systemctl stop pacemaker.service || {
  echo "Pacemaker does not stop on $(uname -n): see 'journalctl -u pacemaker', then apply again." >&2
  exit 1
}
systemctl stop corosync.service
