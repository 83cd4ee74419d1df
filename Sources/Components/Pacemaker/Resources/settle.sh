# Waits until Pacemaker's own scheduler finds nothing to do for the live CIB and nothing is under way (a fencing device that
# is being started is up for the scheduler); then looks at what came of it. MEMBERS: the service's resources, TIMEOUT: seconds.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
deadline=$(($(date +%s) + TIMEOUT))
calm=0
down=$MEMBERS
# Before the scheduler is asked, for it is cheaper; and after, for what was begun meanwhile. A crm_mon that fails or prints
# only a part has not shown that nothing is under way.
is_calm() {
  seen=$(timeout -k 2 10 crm_mon --one-shot --output-as=xml 2>/dev/null) || return 1
  case $seen in *'<status code="0"'*'</pacemaker-result>'*) ;; *) return 1 ;; esac
  if printf '%s\n' "$seen" | grep -Eq '<resource .*( pending="|role="St(art|opp)ing")'; then return 1; fi
}
# A member of the service is started and has not failed, as the scheduler sees it.
is_up() {
  shown=$(grep '<resource ' "$work/state" | grep -F " id=\"$1\"")
  case $shown in *' role="Started"'*) ;; *) return 1 ;; esac
  case $shown in *' failed="false"'*) ;; *) return 1 ;; esac
}
while [ "$(date +%s)" -lt "$deadline" ]; do
  look
  if is_calm && timeout 10 crm_simulate --live-check --run --output-as=xml >"$work/state" 2>"$work/log" &&
    grep -q '<actions/>' "$work/state" && is_calm; then
    down=
    for member in $MEMBERS; do
      is_up "$member" || down="$down $member"
    done
    [ -n "$down" ] || break
    # Nothing to do and not running: for good, unless the other node is still on its way.
    calm=$((calm + 1))
    if [ "$calm" -ge 50 ] && crm_mon --one-shot --include=none,dc | grep -q 'with quorum'; then break; fi
  else
    calm=0
  fi
  rest
done
problems=$(timeout 10 crm_mon --one-shot --include=none,failures,fencing-failed 2>&1 | sed '/^$/d; /^Status of pacemakerd/d')
if [ -n "$down" ]; then
  {
    [ -z "$problems" ] || printf '%s\n' "$problems"
    timeout 10 crm_mon --one-shot --inactive --include=none,dc,nodes,resources | sed '/^$/d; /^Status of pacemakerd/d'
    echo "Not running:$down. Look at the failed actions above; 'journalctl -u pacemaker' tells more. After mending the cause: crm_resource --cleanup"
  } >&2
  exit 1
fi
if printf '%s\n' "$problems" | grep -q 'Failed '; then
  {
    printf '%s\n' "$problems"
    echo "The service runs, but the failures above mean that it may not survive the next fault. Mend the cause, then: crm_resource --cleanup"
  } >&2
  exit 1
fi
