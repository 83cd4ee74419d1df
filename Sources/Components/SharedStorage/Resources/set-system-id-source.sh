# Lets LVM name this node by its host name: adds BLOCK to lvmlocal.conf, which else stays as it is. For a node where LVM
# was not there when the plan was made.
# shellcheck shell=sh disable=SC2154
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
if [ "$(lvmconfig --type full global/system_id_source)" = 'system_id_source="none"' ]; then
  file=${LVM_SYSTEM_DIR:-/etc/lvm}/lvmlocal.conf
  umask 022
  { [ ! -e "$file" ] || cat "$file"; printf '%s' "$BLOCK"; } >"$file.pmm-ha"
  mv "$file.pmm-ha" "$file"
fi
