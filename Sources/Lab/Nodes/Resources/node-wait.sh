#!/bin/sh
# Waits until a node answers ssh.
#
#   node-wait.sh LAB_DIR NODE SECONDS
set -eu
# shellcheck source=lab-common.sh
. "$(dirname "$0")/lab-common.sh"
read_lab
read_node "$2"
# Emulated, the first connections of a boot are slow, and trying anew makes them slower.
patience=2
[ "$accelerator" != tcg ] || patience=30
end=$(($(date +%s) + $3))
until ssh -F "$lab_dir/ssh_config" -o BatchMode=yes -o ConnectTimeout=$patience "$node" true </dev/null >"$node_dir/ssh.log" 2>&1; do
	populated "$lab_cgroup/$node" || {
		echo "node $node went off while it booted; the end of its console:" >&2
		tail -n 15 "$node_dir/console.log" >&2
		exit 1
	}
	[ "$(date +%s)" -lt "$end" ] || {
		echo "node $node did not answer ssh within $3 s: $(tail -n 1 "$node_dir/ssh.log"); see $node_dir/console.log" >&2
		exit 1
	}
	sleep 0.05
done
