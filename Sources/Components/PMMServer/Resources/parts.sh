#!/bin/sh
# What PMM's supervisord has noted of PMM's parts since it was started. A part of other scripts.
# shellcheck shell=sh

# tail_of BYTES DIRECTORY NAME...: the end of the first file of these names (patterns) in DIRECTORY, never through a symbolic
# link: one that the container has made would lead into the node's own files. Waits at most 3 s (exit status 137): a disk that
# does not answer holds the reader, not us, for its output goes to a shell between, which SIGKILL ends even then.
# shellcheck disable=SC2016 # the inner shell expands
tail_of() {
  timeout -s KILL 3 sh -c '
    x=$(
      exec 2>&1 </dev/null
      bytes=$1 directory=$2
      shift 2
      for name in "$@"; do
        for file in "$directory"/$name; do
          [ ! -L "$directory" ] && [ ! -L "$file" ] || { echo "$file is a symbolic link"; exit 1; }
          [ -f "$file" ] || continue
          exec tail -c "$bytes" -- "$file"
        done
      done
      echo "there is no $1 in /srv/logs"
      exit 1
    )
    s=$?
    printf "%s\n" "$x"
    exit $s' tail_of "$@"
}

# Prints for each part "part NAME STATE ENDED WHEN": STATE is running, starting, exited, fatal, stopped or done; ENDED is how
# often it ended unexpectedly since supervisord started; WHEN is the time of the last such end, DATE,TIME in the container's
# zone, or -. For a part that is down, "said NAME WORDS" holds the last line of its own log. "unknown WHY" where that cannot be
# read. Prints nothing where no container of PMM's runs on this node.
#
# It reads supervisord's log through the root directory of the container's process 1, so it needs neither the mount point nor
# podman, whose `podman exec` starts a process and hangs with podman's locks.
pmm_parts() (
  first=
  for group in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
    for list in "$group"/system.slice/pmm-server.service/cgroup.procs "$group"/system.slice/pmm-server.service/*/cgroup.procs; do
      [ -e "$list" ] || continue
      while read -r process; do
        # NSpid (proc(5)): the number here, then the one in the container.
        numbers=$(sed -n 's/^NSpid:[[:space:]]*//p' "/proc/$process/status" 2>/dev/null) || continue
        case $numbers in *[0-9][[:space:]]1) first=$process ;; esac
      done <"$list"
    done
  done
  [ -n "$first" ] || exit 0
  # Another image than PMM's has other parts, or none.
  read -r program <"/proc/$first/comm" || exit 0
  [ "$program" = supervisord ] || exit 0
  logs=/proc/$first/root/srv/logs
  events=$(tail_of 262144 "$logs" supervisord.log)
  case $? in
  0) ;;
  137)
    echo "unknown supervisord's log did not answer in 3 s"
    exit 0
    ;;
  *)
    echo "unknown ${events:-the log of supervisord cannot be read}"
    exit 0
    ;;
  esac
  # supervisor 4: "2026-11-29 13:00:00,123 INFO spawned: 'postgresql' with pid 14",
  # "... INFO success: postgresql entered RUNNING state, ...", "... WARN exited: postgresql (exit status 1; not expected)",
  # "... INFO gave up: postgresql entered FATAL state, ...", "... INFO stopped: nginx (exit status 0)".
  states=$(printf '%s\n' "$events" | awk '
    / supervisord started with pid / { split("", state); split("", ended); split("", last); next }
    { name = $5; gsub("[^A-Za-z0-9_.:-]", "", name) }
    $4 == "spawned:" { state[name] = "starting" }
    $4 == "success:" { state[name] = "running" }
    $4 == "stopped:" { state[name] = "stopped" }
    $4 == "exited:" && /; expected\)/ { state[name] = "done" }
    $4 == "exited:" && !/; expected\)/ { state[name] = "exited"; ended[name]++; last[name] = $1 "," substr($2, 1, 8) }
    $4 == "gave" && $5 == "up:" { name = $6; gsub("[^A-Za-z0-9_.:-]", "", name); state[name] = "fatal" }
    END { for (name in state) print name, state[name], ended[name] + 0, (name in last ? last[name] : "-") }' | sort)
  [ -n "$states" ] || echo "unknown supervisord's log names no part"
  printf '%s\n' "$states" | while read -r name state ended when; do
    [ -n "$name" ] || continue
    echo "part $name $state $ended $when"
    case $state in exited | fatal) ;; *) continue ;; esac
    words=$(tail_of 2000 "$logs" "$name*.log") || continue
    printf 'said %s ' "$name"
    printf '%s\n' "$words" | tr -d '\000-\010\013-\037\177' | awk 'NF { line = $0 } END { print substr(line, 1, 300) }'
  done
)
