#!/bin/sh
# Brings a lab of virtual machines back to a snapshot: running nodes with the memory
# and the disks that they had.
#
#   vm-restore.sh LAB_DIR [TAG]     without TAG: completes one that was interrupted
#
# A node that is fenced after this boots from its disk, as any other.
set -eu
# shellcheck source=../../Nodes/Resources/lab-common.sh
. "$(dirname "$0")/lab-common.sh"
# shellcheck source=vm-common.sh
. "$(dirname "$0")/vm-common.sh"
read_lab
tag=${2:-$(cat "$lab_dir/restoring" 2>/dev/null || true)}
[ -n "$tag" ] || exit 0
snapshot=$lab_dir/snapshots/$tag
[ -e "$snapshot" ] || {
	echo "lab $lab_name has no snapshot '$tag'; see them: pmm-ha lab snapshot list --name $lab_name" >&2
	exit 1
}
for name in $lab_nodes; do
	[ -e "$snapshot/$name/memory" ] || {
		echo "snapshot '$tag' was made without node $name; take the lab down and make it anew" >&2
		exit 1
	}
done

echo "$tag" >"$lab_dir/restoring"
# Connections to what the nodes were; ssh makes new ones.
kill_cgroup "$lab_cgroup/door"
back() {
	cp --sparse=auto "$1" "$2.new"
	mv "$2.new" "$2"
}
put_back() {
	sh "$(dirname "$0")/node-power.sh" "$lab_dir" "$node" off
	back "$snapshot/$node/own.img" "$node_dir/own.img"
	qemu-img create -q -f qcow2 -b "$snapshot/$node/root.qcow2" -F qcow2 "$node_dir/root.new"
	mv "$node_dir/root.new" "$node_dir/root.qcow2"
}
each_node put_back
# The server would wait half a minute for connections of nodes that are no more.
kill_cgroup "$lab_cgroup/share"
sh "$(dirname "$0")/vm-share.sh" "$lab_dir"
back "$snapshot/shared.img" "$lab_dir/shared.img"
back "$snapshot/sbd.img" "$lab_dir/sbd.img"
# Files keep their inodes, by which the nodes know them.
(
	cd "$lab_dir/share"
	find . -mindepth 1 -path ./images -prune -o -print | sort -r | while read -r file; do
		[ -e "$snapshot/share/$file" ] || rm -rf "$file"
	done
	cp -a "$snapshot/share/." .
)
wake() {
	sh "$(dirname "$0")/node-power.sh" "$lab_dir" "$node" wake "$snapshot/$node/memory"
	monitor woken
}
each_node wake
each_node go_on
rm -f "$lab_dir/restoring"
set_clocks
