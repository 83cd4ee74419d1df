# corosync-qdevice, now and at every boot. HOST: whose vote it brings. RENEWED: it must read new certificates.
# shellcheck shell=sh disable=SC2154
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
SYSTEMCTL_SKIP_SYSV=1 systemctl -q enable corosync-qdevice.service || exit 1
verb=start
[ -z "$RENEWED" ] || verb=restart
if ! timeout 60 systemctl "$verb" corosync-qdevice.service; then
  journalctl --quiet --no-pager --identifier corosync-qdevice --lines 10 >&2
  echo "corosync-qdevice does not start; its own words are above. Does Corosync run with the device (corosync-cmapctl quorum.device)?" >&2
  exit 1
fi
tries=0
# "State: Connected" as soon as corosync-qnetd has let it in.
until timeout 5 corosync-qdevice-tool -s 2>/dev/null | grep -Eq '^State:[[:space:]]*Connected'; do
  tries=$((tries + 1))
  if [ "$tries" -ge 150 ]; then
    journalctl --quiet --no-pager --identifier corosync-qdevice --lines 5 >&2
    echo "corosync-qdevice reaches no corosync-qnetd at $HOST, port 5403: does it run there, and does a firewall let $(uname -n) in?" >&2
    exit 1
  fi
  sleep 0.2
done
