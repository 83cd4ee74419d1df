#!/bin/sh
# Parts the two nodes from one another, on both rings, while clients and BMCs go on hearing both; or joins them again.
#
#   network-partition.sh LAB_DIR part|join
#
# An isolated port of a bridge hears only ports that are not (bridge(8)), and the bridge itself. The mark is for a node
# that boots meanwhile: its new cards are isolated, too (node-run.sh).
set -eu
# shellcheck source=../../Nodes/Resources/lab-common.sh
. "$(dirname "$0")/lab-common.sh"
read_lab
case $2 in
part) state=on && : >"$lab_dir/parted" ;;
join) state=off && rm -f "$lab_dir/parted" ;;
*)
	echo "network-partition.sh: part or join, not '$2'" >&2
	exit 2
	;;
esac
for name in $lab_nodes; do
	read_node "$name"
	# A third node is none of the cluster's: both go on hearing it.
	[ "$index" -le 2 ] || continue
	populated "$lab_cgroup/$node" || continue
	for ring in 0 1; do in_lab ip link set "n${index}r$ring" type bridge_slave isolated "$state"; done
done
