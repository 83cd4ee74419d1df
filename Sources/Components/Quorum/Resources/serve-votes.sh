# The third vote's machine: certificates, and the daemon that votes, now and at every boot.
# shellcheck shell=sh
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
db=/etc/corosync/qnetd/nssdb
# Without its own certificate, the last to be made, an earlier attempt was interrupted.
if ! { [ -f "$db/qnetd-cacert.crt" ] && certutil -L -d "$db" -n "QNetd Cert" >/dev/null 2>&1; }; then
  rm -rf "$db"
  if ! log=$(corosync-qnetd-certutil -i -G 2>&1); then
    printf '%s\n' "$log" | tail -n 5 >&2
    echo "corosync-qnetd-certutil could make no certificates in $db: is there space, is the package whole?" >&2
    exit 1
  fi
  # The daemon reads them as its own user, where it has one. (The group is the directory's: Debian's is root.)
  user=$(systemctl show --property=User --value corosync-qnetd.service)
  if [ -n "$user" ]; then chgrp -R "$(id -gn "$user")" "$db"; fi
  systemctl stop corosync-qnetd.service
fi
SYSTEMCTL_SKIP_SYSV=1 systemctl -q enable corosync-qnetd.service
if ! timeout 60 systemctl start corosync-qnetd.service; then
  journalctl --quiet --no-pager --unit corosync-qnetd.service --lines 10 >&2
  echo "corosync-qnetd does not start; its own words are above. Does something else use port 5403 (ss -ltnp)?" >&2
  exit 1
fi
