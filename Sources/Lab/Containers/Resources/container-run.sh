#!/bin/sh
# A node while it has power: runs in its control group, in the lab's network
# namespace and a mount namespace of its own, until the node powers itself off.
#
#   container-run.sh LAB_DIR NODE LOOP
#
# Every mount of the node is made in that mount namespace, so that the kernel
# undoes all of them when the node's last process is dead: a power cut leaves
# nothing to clean up. node-power.sh starts it.
set -eu
# shellcheck source=../../Nodes/Resources/lab-common.sh
. "$(dirname "$0")/lab-common.sh"
read_lab
read_node "$2"
loop=$3

# Made inside, not bound: what unmounts a bound device node takes it away.
minor=$(($(stat -c '0x%T' "$loop")))
major=$(($(stat -c '0x%t' "$loop")))
printf 'b /dev/sdb 0660 root disk - %s:%s\nL /dev/disk/by-id/scsi-pmm-ha-lab-shared - - - - ../../sdb\n' \
	"$major" "$minor" >"$node_dir/disk/etc/tmpfiles.d/lab.conf"

# As udev shows an EBS volume: by its id, without the hyphen.
if [ -n "$volume_serial" ]; then
	printf 'L /dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_%s - - - - ../../sdb\nf /run/udev/data/b%s:%s 0644 root root - I:1\\nE:ID_SERIAL_SHORT=%s\\n\n' \
		"$volume_serial" "$major" "$minor" "$volume_serial" >>"$node_dir/disk/etc/tmpfiles.d/lab.conf"
fi

# A machine without CAP_SYS_RESOURCE cannot give it to a node, and crun needs it
# (RLIMIT_MEMLOCK) to limit devices in a control group of the container's own.
capabilities=$(($(awk '$1 == "CapEff:" { print "0x" $2 }' /proc/self/status)))
if [ $((capabilities >> 24 & 1)) -eq 0 ]; then
	mkdir -p "$node_dir/disk/etc/containers/containers.conf.d"
	printf '[containers]\ncgroups = "disabled"\n' >"$node_dir/disk/etc/containers/containers.conf.d/lab.conf"
fi

# systemd-nspawn leaves files in /run and /tmp when killed; here they are its own.
mount -t tmpfs -o mode=755 lab-run /run
mkdir /run/root /run/containers /run/share
mount --bind "$node_dir/containers" /run/containers
mount --bind "$lab_dir/share" /run/share
mount -t overlay -o "lowerdir=$lab_image/root,upperdir=$node_dir/disk,workdir=$node_dir/work" lab-root /run/root
packages=$(readlink -f "$lab_image/packages")
mkdir /run/packages
mount --bind "$packages" /run/packages
mount -t tmpfs lab-tmp /tmp
cd /

# What a filesystem of FUSE (GlusterFS) and an automount are made with, as on any machine. systemd looks for the latter
# once, before it makes anything in /dev.
devices=
for device in /dev/fuse /dev/autofs; do
	[ ! -c "$device" ] || devices="$devices --bind=$device"
done

# No clock, no modules: a node changes nothing of this machine.
export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
while :; do
	# They come with the container, at a reboot too; the kernel may still be clearing away those of before, which then
	# would be plugged in place of the new ones.
	for ring in 0 1; do
		ip link delete "n${index}r$ring" 2>/dev/null || true
	done
	plug_cables &
	status=0
	# shellcheck disable=SC2086 # a list of options
	systemd-nspawn --quiet --directory=/run/root --machine="$node" --hostname="$node" \
		--boot --register=no --keep-unit --console=pipe \
		--capability=all --drop-capability=CAP_SYS_TIME,CAP_SYS_MODULE \
		--system-call-filter='@known' \
		--private-network --network-veth-extra="n${index}r0:ring0" --network-veth-extra="n${index}r1:ring1" \
		--resolv-conf=off --timezone=off --link-journal=no \
		--bind=/run/containers:/var/lib/containers --bind=/run/share:/mnt/share \
		--bind-ro=/run/packages:/mnt/packages $devices || status=$?
	wait
	# 133 is a reboot, what systemd-nspawn@.service would restart it for.
	[ "$status" -eq 133 ] || exit "$status"
done
