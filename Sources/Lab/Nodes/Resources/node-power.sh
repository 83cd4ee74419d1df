#!/bin/sh
# A node's power button: what its BMC presses, and `pmm-ha lab power`.
#
#   node-power.sh LAB_DIR NODE on|off|status|reset
#   node-power.sh LAB_DIR NODE wake MEMORY      on, with the memory of a snapshot (virtual machines)
#
# `off` is a power cut: the network cards go dark, every process of the node gets
# SIGKILL at once, and it returns when none is left. A mount namespace dies with
# its last process, and with it the node's hold on the shared disk.
# `status` prints on, off or frozen.
set -eu
# shellcheck source=lab-common.sh
. "$(dirname "$0")/lab-common.sh"
read_lab
read_node "$2"
group=$lab_cgroup/$node

note() { printf '%s %s\n' "$(date +%s.%3N)" "$*" >>"$node_dir/power.log"; }

power_off() {
	populated "$group" || return 0
	note off
	printf 'link set n%sr0 down\nlink set n%sr1 down\n' "$index" "$index" |
		in_lab ip -force -batch - 2>/dev/null || true
	kill_cgroup "$group" || {
		echo "node $node: a process did not die within 5 s" >&2
		return 1
	}
	note dead
}

# power_on [MEMORY]
power_on() {
	! populated "$group" || return 0
	disk=$(sh "$(dirname "$0")/$lab_driver-disk.sh" "$lab_dir")
	# Cards of a node just dead may not be gone yet, and the new ones have their names.
	for ring in 0 1; do in_lab ip link delete "n${index}r$ring" 2>/dev/null || true; done
	mkdir -p "$lab_cgroup"
	note on
	into_cgroup "$group" \
		nsenter --net="/run/netns/$netns" unshare --mount --propagation private \
		sh "$(dirname "$0")/$lab_driver-run.sh" "$lab_dir" "$node" "$disk" "$@" 9>&- >>"$node_dir/console.log" 2>&1
	becomes_true "node $node did not start; see $node_dir/console.log" populated "$group"
}

if [ "$3" = status ]; then
	if ! populated "$group"; then
		echo off
	elif grep -q '^frozen 1' "$group/cgroup.events"; then
		echo frozen
	else
		echo on
	fi
	exit 0
fi

# Two fingers on one button: the second waits.
exec 9>"$node_dir/power.lock"
flock 9
case $3 in
on) power_on ;;
off) power_off ;;
reset)
	power_off
	power_on
	;;
wake)
	power_off
	power_on "$4"
	;;
*)
	echo "node-power.sh: on, off, reset, wake or status, not '$3'" >&2
	exit 2
	;;
esac
