# A key of this node's own for its talk with the third vote, and the request to sign its certificate.
# AUTHORITY: the third machine's certificate, base64. CLUSTER: the name that the certificate is for.
# shellcheck shell=sh disable=SC2154,SC2153
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
umask 077
net=/etc/corosync/qdevice/net
mkdir -p "$net"
# All anew: what is there is of another authority or cluster, or half made. It is kept, for whoever built it may need it.
if [ -e "$net/nssdb" ]; then
  old=$net/nssdb.old-$(date -u +%Y%m%dT%H%M%SZ)
  mv -- "$net/nssdb" "$old" || {
    echo "$net/nssdb is of another authority or cluster, and cannot be moved aside to $old: see above, then apply again." >&2
    exit 1
  }
fi
authority=$(mktemp)
trap 'rm -f "$authority"' EXIT
printf '%s' "$AUTHORITY" | base64 -d >"$authority"
if ! log=$(corosync-qdevice-net-certutil -i -c "$authority" 2>&1 && corosync-qdevice-net-certutil -r -n "$CLUSTER" 2>&1); then
  printf '%s\n' "$log" | tail -n 5 >&2
  echo "corosync-qdevice-net-certutil could make no key in $net/nssdb: is there space, is the package corosync-qdevice whole?" >&2
  exit 1
fi
