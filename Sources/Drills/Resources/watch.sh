# Looks every 50 ms at what this node holds of the service, by what the kernel says, until nobody listens:
#
#   EPOCH_MS EPOCH_MS_BEFORE NODE on [mount] [address] [pmm]
#
# A line when something changed, and one a second. But for the pause between two looks no process is started.
read -r up _ </proc/uptime
boot=$(($(date +%s%3N) - ${up%.*}${up#*.}0))
for group in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
  [ ! -d "$group/system.slice" ] || break
done
events=$group/system.slice/$UNIT.service/cgroup.events
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
  if [ -r "$events" ]; then
    while read -r key value; do
      [ "$key $value" != 'populated 1' ] || state="$state pmm"
    done <"$events"
  fi 2>/dev/null
  if [ "$state" != "$said" ] || [ $((now - last)) -ge 1000 ]; then
    echo "$now ${before:-$now} $NODE $state" || exit 0
    said=$state last=$now
  fi
  before=$now
  sleep 0.05
done
