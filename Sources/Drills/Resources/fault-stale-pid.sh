# Has the pid file of PMM's PostgreSQL name a number that will be alive in PMM's next container, as a power cut leaves it by
# chance (percona/pmm#4796): one in the middle of VictoriaMetrics' threads, whose numbers every start gives out again.
# PostgreSQL looks at the file once a minute and ends when it names another process, so the power cut must follow at once.
for group in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
  group=$group/system.slice/$UNIT.service
  [ ! -d "$group" ] || break
done
number=
processes=$(find "$group" -name cgroup.procs -exec cat {} +) || {
  echo "PMM's control group $group cannot be read on this node: is it the active one? See: pmm-ha status" >&2
  exit 1
}
for process in $processes; do
  name=$(cat "/proc/$process/comm" 2>/dev/null) || continue
  case $name in
  victoria-metri*)
    # The last figure is the number in the container.
    number=$(sed -n 's/^NSpid:.*[[:blank:]]//p' "/proc/$process"/task/*/status | sort -n |
      awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }')
    ;;
  esac
done
[ -n "$number" ] || {
  echo "no process of PMM's VictoriaMetrics runs in $UNIT on this node, so no number is known that will be alive" >&2
  exit 1
}
changed=
for file in "$MOUNT"/postgres*/postmaster.pid; do
  [ -f "$file" ] || continue
  sed "1s/.*/$number/" "$file" >"$file.drill"
  cat "$file.drill" >"$file"
  rm -f "$file.drill"
  changed=yes
done
[ -n "$changed" ] || {
  echo "there is no postmaster.pid below $MOUNT/postgres*: does PMM's PostgreSQL run?" >&2
  exit 1
}
sync -f "$MOUNT"
