#!/bin/sh
# Makes both of a node's cables bad ones, or mends them.
#
#   network-worsen.sh LAB_DIR NODE bad LOSS_PERCENT DELAY_MS
#   network-worsen.sh LAB_DIR NODE mend
#
# The node's card leaves the bridge; a pair of cards of its own takes its place, and worsen.py carries frames between.
set -eu
# shellcheck source=../../Nodes/Resources/lab-common.sh
. "$(dirname "$0")/lab-common.sh"
read_lab
read_node "$2"
group=$lab_cgroup/worsen-$node
kill_cgroup "$group"
for ring in 0 1; do in_lab ip link delete "w${index}r$ring" 2>/dev/null || true; done
populated "$lab_cgroup/$node" || exit 0
case $3 in
bad)
	cards=
	for ring in 0 1; do
		in_lab ip link add "w${index}r$ring" type veth peer name "b${index}r$ring"
		in_lab ip link set "n${index}r$ring" nomaster
		in_lab ip link set "b${index}r$ring" master "ring$ring" up
		# These cards carry frames for others: nobody shall hear of this machine's own addresses through them.
		for card in "n${index}r$ring" "w${index}r$ring"; do
			in_lab sh -c "echo 8 >/proc/sys/net/ipv4/conf/$card/arp_ignore; echo 1 >/proc/sys/net/ipv6/conf/$card/disable_ipv6 || true" 2>/dev/null
		done
		in_lab ip link set "w${index}r$ring" promisc on up
		in_lab ip link set "n${index}r$ring" promisc on
		cards="$cards n${index}r$ring w${index}r$ring"
	done
	# shellcheck disable=SC2086 # a list of words
	into_cgroup "$group" nsenter --net="/run/netns/$netns" python3 -I "$(dirname "$0")/worsen.py" "$4" "$5" $cards >>"$node_dir/worsen.log" 2>&1
	becomes_true "the bad line of $node does not start; see $node_dir/worsen.log" populated "$group"
	;;
mend)
	for ring in 0 1; do
		in_lab ip link set "n${index}r$ring" promisc off
		in_lab ip link set "n${index}r$ring" master "ring$ring" up
	done
	;;
*)
	echo "network-worsen.sh: bad or mend, not '$3'" >&2
	exit 2
	;;
esac
