# Starts pcsd, now and at boot.
# shellcheck shell=sh
set -eu
# Nothing of the units is new: systemd need not read them all. Debian's units have init scripts beside them, whose links
# systemctl would bring in line, too, and read all units for that twice more.
if ! { SYSTEMCTL_SKIP_SYSV=1 systemctl -q --no-reload enable pcsd.service && timeout 120 systemctl -q start pcsd.service; }; then
  systemctl --no-pager --lines 5 status pcsd.service >&2 || true
  echo "pcsd does not start: read 'journalctl -u pcsd' on the node. The cluster works without it; pcs on other nodes does not reach this one." >&2
  exit 1
fi
