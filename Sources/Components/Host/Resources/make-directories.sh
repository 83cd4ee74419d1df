# Makes directories for root: DIRECTORIES is PATH:MODE, separated by blanks.
# shellcheck shell=sh disable=SC2154
set -eu
for entry in $DIRECTORIES; do
  path=${entry%:*}
  mkdir -p "$path"
  chown root:root "$path"
  chmod "${entry##*:}" "$path"
  if command -v restorecon >/dev/null 2>&1; then restorecon -R "$path" || true; fi
done
