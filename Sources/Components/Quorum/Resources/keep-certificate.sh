# Puts this node's certificate, signed by the third machine, beside its key. CERTIFICATE: base64.
# shellcheck shell=sh disable=SC2154,SC2153
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
umask 077
db=/etc/corosync/qdevice/net/nssdb
signed=$(mktemp)
trap 'rm -f "$signed"' EXIT
printf '%s' "$CERTIFICATE" | base64 -d >"$signed"
# (corosync-qdevice-net-certutil -M would also export the key, for other nodes.)
certutil -A -d "$db" -f "$db/pwdfile.txt" -t u,u,u -n "Cluster Cert" -i "$signed"
if ! certutil -V -u C -d "$db" -f "$db/pwdfile.txt" -n "Cluster Cert"; then
  echo "the certificate is not good here: compare the clock of this node with the third machine's (date), then apply again" >&2
  exit 1
fi
