#!/bin/sh
# Stops a node in its tracks, or lets it go on: none of its processes runs and
# nothing of it is heard, yet it has power and keeps its memory, as a machine
# whose hypervisor paused it.
#
#   node-freeze.sh LAB_DIR NODE freeze|thaw
set -eu
# shellcheck source=lab-common.sh
. "$(dirname "$0")/lab-common.sh"
read_lab
read_node "$2"
group=$lab_cgroup/$node
populated "$group" || {
	echo "node $node is off: 'pmm-ha lab power on $node' first" >&2
	exit 1
}
frozen() { grep -q '^frozen 1' "$group/cgroup.events"; }

# A container's kernel is the machine's, which would go on answering ARP and TCP
# for it: so its cables are out while it is frozen.
case $3 in
freeze)
	for ring in 0 1; do in_lab ip link set "n${index}r$ring" nomaster; done
	echo 1 >"$group/cgroup.freeze"
	becomes_true "node $node did not freeze" frozen
	;;
thaw)
	echo 0 >"$group/cgroup.freeze"
	for ring in 0 1; do in_lab ip link set "n${index}r$ring" master "ring$ring" up; done
	;;
esac
