# Gives VOLUME_GROUP the system id of this node (SYSTEM_ID; it has OLD_SYSTEM_ID now), and switches off its activation
# at boot. Both are words in the group's metadata: no data is touched, nothing is activated or deactivated.
# shellcheck shell=sh disable=SC2154
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
fail() {
  echo "$1" >&2
  exit 1
}
id=$(lvm systemid 2>/dev/null | sed -n 's/^ *system ID: *//p')
[ "$id" = "$SYSTEM_ID" ] ||
  fail "LVM on $(uname -n) has the system id '$id', not '$SYSTEM_ID': nothing was changed. See system_id_source in /etc/lvm/lvmlocal.conf and lvm.conf; then apply again."
now=$(vgs --foreign --nohints --noheadings -o vg_systemid "$VOLUME_GROUP" | tr -d ' ')
if [ "$now" != "$SYSTEM_ID" ]; then
  [ "$now" = "$OLD_SYSTEM_ID" ] || fail "$VOLUME_GROUP belongs to '$now' now, and not to '$OLD_SYSTEM_ID' as when the plan was made: plan again."
  if [ -n "$now" ]; then
    vgchange --quiet --yes --config "local/extra_system_ids=[\"$now\"]" --systemid "$SYSTEM_ID" "$VOLUME_GROUP"
  else
    vgchange --quiet --yes --systemid "$SYSTEM_ID" "$VOLUME_GROUP"
  fi || fail "vgchange failed, see above; then apply again."
fi
if vgs --nohints --noheadings -o vg_autoactivation "$VOLUME_GROUP" | grep -q enabled; then
  vgchange --quiet --setautoactivation n "$VOLUME_GROUP" || fail "vgchange failed, see above; then apply again."
fi
