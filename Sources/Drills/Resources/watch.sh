# Looks every PAUSE seconds at what this node holds of the service, by what the kernel says, until nobody listens:
#
#   EPOCH_MS EPOCH_MS_BEFORE NODE on [mount] [address] [pmm]
#
# A line when something changed, and one a second. But for the pause between two looks no process is started.
read -r up _ </proc/uptime
boot=$(($(date +%s%3N) - ${up%.*}${up#*.}0))
for group in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
  [ ! -d "$group/system.slice" ] || break
done
group=$group/system.slice/$UNIT.service

# Whether a process of PMM's container is there: one in a PID namespace below the node's, for which /proc/PID/status lists
# a number each (proc(5)). Podman's own, which clear away after it, cannot write PMM's data.
contains_one() {
  while read -r process; do
    while read -r key _ below; do
      [ "$key" = NSpid: ] || continue
      [ -z "$below" ] || return 0
      break
    done <"/proc/$process/status"
  done <"$group/cgroup.procs"
  return 1
} 2>/dev/null

said='' last=0 before=''
while :; do
  read -r up _ </proc/uptime
  now=$((boot + ${up%.*}${up#*.}0))
  state=on
  while read -r _ _ _ _ place _; do
    if [ "$place" = "$MOUNT" ]; then
      state="$state mount"
      break
    fi
  done </proc/self/mountinfo
  case $ADDRESS in
  *:*) [ -z "$(ip -oneline -6 address show to "$ADDRESS")" ] || state="$state address" ;;
  *)
    entry=
    while read -r mark word rest; do
      if [ "$entry" = "$ADDRESS" ] && [ "$mark $word $rest" = '/32 host LOCAL' ]; then
        state="$state address"
        break
      fi
      entry=$word
    done </proc/net/fib_trie
    ;;
  esac
  ! contains_one || state="$state pmm"
  if [ "$state" != "$said" ] || [ $((now - last)) -ge 1000 ]; then
    echo "$now ${before:-$now} $NODE $state" || exit 0
    said=$state last=$now
  fi
  before=$now
  sleep "$PAUSE"
done
