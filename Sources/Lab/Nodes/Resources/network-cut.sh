#!/bin/sh
# Takes a node's cable out of the lab's switch, or puts it back: the node's card
# keeps its link, as when a switch on the way dies.
#
#   network-cut.sh LAB_DIR NODE cut|join RING...     RING: 0 or 1
set -eu
# shellcheck source=lab-common.sh
. "$(dirname "$0")/lab-common.sh"
read_lab
read_node "$2"
verb=$3
shift 3
if [ "$verb" = join ]; then for ring in "$@"; do rm -f "$node_dir/cut.$ring"; done; fi
populated "$lab_cgroup/$node" || {
	echo "node $node is off: it has no network to $verb" >&2
	exit 1
}
for ring in "$@"; do
	case $verb in
	cut)
		# A node that boots meanwhile finds its cable out still.
		: >"$node_dir/cut.$ring"
		in_lab ip link set "n${index}r$ring" nomaster
		;;
	join)
		in_lab ip link set "n${index}r$ring" master "ring$ring" up
		;;
	esac
done
