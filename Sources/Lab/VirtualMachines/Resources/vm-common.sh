# What is done to all virtual nodes of a lab; sourced after lab-common.sh.
# shellcheck shell=sh disable=SC2154
scripts=$(cd "$(dirname "$0")" && pwd)

# each_node FUNCTION: side by side, each in its node's directory; fails if one does.
each_node() {
	pids=
	for name in $lab_nodes; do
		(
			read_node "$name"
			cd "$node_dir" || exit
			"$1"
		) &
		pids="$pids $!"
	done
	failed=0
	for pid in $pids; do wait "$pid" || failed=1; done
	return "$failed"
}

# monitor COMMAND...: to the node in whose directory this is.
monitor() { python3 -I "$scripts/monitor.py" monitor "$@"; }

go_on() { monitor cont; }

# A node that stood still, or was brought back, has the time of then.
set_clocks() { each_node set_clock; }
set_clock() {
	# Connecting takes long where the node is emulated: the time is read when that is done.
	# shellcheck disable=SC2029 # this machine's time
	{
		ssh -F "$lab_dir/ssh_config" -o BatchMode=yes "$node" true </dev/null &&
			ssh -F "$lab_dir/ssh_config" -o BatchMode=yes "$node" "date --set @$(date +%s.%N) >/dev/null" </dev/null
	} || {
		echo "node $node does not answer: its clock is late; see $node_dir/console.log" >&2
		return 1
	}
}
