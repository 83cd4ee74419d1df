# Sends SIGNAL to processes of PMM's container: to those called WHO, or to all but podman's own monitor of it.
for group in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
  group=$group/system.slice/$UNIT.service
  [ ! -d "$group" ] || break
done
found=
processes=$(find "$group" -name cgroup.procs -exec cat {} + 2>/dev/null)
for process in $processes; do
  name=$(cat "/proc/$process/comm" 2>/dev/null) || continue
  case $name in
  conmon | podman) continue ;;
  esac
  [ -z "$WHO" ] || [ "$name" = "$WHO" ] || continue
  kill -s "$SIGNAL" "$process" 2>/dev/null && found=yes
done
[ -n "$found" ] || {
  echo "no process ${WHO:+called $WHO }runs in $UNIT on this node: is it the active one? See: pmm-ha status" >&2
  exit 1
}
