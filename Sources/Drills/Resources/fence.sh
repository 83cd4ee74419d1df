# Fences NODE through the cluster's own device, as Pacemaker would.
stonith_admin --reboot "$NODE" --timeout 120 || {
  echo "fencing $NODE failed; see: pmm-ha status" >&2
  exit 1
}
