#!/bin/sh
# Whether PMM's processes can work with the data below a directory. A part of other scripts.
# shellcheck shell=sh

# refused PLACE UID: the first part of PMM's data below PLACE, to the second level, that a process of the user UID and the
# group 0 cannot write, as "UID:GID MODE PATH"; prints nothing where there is none, and fails where it cannot be read.
# PMM's own names only: lost+found, or what an administrator has put beside the data, is no matter of PMM's.
# PostgreSQL works with directories of its own user only, whatever the group may do.
refused() (
  place=$1
  user=$2
  set --
  for name in "$place"/postgres* "$place/pmm-distribution" "$place/pmm-encryption.key" "$place/.postgres_password" \
    "$place/backup" "$place/clickhouse" "$place/grafana" "$place/logs" "$place/nginx" "$place/prometheus" \
    "$place/victoriametrics" "$place/pmm-agent" "$place/alerting" "$place/alertmanager"; do
    [ ! -e "$name" ] || set -- "$@" "$name"
  done
  [ $# -gt 0 ] || exit 0
  timeout -s KILL 20 find "$@" -xdev -maxdepth 1 ! -type l ! -uid "$user" \
    \( -path "$place/postgres*" -o ! -gid 0 -o ! -perm -020 \) -printf '%U:%G %m %p\n' -quit
)

# takes_files OWNER GROUP MODE UID: whether a process of the user UID and the group 0 may make a file in a directory of
# OWNER and GROUP with the octal MODE.
takes_files() {
  [ "$1" != "$4" ] || return $((0$3 & 0200 ? 0 : 1))
  [ "$2" != 0 ] || return $((0$3 & 020 ? 0 : 1))
  return $((0$3 & 02 ? 0 : 1))
}
