#!/bin/sh
# Keeps a running lab of virtual machines under a tag: the nodes' memory and all
# disks, as they are at one moment. The nodes stand still for it and go on.
#
#   vm-save.sh LAB_DIR TAG
set -eu
# shellcheck source=../../Nodes/Resources/lab-common.sh
. "$(dirname "$0")/lab-common.sh"
# shellcheck source=vm-common.sh
. "$(dirname "$0")/vm-common.sh"
read_lab
snapshot=$lab_dir/snapshots/$2
[ ! -e "$snapshot" ] || {
	echo "lab $lab_name has a snapshot '$2' already; choose another tag" >&2
	exit 1
}
for name in $lab_nodes; do
	populated "$lab_cgroup/$name" || {
		echo "node $name is off: a snapshot is of running nodes; pmm-ha lab power on $name" >&2
		exit 1
	}
done

new=$lab_dir/snapshots/.$2.new
rm -rf "$new"
# Whatever happens, the nodes go on.
trap 'each_node go_on || true' EXIT
trap 'exit 130' INT TERM HUP
save_node() {
	monitor stop
	mkdir -p "$new/$node"
	monitor migrate-set-parameters '{"max-bandwidth": 10737418240}' migrate "{\"uri\": \"exec:cat >'$new/$node/memory'\"}"
	# Copies are of quiet files: QEMU has let go of its disks.
	cp --sparse=auto root.qcow2 own.img "$new/$node/"
}
each_node save_node
cp --sparse=auto "$lab_dir/shared.img" "$lab_dir/sbd.img" "$new/"
mkdir "$new/share"
(cd "$lab_dir/share" && find . -path ./images -prune -o -print0 | cpio --quiet --null --pass-through --make-directories "$new/share")
mv "$new" "$snapshot"
each_node go_on
trap - EXIT
set_clocks
