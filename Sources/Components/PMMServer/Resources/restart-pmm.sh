# Restarts PMM through Pacemaker, and nothing else of the group: told to be stopped, then not any more.
# crm_resource --restart does the same and sleeps two seconds between two looks; this rests as long as waiting.sh says.
# RESOURCE. STOP, START: seconds that Pacemaker lets these take.
set -u
export PATH="$PATH:/usr/sbin:/sbin"
# Seen by the next survey if this is cut off before the end: the service would stay stopped.
mark=/var/lib/pmm-ha/pmm-restart
mkdir -p /var/lib/pmm-ha
echo "$RESOURCE" >"$mark"

role() { timeout 20 crm_resource --resource "$RESOURCE" --meta "$@" >/dev/null 2>&1; }
release() {
  role --delete-parameter target-role || {
    echo "Pacemaker did not take back that $RESOURCE is to be stopped. Run: crm_resource -r $RESOURCE --meta -d target-role" >&2
    return 1
  }
  rm -f "$mark"
}
# $1: an attribute as crm_mon 2.0.3 and later print it. (crm_resource --locate calls a resource running that only starts.)
is() {
  timeout 20 crm_mon --one-shot --output-as=xml --include=none,resources 2>/dev/null | grep -q "<resource id=\"$RESOURCE\" .* $1 "
}
now() { date +%s; }
problems() { timeout 20 crm_mon --one-shot --include=none,failures 2>/dev/null | sed '/^$/d' >&2; }

trap 'release; exit 1' HUP INT TERM
role --set-parameter target-role --parameter-value Stopped || {
  echo "Pacemaker does not answer on this node: is it running? Look at 'systemctl status pacemaker'." >&2
  rm -f "$mark"
  exit 1
}
deadline=$(($(now) + STOP + 30))
until look && is 'active="false"'; do
  if [ "$(now)" -ge "$deadline" ]; then
    problems
    release
    echo "$RESOURCE did not stop within $((STOP + 30)) s: look at the failures above and at 'journalctl -u pmm-server' on its node" >&2
    exit 1
  fi
  rest
done
release || exit 1
trap - HUP INT TERM
# Whether Pacemaker has nothing to do, by the coordinator's own word; no word is no yes.
is_idle() {
  coordinator=$(timeout 10 crmadmin --quiet --dc_lookup 2>/dev/null) && [ -n "$coordinator" ] &&
    timeout 10 crmadmin --status "${coordinator##* }" 2>&1 | grep -q S_IDLE
}
deadline=$(($(now) + START + 30))
idle=0
until look && is 'role="Started"'; do
  if [ "$(now)" -ge "$deadline" ]; then
    problems
    echo "$RESOURCE did not start again within $((START + 30)) s: look at the failures above and at 'journalctl -u pmm-server'" >&2
    exit 1
  fi
  # A start may take hours, but not one that Pacemaker has given up on all nodes.
  if is 'active="false"' && is_idle; then idle=$((idle + 1)); else idle=0; fi
  if [ "$idle" -ge 10 ]; then
    problems
    echo "$RESOURCE does not start, and Pacemaker does not try again: look at the failures above and at 'journalctl -u pmm-server', mend the cause, then: pmm-ha cleanup" >&2
    exit 1
  fi
  rest
done
