#!/bin/sh
# Prints a directory with a virtual node's journal, also of a node that is off.
#
#   vm-journal.sh LAB_DIR NODE
#
# The node's own disk is copied, its filesystem brought into order and read: nothing
# is mounted, and the node is not touched.
set -eu
# shellcheck source=../../Nodes/Resources/lab-common.sh
. "$(dirname "$0")/lab-common.sh"
read_lab
read_node "$2"
copy=$node_dir/own.copy
trap 'rm -f "$copy"' EXIT
if populated "$lab_cgroup/$node"; then
	timeout 10 ssh -F "$lab_dir/ssh_config" -o BatchMode=yes "$node" 'journalctl --sync; sync --file-system /var/log' </dev/null >/dev/null 2>&1 || true
fi
cp --sparse=auto "$node_dir/own.img" "$copy"
e2fsck -fy "$copy" >/dev/null 2>&1 || true
rm -rf "$node_dir/journal"
mkdir "$node_dir/journal"
debugfs -R "rdump /log/journal $node_dir/journal" "$copy" >/dev/null 2>&1
echo "$node_dir/journal/journal"
