# The third vote's machine: certificates, and the daemon that votes, now and at every boot. Certificates of an authority that
# is whole are never replaced: other clusters may be voted for with them. What an interrupted attempt has left is moved aside.
# shellcheck shell=sh
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
db=/etc/corosync/qnetd/nssdb
make=
if [ ! -e "$db" ]; then
  make=yes
elif [ ! -f "$db/qnetd-cacert.crt" ]; then
  # The authority's certificate is what nodes are given: without it, none was ever served from here.
  old=$db.old-$(date -u +%Y%m%dT%H%M%SZ)
  mv -- "$db" "$old" || {
    echo "$db has no authority, and cannot be moved aside to $old: see above, then apply again." >&2
    exit 1
  }
  make=yes
else
  list=$(must certutil -L -d "$db") || exit 1
  case $list in
  *"Certificate Nickname"*"QNetd Cert"*) ;;
  *)
    echo "certutil on $(uname -n) does not find 'QNetd Cert' in $db, and its authority is there: nothing was changed, for it may serve other clusters. Where it serves none, move the directory aside (mv $db $db.old), then apply again." >&2
    exit 1
    ;;
  esac
fi
if [ -n "$make" ]; then
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
