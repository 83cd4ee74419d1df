# Interfaces and addresses of this node, and who answers for the virtual IP, ADDRESS; empty where there is none. call-address.sh has called for it
# at the start of the survey, a quarter of a second ago or more; a neighbour answers within a few milliseconds.
# shellcheck shell=sh disable=SC2154
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
command -v ip >/dev/null || {
  section "missing ip"
  exit 0
}
section addresses
ip -o address show
section links
ip -o link show
section route
[ -n "$ADDRESS" ] || {
  section neighbour
  echo 'not asked'
  exit 0
}
ip -o route get "$ADDRESS" 2>&1
section neighbour
for group in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
  if [ -d "$group/system.slice/pacemaker.service" ]; then
    echo "not asked"
    exit 0
  fi
done
entry=$(ip neighbour show to "$ADDRESS" 2>/dev/null)
[ -z "$entry" ] || printf '%s\n' "$entry"
case $entry in
*STALE* | *DELAY* | *PROBE*)
  # An old entry of the kernel's tells nothing, unless a packet is answered now.
  if command -v ping >/dev/null && timeout 1 ping -n -q -c 1 -W 0.3 "$ADDRESS" >/dev/null 2>&1; then echo answered; fi
  ;;
esac
exit 0
