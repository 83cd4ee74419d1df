# Starts pcsd, now and at boot.
# shellcheck shell=sh
set -eu
if ! timeout 120 systemctl -q enable --now pcsd.service; then
  systemctl --no-pager --lines 5 status pcsd.service >&2 || true
  echo "pcsd does not start: read 'journalctl -u pcsd' on the node. The cluster works without it; pcs on other nodes does not reach this one." >&2
  exit 1
fi
