# Makes directories for root: DIRECTORIES is PATH:MODE, separated by blanks.
# shellcheck shell=sh disable=SC2154
set -eu
for entry in $DIRECTORIES; do
  path=${entry%:*}
  mkdir -p "$path"
  chown root:root "$path"
  chmod "${entry##*:}" "$path"
done
