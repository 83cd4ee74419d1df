#!/bin/sh
# The lab's own network: a namespace with two bridges in it and no way out.
#
#   network-up.sh LAB_DIR
#
# Bridge ring0 carries clients, ssh and the first corosync link, ring1 the second
# link. The namespace's own addresses on ring0 are the outside client (.1) and the
# BMCs. Done again, it repairs what is missing.
set -eu
# shellcheck source=lab-common.sh
. "$(dirname "$0")/lab-common.sh"
read_lab

if ! in_lab true 2>/dev/null; then
	# A name without a namespace behind it is what an interrupted `ip netns add` leaves.
	ip netns delete "$netns" 2>/dev/null || rm -f "/run/netns/$netns"
	ip netns add "$netns"
fi
in_lab ip link set lo up
for ring in 0 1; do
	in_lab ip link show "ring$ring" >/dev/null 2>&1 ||
		in_lab ip link add "ring$ring" type bridge stp_state 0 forward_delay 0 mcast_snooping 0
	# A bridge takes the lowest address of its cards, and when that changes, as at a node's power cut, the kernel forgets all
	# that the client in it knows of its neighbours: it would find the virtual IP sooner than a machine beside the nodes.
	in_lab ip link set "ring$ring" address "06:00:c6:33:6$((4 + ring)):01" up
	in_lab ip address replace "198.51.$((100 + ring)).1/24" dev "ring$ring"
done
for name in $lab_nodes; do
	read_node "$name"
	in_lab ip address replace "$bmc_address/24" dev ring0
done
