# Starts the time service UNIT, now and at boot.
# shellcheck shell=sh disable=SC2154
set -eu
if ! { SYSTEMCTL_SKIP_SYSV=1 systemctl -q --no-reload enable "$UNIT" && systemctl -q start "$UNIT"; }; then
  echo "$UNIT does not start: read 'systemctl status $UNIT' on the node; the nodes' clocks must agree, by this or by another time service." >&2
  exit 1
fi
