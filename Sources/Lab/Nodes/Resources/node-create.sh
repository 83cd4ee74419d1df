#!/bin/sh
# Gives a node its own disk, over the image that all share, and its identity.
#
#   node-create.sh LAB_DIR NODE
#
# Done once: a node that exists keeps what it is and what was written on it.
set -eu
# shellcheck source=lab-common.sh
. "$(dirname "$0")/lab-common.sh"
read_lab
read_node "$2"
[ ! -e "$node_dir/created" ] || exit 0

rm -rf "$node_dir/disk" "$node_dir/work" "$node_dir/containers"
mkdir -p "$node_dir/disk/etc/ssh" "$node_dir/disk/etc/lab" "$node_dir/disk/etc/tmpfiles.d" "$node_dir/work" "$node_dir/containers"
disk=$node_dir/disk
chmod 755 "$disk" "$disk/etc" "$disk/etc/ssh" "$disk/etc/tmpfiles.d"

echo "$node" >"$disk/etc/hostname"
tr -d - </proc/sys/kernel/random/uuid >"$disk/etc/machine-id"
cp "$lab_dir/ssh_key.pub" "$disk/etc/ssh/lab_authorized_keys"
chmod 644 "$disk/etc/ssh/lab_authorized_keys"
ssh-keygen -q -t ed25519 -N '' -C "$node" -f "$disk/etc/ssh/ssh_host_ed25519_key"

cat >"$disk/etc/lab/network" <<-NETWORK
	link set lo up
	address replace $address0/24 dev ring0
	link set ring0 up
	address replace $address1/24 dev ring1
	link set ring1 up
	route replace default via 198.51.100.1
NETWORK
# Last: what lacks it is made anew.
: >"$node_dir/created"
