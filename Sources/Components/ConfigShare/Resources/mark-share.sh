# Makes the directory SHARE where it is not there, leaves a mark in it by which the other node knows it, and notes the
# mark on this node: so that a share that is down later is known to be this one.
# shellcheck shell=sh disable=SC2154
set -eu
# As in share-probe.sh: who waits for a server that is gone must hold nothing that we wait for.
# shellcheck disable=SC2016 # the inner shell expands
quick() { timeout -s KILL 30 sh -c 'x=$("$@" </dev/null 2>&1; s=$?; echo .; exit $s); s=$?; printf %s "${x%.}"; exit $s' quick "$@"; }
# shellcheck disable=SC2016
seen=$(quick sh -c '
  set -eu
  mkdir -p -- "$1"
  mark=$1/.pmm-ha-share
  if [ ! -s "$mark" ]; then
    cat /proc/sys/kernel/random/uuid >"$mark.$$"
    sync "$mark.$$"
    mv "$mark.$$" "$mark"
  fi
  head -c 100 "$mark"' mark-share "$SHARE") || {
  [ -z "$seen" ] || printf '%s\n' "$seen" >&2
  echo "$SHARE cannot be written to: is it mounted read-write, does its server answer, and may root write to it (an NFS server needs no_root_squash for it)?" >&2
  exit 1
}
mkdir -p /var/lib/pmm-ha
printf '%s\n' "$seen" >/var/lib/pmm-ha/share.mark.new
mv /var/lib/pmm-ha/share.mark.new /var/lib/pmm-ha/share.mark
