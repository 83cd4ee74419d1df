# Gives the account hacluster, by which the nodes' pcsd let each other in, the password in FILE.
# It passes through the shell's own printf and a pipe only: no process has it in its arguments.
# shellcheck shell=sh disable=SC2154
set -eu
export PATH="$PATH:/usr/sbin:/sbin"
umask 077
if ! getent passwd hacluster >/dev/null; then
  echo "there is no account hacluster, which the package pcs or pacemaker makes: are both installed?" >&2
  exit 1
fi
if ! printf 'hacluster:%s\n' "$(cat "$FILE")" | chpasswd; then
  echo "the password of hacluster cannot be set: what chpasswd says stands above; is /etc/shadow writable?" >&2
  exit 1
fi
mkdir -p /var/lib/pmm-ha
{ getent shadow hacluster | cut -d: -f2; cat "$FILE"; } | sha256sum >/var/lib/pmm-ha/hacluster.set
