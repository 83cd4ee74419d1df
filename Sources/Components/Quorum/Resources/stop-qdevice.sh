# The third vote is no longer wanted.
# shellcheck shell=sh
export PATH="$PATH:/usr/sbin:/sbin"
SYSTEMCTL_SKIP_SYSV=1 systemctl -q disable corosync-qdevice.service || exit 1
if ! timeout 60 systemctl stop corosync-qdevice.service; then
  systemctl --no-pager --lines 5 status corosync-qdevice.service >&2
  echo "corosync-qdevice does not stop: systemctl stop corosync-qdevice, then apply again" >&2
  exit 1
fi
# It may end with an error when Corosync's votes go, which would be shown as a failed unit for ever.
systemctl reset-failed corosync-qdevice.service 2>/dev/null || :
