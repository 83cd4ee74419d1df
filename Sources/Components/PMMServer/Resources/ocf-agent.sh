#!/bin/sh
#
# ocf:pmm-ha:pmm-server - Percona PMM Server in the container of a systemd unit
#
# Starts and stops the unit and waits for PMM itself: a start is done when PMM's readiness URL answers 200, a check
# fails when it has not answered for several checks in a row. Where the container's processes are is read from the
# unit's control group, so neither a check nor a stop depends on podman, D-Bus or a systemd that answers; whatever is
# called has a time-out.

# shellcheck source=/dev/null
. "${OCF_FUNCTIONS_DIR:=${OCF_ROOT:=/usr/lib/ocf}/lib/heartbeat}/ocf-shellfuncs"

settings=/etc/pmm-ha/pmm/env
: "${OCF_RESKEY_unit:=pmm-server}"
: "${OCF_RESKEY_failures:=3}"
: "${OCF_RESKEY_request_timeout:=5}"
: "${OCF_RESKEY_mount_point:=}"
: "${OCF_RESKEY_start_limit:=1800}"
: "${OCF_RESKEY_url:=$(sed -n 's/^PMM_READINESS_URL=//p' "$settings" 2>/dev/null)}"
: "${OCF_RESKEY_url:=https://127.0.0.1/v1/server/readyz}"

unit=$OCF_RESKEY_unit.service
# How many checks in a row PMM has not answered.
missed_file=$HA_RSCTMP/pmm-server-${OCF_RESOURCE_INSTANCE:-default}.missed
# What a start waits for, for 'pmm-ha status'; there only while it waits.
note=/run/pmm-ha/pmm-start
# Whether PMM's user admin still has the password admin: 'default' or 'changed'; not there where that was not found yet.
login_note=/run/pmm-ha/pmm-login
# Whole seconds that Pacemaker gives this action.
limit=$((${OCF_RESKEY_CRM_meta_timeout:-60000} / 1000))

meta_data() {
  cat <<'XML'
<?xml version="1.0"?>
<!DOCTYPE resource-agent SYSTEM "ra-api-1.dtd">
<resource-agent name="pmm-server" version="1.0">
<version>1.0</version>
<longdesc lang="en">
Percona PMM Server in a podman container that a systemd unit runs. The unit must not start by itself: neither at boot
nor by Restart=. Start waits until PMM's readiness URL answers 200. Monitor fails when the container is gone, and when
PMM runs but has not answered several checks in a row. Stop ends the container even where systemd does not answer.
</longdesc>
<shortdesc lang="en">Manages Percona PMM Server in a container</shortdesc>
<parameters>
<parameter name="unit" unique="1" required="0">
<longdesc lang="en">The systemd unit, without .service.</longdesc>
<shortdesc lang="en">systemd unit</shortdesc>
<content type="string" default="pmm-server"/>
</parameter>
<parameter name="url" unique="0" required="0">
<longdesc lang="en">
Answers 200 when PMM can work: /v1/server/readyz in PMM 3, /v1/readyz in PMM 2. The default is PMM_READINESS_URL of
/etc/pmm-ha/pmm/env where that file says it, else https://127.0.0.1/v1/server/readyz.
</longdesc>
<shortdesc lang="en">readiness URL</shortdesc>
<content type="string" default=""/>
</parameter>
<parameter name="mount_point" unique="0" required="0">
<longdesc lang="en">
Where the shared filesystem is mounted. Start fails where nothing is mounted there: PMM would begin anew on the node's
own disk. Empty: not checked here.
</longdesc>
<shortdesc lang="en">mount point of PMM's data</shortdesc>
<content type="string" default=""/>
</parameter>
<parameter name="start_limit" unique="0" required="0">
<longdesc lang="en">
Seconds after which a start fails although PMM's container runs. A PMM that is seen to migrate its data (a new version's
first start) is waited for as long as the operation's own time-out allows.
</longdesc>
<shortdesc lang="en">time until a start counts as failed</shortdesc>
<content type="integer" default="1800"/>
</parameter>
<parameter name="failures" unique="0" required="0">
<longdesc lang="en">How many checks in a row PMM may miss: with the last of them monitor fails.</longdesc>
<shortdesc lang="en">missed checks until failure</shortdesc>
<content type="integer" default="3"/>
</parameter>
<parameter name="request_timeout" unique="0" required="0">
<longdesc lang="en">Seconds that one check waits for PMM's answer.</longdesc>
<shortdesc lang="en">time-out of one request</shortdesc>
<content type="integer" default="5"/>
</parameter>
</parameters>
<actions>
<action name="start" timeout="7200s"/>
<action name="stop" timeout="360s"/>
<action name="monitor" timeout="30s" interval="10s" depth="0"/>
<action name="validate-all" timeout="10s"/>
<action name="meta-data" timeout="5s"/>
</actions>
</resource-agent>
XML
}

# Sets now: hundredths of a second since boot; no process is started for it.
look_at_clock() {
  read -r uptime _ </proc/uptime
  now=${uptime%%.*}${uptime##*.}
}

# The least of the two: no call may outlive the action.
least() {
  if [ "$1" -lt "$2" ]; then echo "$1"; else echo "$2"; fi
}

find_group() {
  for group in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
    group=$group/system.slice/$unit
    [ ! -d "$group" ] || return 0
  done
  return 1
}

# All processes of the container and its monitor, also below the unit's own group.
processes() {
  find "$group" -name cgroup.procs -exec cat {} + 2>/dev/null
}

# Whether the process is in a PID namespace below this node's: /proc/PID/status then lists a number for each (proc(5)).
is_contained() {
  while read -r key _ below; do
    if [ "$key" = NSpid: ]; then
      [ -n "$below" ]
      return
    fi
  done <"/proc/$1/status"
  return 1
} 2>/dev/null

# Whether a process of the container is left. Podman's own that clean up after it do not count: they take 0.25 s, mostly
# for the network, and none of them has PMM's data open. No process is started for the look.
is_alive() {
  find_group || return 1
  if [ -r "$group/cgroup.events" ]; then
    while read -r key value; do
      [ "$key" != populated ] || [ "$value" != 0 ] || return 1
    done <"$group/cgroup.events"
  fi
  for list in "$group/cgroup.procs" "$group"/*/cgroup.procs "$group"/*/*/cgroup.procs; do
    [ -e "$list" ] || continue
    while read -r process; do
      ! is_contained "$process" || return 0
    done <"$list"
  done
  return 1
}

# The last line in the journal that the arguments choose, once the journal has taken in all there is.
last_line() {
  timeout -k 1 3 journalctl --sync >/dev/null 2>&1
  timeout -k 1 3 journalctl --quiet --no-pager --output=cat --lines=1 "$@" 2>/dev/null | cut -c 1-300
}

# Why the unit did not start, in podman's or the start check's own words. $1: since when, seconds since 1970. (The run's
# id would be better, but is missing where a process ends before the journal has looked at it.)
unit_words() { last_line --since="@$1" "_SYSTEMD_UNIT=$unit" _TRANSPORT=stdout; }

# The last words of PMM's own output, in the unit's present or last run.
container_words() {
  run=$(timeout -k 1 3 systemctl show --property=InvocationID --value "$unit" 2>/dev/null)
  [ -z "$run" ] || last_line "_SYSTEMD_INVOCATION_ID=$run" "CONTAINER_NAME=$OCF_RESKEY_unit"
}

# Sets answer to the HTTP status, 000 where there was none. $1: seconds.
is_ready() {
  answer=$(curl --silent --insecure --noproxy '*' --max-time "$1" --output /dev/null --write-out '%{http_code}' "$OCF_RESKEY_url" 2>/dev/null)
  [ "$answer" = 200 ]
}

pmm_validate() {
  for tool in systemctl curl timeout; do
    # have_binary of ocf-shellfuncs starts four processes for each, 0.3 s of an emulated node's start.
    command -v "$tool" >/dev/null || {
      ocf_exit_reason "$tool is not installed"
      return "$OCF_ERR_INSTALLED"
    }
  done
  for number in "$OCF_RESKEY_failures" "$OCF_RESKEY_request_timeout" "$OCF_RESKEY_start_limit"; do
    case $number in
      '' | 0 | *[!0-9]*)
        ocf_exit_reason "failures, request_timeout and start_limit must be whole numbers above 0, not '$number'"
        return "$OCF_ERR_CONFIGURED"
        ;;
    esac
  done
  case $OCF_RESKEY_url in
    http://* | https://*) ;;
    *)
      ocf_exit_reason "url must begin with http:// or https://, not '$OCF_RESKEY_url'"
      return "$OCF_ERR_CONFIGURED"
      ;;
  esac
  for place in /etc /run /usr/lib /lib; do
    [ ! -e "$place/systemd/system/$unit" ] || return "$OCF_SUCCESS"
  done
  ocf_exit_reason "there is no systemd unit $unit on this node"
  return "$OCF_ERR_INSTALLED"
}

is_mounted() {
  while read -r _ _ _ _ place _; do
    [ "$place" != "$OCF_RESKEY_mount_point" ] || return 0
  done </proc/self/mountinfo
  return 1
}

# Whether PMM is at a migration of its data, as far as it shows: the new PostgreSQL's directory is being filled.
is_migrating() {
  [ -n "$OCF_RESKEY_mount_point" ] || return 1
  for directory in "$OCF_RESKEY_mount_point"/postgres*.new; do
    [ ! -d "$directory" ] || return 0
  done
  return 1
}

# What the start waits for, with PMM's last words; whole or not at all, for a reader at any time.
write_note() {
  mkdir -p "${note%/*}"
  if is_migrating; then doing=migrating; else doing=starting; fi
  printf 'doing=%s\nsince=%s\nwords=%s\n' "$doing" "$began" "$(container_words)" >"$note.new" && mv "$note.new" "$note"
}

pmm_start() {
  pmm_validate || return $?
  rm -f "$missed_file" "$note" "$login_note"
  if [ -n "$OCF_RESKEY_mount_point" ] && ! is_mounted; then
    ocf_exit_reason "nothing is mounted on $OCF_RESKEY_mount_point, and PMM must not write to this node's own disk"
    return "$OCF_ERR_GENERIC"
  fi
  look_at_clock
  begin=$now
  began=$(date +%s)
  # Some time must be left to say why it failed.
  most=$((limit > 20 ? limit - 5 : limit * 3 / 4))
  patience=$(least "$OCF_RESKEY_start_limit" "$most")
  if ! errors=$(timeout -k 1 "$patience" systemctl start "$unit" 2>&1); then
    words=$(unit_words "$began")
    ocf_exit_reason "$unit did not start: ${words:-$errors}"
    return "$OCF_ERR_GENERIC"
  fi
  await_ready
  status=$?
  rm -f "$note" "$note.new"
  return $status
}

# Until PMM is ready; fails where its container ends, or the time is over.
await_ready() {
  # A start that goes as usual, within seconds, needs no note.
  next_note=1000
  until
    look_at_clock
    asked=$now
    is_ready "$(least "$OCF_RESKEY_request_timeout" "$patience")"
  do
    if ! is_alive; then
      ocf_exit_reason "PMM's container ended while starting, its last words: $(container_words)"
      return "$OCF_ERR_GENERIC"
    fi
    look_at_clock
    waited=$((now - begin))
    if [ "$waited" -ge "$next_note" ]; then
      write_note
      next_note=$((waited + 1000))
    fi
    # A migration that is cut off begins anew, here or on the other node, and takes as long again.
    if [ "$waited" -ge $((most * 100)) ] || { [ "$waited" -ge $((patience * 100)) ] && ! is_migrating; }; then
      ocf_exit_reason "PMM runs, but $OCF_RESKEY_url did not answer 200 within $((waited / 100)) s (last answer: $answer), its last words: $(container_words)"
      return "$OCF_ERR_GENERIC"
    fi
    # A busy machine is PMM's before it is its watcher's, who rests twice as long as a question took: 0.05 s to 1 s.
    rest=$(((now - asked) * 2))
    rest=$((rest < 5 ? 5 : rest > 100 ? 100 : rest))
    sleep "$((rest / 100)).$((rest / 10 % 10))$((rest % 10))"
  done
  return "$OCF_SUCCESS"
}

# Sets signs: the container's processes, each with the nanoseconds that its first thread has run. They stay the same only
# where nothing runs at all: supervisord, which is process 1 of PMM, looks after its parts every second. Empty where that
# cannot be known, or where a process waits for the disk, which may take its time.
look_at_signs() {
  signs=
  for list in "$group/cgroup.procs" "$group"/*/cgroup.procs "$group"/*/*/cgroup.procs; do
    [ -e "$list" ] || continue
    while read -r process; do
      is_contained "$process" || continue
      ran=
      { read -r ran _ <"/proc/$process/schedstat"; } 2>/dev/null
      if [ -z "$ran" ] || grep -qs '^State:[[:space:]]*D' "/proc/$process/task/"*/status; then
        signs=
        return
      fi
      signs="$signs $process:$ran"
    done <"$list"
  done
}

# Sets first: the container's process 1, as this node numbers it; empty where there is none.
find_first() {
  first=
  for list in "$group/cgroup.procs" "$group"/*/cgroup.procs "$group"/*/*/cgroup.procs; do
    [ -e "$list" ] || continue
    while read -r process; do
      numbers=$(sed -n 's/^NSpid:[[:space:]]*//p' "/proc/$process/status" 2>/dev/null)
      case $numbers in *[0-9][[:space:]]1) first=$process ;; esac
    done <"$list"
  done
}

# Asks the container's process 1 to end in order, as podman does, where it may not have been asked.
ask_to_end() {
  find_group && find_first
  [ -z "$first" ] || kill -TERM "$first" 2>/dev/null
}

# Until the container is gone, at most until the clock says $1 (hundredths of a second since boot).
wait_gone() {
  while is_alive; do
    look_at_clock
    [ "$now" -lt "$1" ] || return 1
    sleep 0.02
  done
}

# The same with what is done meanwhile: systemd and podman have ten seconds to reach the container, then it is asked
# directly; and a container in which nothing has run for thirty seconds hangs, and would not end in any time.
wait_ended() {
  ask_at=$((stop_began + 1000))
  look_at=$((stop_began + 500))
  before=
  rest=0.02
  while is_alive; do
    look_at_clock
    [ "$now" -lt "$1" ] || return 1
    if [ "$ask_at" != 0 ] && [ "$now" -ge "$ask_at" ]; then
      ask_to_end
      ask_at=0
      rest=0.1
    fi
    if [ "$now" -ge "$look_at" ]; then
      look_at_signs
      if [ -z "$signs" ] || [ "$signs" != "$before" ]; then
        before=$signs
        unchanged_since=$now
      elif [ $((now - unchanged_since)) -ge 2500 ]; then
        ocf_log warn "nothing has run in PMM's container for 25 s: it hangs, and cannot end in order"
        return 1
      fi
      look_at=$((now + 500))
    fi
    sleep "$rest"
  done
}

# Without systemd and podman: the kernel ends all processes of the group.
kill_group() {
  if [ -w "$group/cgroup.kill" ]; then
    echo 1 >"$group/cgroup.kill"
  else
    for process in $(processes); do kill -KILL "$process" 2>/dev/null; done
  fi
}

pmm_stop() {
  rm -f "$missed_file" "$note" "$note.new" "$login_note"
  # The last part of the time is for a hard end, all before it for a clean one. A container that runs is waited for, and
  # not what podman clears away after it. Where none runs, podman may be about to start one: systemd has to say that it is
  # over. Ignoring dependencies: at a shutdown the unit's own stop waits for Pacemaker's, which waits for this one.
  patience=$((limit > 90 ? limit - 30 : limit * 2 / 3))
  look_at_clock
  stop_began=$now
  if is_alive; then
    errors=$(timeout -k 1 "$(least 10 "$patience")" systemctl stop --no-block --job-mode=ignore-dependencies "$unit" 2>&1)
  else
    errors=$(timeout -k 1 "$patience" systemctl stop --job-mode=ignore-dependencies "$unit" 2>&1)
  fi
  status=$?
  if is_alive; then
    if [ "$status" -ne 0 ]; then
      ocf_log warn "systemctl stop $unit failed ($status${errors:+, $errors}): asking PMM's first process to end"
      ask_to_end
    fi
    if ! wait_ended $((stop_began + patience * 100)); then
      look_at_clock
      ocf_log warn "$unit has not stopped in $(((now - stop_began) / 100)) s (systemctl stop: $status${errors:+, $errors}): killing the container"
      kill_group
    fi
  fi
  look_at_clock
  wait_gone $((now + (limit > 90 ? 25 : limit / 5 + 1) * 100)) || {
    ocf_exit_reason "processes of $unit cannot be killed: $(processes | tr '\n' ' ')(they hang in the kernel, probably on the disk)"
    return "$OCF_ERR_GENERIC"
  }
  # A unit that failed before is forgiven; one that is still ending says later how it ended, and the next start asks neither.
  timeout -k 1 5 systemctl reset-failed "$unit" >/dev/null 2>&1
  return "$OCF_SUCCESS"
}

# Asks once in each run of PMM, and again only while the password is the first one: Grafana locks the user admin for five
# minutes after five wrong logins, and a right one counts for nothing.
look_at_login() {
  read -r login 2>/dev/null <"$login_note" || login=
  [ "$login" != changed ] || return 0
  said=$(printf 'user = "admin:admin"\n' | curl --config - --silent --insecure --noproxy '*' --max-time "$OCF_RESKEY_request_timeout" \
    --output /dev/null --write-out '%{http_code}' "$(printf '%s' "$OCF_RESKEY_url" | sed 's,/readyz$,/version,')" 2>/dev/null)
  case $said in
  200) found=default ;;
  401) found=changed ;;
  # No answer is no statement about the password.
  *) return 0 ;;
  esac
  [ "$found" = "$login" ] || { mkdir -p "${login_note%/*}" && echo "$found" >"$login_note"; }
}

pmm_monitor() {
  if ! is_alive; then
    rm -f "$missed_file"
    if ! ocf_is_probe && timeout -k 1 5 systemctl --quiet is-failed "$unit" 2>/dev/null; then
      ocf_exit_reason "PMM's container has ended by itself, its last words: $(container_words)"
      return "$OCF_ERR_GENERIC"
    fi
    return "$OCF_NOT_RUNNING"
  fi
  # A probe asks where it runs, not how well; and it comes before the tools are known to be there.
  if ocf_is_probe || is_ready "$(least "$OCF_RESKEY_request_timeout" "$((limit > 3 ? limit - 2 : 1))")"; then
    rm -f "$missed_file"
    ocf_is_probe || look_at_login
    return "$OCF_SUCCESS"
  fi
  missed=0
  # A file cut short by a power loss counts as none.
  [ ! -r "$missed_file" ] || read -r missed <"$missed_file" || :
  case $missed in '' | *[!0-9]*) missed=0 ;; esac
  missed=$((missed + 1))
  echo "$missed" >"$missed_file"
  if [ "$missed" -ge "$OCF_RESKEY_failures" ]; then
    ocf_exit_reason "PMM runs, but $OCF_RESKEY_url did not answer 200 in $missed checks in a row (last answer: $answer)"
    return "$OCF_ERR_GENERIC"
  fi
  ocf_log warn "PMM did not answer 200 (but $answer), $missed of $OCF_RESKEY_failures checks"
  return "$OCF_SUCCESS"
}

case ${1:-} in
  meta-data) meta_data ;;
  start) pmm_start ;;
  stop) pmm_stop ;;
  monitor | status) pmm_monitor ;;
  validate-all) pmm_validate ;;
  usage | help)
    echo "usage: $0 {start|stop|monitor|validate-all|meta-data}"
    ;;
  *)
    echo "usage: $0 {start|stop|monitor|validate-all|meta-data}" >&2
    exit "$OCF_ERR_UNIMPLEMENTED"
    ;;
esac
