#!/bin/sh
# The disks of a lab of virtual machines, as far as they are missing.
#
#   vm-disk.sh LAB_DIR
#
# Prints the shared disk's file. Each node has an overlay over the image that all
# share, and a small disk with its identity and its logs, which this machine can
# read whatever state the node is in.
set -eu
# shellcheck source=../../Nodes/Resources/lab-common.sh
. "$(dirname "$0")/lab-common.sh"
read_lab

# Both nodes may come up at once.
exec 8>"$lab_dir/disk.lock"
flock 8
[ -e "$lab_dir/shared.img" ] || truncate --size "$disk_size" "$lab_dir/shared.img"
[ -e "$lab_dir/sbd.img" ] || truncate --size 16M "$lab_dir/sbd.img"
for name in $lab_nodes; do
	read_node "$name"
	if [ ! -e "$node_dir/own.img" ]; then
		rm -rf "$node_dir/own" "$node_dir/own.new"
		mkdir -p "$node_dir/own/log"
		cp -a "$node_dir/disk" "$node_dir/own/identity"
		mkfs.ext4 -q -O ^metadata_csum -L lab-own -d "$node_dir/own" "$node_dir/own.new" 256M >/dev/null
		mv "$node_dir/own.new" "$node_dir/own.img"
		rm -rf "$node_dir/own"
	fi
	if [ ! -e "$node_dir/root.qcow2" ]; then
		qemu-img create -q -f qcow2 -b "$lab_image/root.img" -F raw "$node_dir/root.new"
		mv "$node_dir/root.new" "$node_dir/root.qcow2"
	fi
done
echo "$lab_dir/shared.img"
