# Makes the wanted configuration in $work/new.xml from the live one in $work/old.xml; touches no cluster.
# CHANGES: one line a change (what, where, element). EPOCH: the configuration's version (admin_epoch.epoch) that the plan was
# made from; "+" before it: where the plan itself starts the cluster or stops resources before this, the version may have grown.
# WAIT: seconds that a cluster which has just been started gets to find itself.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
set -eu
umask 077
fail() {
  echo "$*" >&2
  exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
edit_cib() {
  end=$(($(date +%s) + WAIT))
  while [ "$(date +%s)" -lt "$end" ]; do
    if timeout 5 crm_mon --one-shot --include=none,dc 2>/dev/null | grep -q 'partition with quorum'; then break; fi
    sleep 0.2
  done
  (must cibadmin --query) >"$work/old.xml" 2>"$work/log" || fail "$(cat "$work/log") The cluster's configuration cannot be read; is Pacemaker running here?"
  found=$(sed -n '1s/.* admin_epoch="\([0-9]*\)".*/\1/p' "$work/old.xml").$(sed -n '1s/.* epoch="\([0-9]*\)".*/\1/p' "$work/old.xml")
  case $found in
    [0-9]*.[0-9]*) ;;
    *) fail "cibadmin on $(uname -n) printed a configuration without its version ('$found'), so nothing was changed. See: pmm-ha status" ;;
  esac
  case $EPOCH in
    +*) if [ "${EPOCH%.*}" = "+${found%.*}" ] && [ "${found#*.}" -ge "${EPOCH#*.}" ]; then found=$EPOCH; fi ;;
  esac
  if [ "$EPOCH" != "$found" ]; then
    fail "Someone changed the cluster's configuration since the plan was made (it is version $found, not $EPOCH), so nothing was changed. Run apply again: it will look anew."
  fi
  cp "$work/old.xml" "$work/new.xml"
  printf '%s\n' "$CHANGES" >"$work/changes"
  while read -r what where element; do
    case $what in
      delete) set -- --delete --xpath "//*[@id='$where']" ;;
      # Not by --xpath: that takes the element out and puts it at the end, and in a group the order is what counts.
      replace) set -- --replace --scope "$where" --xml-pipe ;;
      create) set -- --create --scope "$where" --xml-pipe ;;
      modify) set -- --modify --allow-create --scope "$where" --xml-pipe ;;
      *) fail "unknown change '$what'" ;;
    esac
    printf '%s' "$element" | CIB_file="$work/new.xml" cibadmin "$@" >"$work/log" 2>&1 \
      || fail "$(cat "$work/log") The change '$what $where' is refused, so nothing was changed."
  done <"$work/changes"
}
