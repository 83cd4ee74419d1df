# Pacemaker requires sbd from now on: it starts and stops with the cluster. It cannot be started by itself.
set -eu
SYSTEMCTL_SKIP_SYSV=1 systemctl -q enable sbd.service || {
  echo "sbd.service cannot be enabled: is the package sbd installed on $(uname -n)?" >&2
  exit 1
}
