# Signs a node's certificate for CLUSTER. REQUEST: base64. CERTIFICATE: where it is put for that node.
# shellcheck shell=sh disable=SC2154,SC2153
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
umask 027
request=$(mktemp)
trap 'rm -f "$request"' EXIT
printf '%s' "$REQUEST" | base64 -d >"$request"
if ! log=$(corosync-qnetd-certutil -s -c "$request" -n "$CLUSTER" 2>&1); then
  printf '%s\n' "$log" | tail -n 5 >&2
  echo "corosync-qnetd-certutil did not sign the certificate of cluster $CLUSTER" >&2
  exit 1
fi
mv "/etc/corosync/qnetd/nssdb/cluster-$CLUSTER.crt" "$CERTIFICATE"
