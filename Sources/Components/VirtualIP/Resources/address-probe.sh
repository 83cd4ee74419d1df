# Interfaces and addresses of this node, and who answers for the virtual IP.
# ADDRESS. Only where no cluster runs is somebody else asked: one packet, and at most 0.3 s for the answer.
# shellcheck shell=sh disable=SC2154
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
command -v ip >/dev/null || {
  echo "== missing ip"
  exit 0
}
echo "== addresses"
ip -o address show
echo "== links"
ip -o link show
echo "== route"
ip -o route get "$ADDRESS" 2>&1
echo "== neighbour"
for group in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
  if [ -d "$group/system.slice/pacemaker.service" ]; then
    echo "not asked"
    exit 0
  fi
done
# What the kernel remembers of an owner may be half a minute old.
ip neighbour flush to "$ADDRESS" 2>/dev/null
# Whatever the packet is: the kernel must find the address's owner first, and remembers it.
if command -v ping >/dev/null; then
  timeout 1 ping -n -q -c 1 -W 1 "$ADDRESS" >/dev/null 2>&1 &
else
  timeout 1 curl --silent --noproxy '*' --max-time 1 --output /dev/null "http://$ADDRESS:9/" 2>/dev/null &
fi
packet=$!
count=0
while [ "$count" -lt 15 ] && kill -0 "$packet" 2>/dev/null; do
  sleep 0.02
  case $(ip neighbour show to "$ADDRESS" 2>/dev/null) in *REACHABLE*) break ;; esac
  count=$((count + 1))
done
ip neighbour show to "$ADDRESS" 2>/dev/null
# An old entry of the kernel's tells nothing (DELAY), unless the packet itself was answered.
kill "$packet" 2>/dev/null
if wait "$packet" 2>/dev/null; then echo answered; fi
