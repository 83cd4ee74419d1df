# Stops PMM and copies its data from FROM, on this node's own disk, to TO, the shared filesystem; the original is kept as
# KEPT, by which a later look knows that it is done. Nothing is removed. STOP: seconds that PMM may take to stop.
# shellcheck shell=sh disable=SC2154
set -u
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
fail() {
  echo "$*" >&2
  exit 1
}
mounted() { awk -v place="$TO" '$5 == place { found = 1 } END { exit !found }' /proc/self/mountinfo; }
[ -d "$FROM" ] || fail "there is no $FROM any more: nothing was done. Apply again: it will look anew."
[ ! -e "$KEPT" ] || fail "$KEPT is there already: move it away, then apply again."
mounted || fail "nothing is mounted at $TO on $(uname -n): nothing was done. Let Pacemaker mount the shared disk, then apply again."
# What a copy that was cut off has left is known by this mark, and gone over again.
mark=$TO/.pmm-ha-copying
if [ ! -e "$mark" ] && [ -n "$(find "$TO" -mindepth 1 -maxdepth 1 ! -name lost+found)" ]; then
  fail "$TO is not empty any more: nothing was done. Apply again: it will look anew."
fi
need=$(du -s -B1024 -- "$FROM" | cut -f1)
have=$(df -P -B1024 -- "$TO" | awk 'NR == 2 { print $4 + $3 }')
[ "$need" -lt "$have" ] || fail "$FROM needs $need KiB, and $TO has $have KiB: nothing was done. Make the shared disk larger, then apply again."

alive() {
  for group in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
    group=$group/system.slice/pmm-server.service
    if grep -qsx 'populated 1' "$group/cgroup.events" || { [ ! -e "$group/cgroup.events" ] && grep -qs . "$group/cgroup.procs"; }; then return 0; fi
  done
  return 1
}
# Whose PMM is: Pacemaker's, which would start it again behind a `systemctl stop`, or systemd's alone. Where Pacemaker runs, it
# must have said so itself.
state=$(must systemctl show --property=ActiveState --value pacemaker.service) || exit 1
resource=
case $state in
inactive | failed) ;;
active)
  shown=$(must crm_mon --one-shot --inactive --output-as=xml --include=none,resources) || exit 1
  case $shown in
  *"<resources"*"</pacemaker-result>"*) ;;
  *) fail "crm_mon on $(uname -n) does not say what Pacemaker runs: nothing was done. See: pmm-ha status" ;;
  esac
  resource=$(printf '%s\n' "$shown" | grep -E '<resource [^>]*resource_agent="systemd:pmm-server(\.service)?"' | sed -n 's/.* id="\([^"]*\)".*/\1/p' | head -n 1)
  ;;
*) fail "systemctl says '$state' of pacemaker.service on $(uname -n), so it is not known whether it would start PMM again: nothing was done. Apply again: it will look anew." ;;
esac
if [ -n "$resource" ]; then
  # With the mark by which the next plan knows that it was not an administrator who stopped it.
  mark_xml='<crm_config><cluster_property_set id="pmm-ha"><nvpair id="pmm-ha-taking-over" name="pmm-ha-taking-over" value="true"/></cluster_property_set></crm_config>'
  if ! timeout 30 cibadmin --modify --allow-create --scope crm_config --xml-text "$mark_xml" >/dev/null ||
    ! timeout 30 crm_resource --resource "$resource" --meta --set-parameter target-role --parameter-value Stopped --quiet >/dev/null; then
    fail "Pacemaker does not take the order to stop $resource: nothing was copied. See: pmm-ha status"
  fi
else
  timeout "$STOP" systemctl stop pmm-server.service || fail "pmm-server.service does not stop: see systemctl status pmm-server"
fi
deadline=$(($(date +%s) + STOP + 30))
while alive; do
  [ "$(date +%s)" -lt "$deadline" ] || fail "PMM has not stopped in $((STOP + 30)) s: nothing was copied. See 'journalctl -u pmm-server', then apply again."
  sleep 0.2
done
mounted || fail "$TO is not mounted any more on $(uname -n): nothing was copied. Apply again: it will look anew."
: >"$mark" || fail "$TO cannot be written to: nothing was copied."
cp -a -- "$FROM/." "$TO/" || fail "the copy from $FROM to $TO failed, see above; $FROM is as it was. Mend the cause, then apply again."
if alive; then fail "PMM was started again while its data was copied: the copy is no good, $FROM is as it was. See who starts it ('journalctl -u pmm-server'), then apply again."; fi
mounted || fail "$TO is not mounted any more on $(uname -n): the copy is not whole, $FROM is as it was. Apply again: it will look anew."
# listing DIRECTORY: each file with its kind, owner, mode, size and target; of small ones the content, for at most ten minutes.
listing() {
  (
    cd "$1" || exit 1
    find . -mindepth 1 ! -path ./.pmm-ha-copying ! -path './lost+found*' \( -type d -printf '%p %y %U %G %m\n' -o -printf '%p %y %U %G %m %s %l\n' \) || exit 1
    timeout 600 find . -type f -size -64k ! -path ./.pmm-ha-copying ! -path './lost+found*' -exec sha256sum {} + || exit 1
  )
}
work=$(mktemp -d) || fail "no directory for temporary files can be made on $(uname -n): $FROM is as it was."
trap 'rm -rf "$work"' EXIT
listing "$FROM" >"$work/from" || fail "$FROM cannot be read as a whole after the copy, see above; it is as it was. Apply again."
listing "$TO" >"$work/to" || fail "$TO cannot be read as a whole after the copy, see above; $FROM is as it was. Apply again."
for list in from to; do
  sort -o "$work/$list" "$work/$list" || fail "the lists of files cannot be sorted, see above; $FROM is as it was. Apply again."
done
[ -s "$work/from" ] || fail "find on $(uname -n) lists no file of $FROM: it is as it was. Apply again."
if ! cmp -s "$work/from" "$work/to"; then
  diff "$work/from" "$work/to" | head -n 10 >&2
  fail "$TO is not a copy of $FROM, see the first differences above; $FROM is as it was. Apply again."
fi
if command -v restorecon >/dev/null; then restorecon -R "$TO" || true; fi
rm -f "$mark"
sync
mv -- "$FROM" "$KEPT" || fail "$FROM cannot be renamed to $KEPT. Do it by hand, then apply again."
