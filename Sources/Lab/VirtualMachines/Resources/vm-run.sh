#!/bin/sh
# A virtual node while it has power: becomes QEMU, in the node's control group and
# the lab's network namespace. node-power.sh starts it.
#
#   vm-run.sh LAB_DIR NODE DISK [MEMORY]
#
# It boots from its disk. Only with MEMORY, a file of vm-save.sh's, it waits with
# what it had in its memory then, until vm-restore.sh lets it go on.
set -eu
# shellcheck source=../../Nodes/Resources/lab-common.sh
. "$(dirname "$0")/lab-common.sh"
read_lab
read_node "$2"
disk=$3
memory=${4:-}
# Relative from here: a socket's path has 108 bytes at the most.
cd "$node_dir"
rm -f monitor
plug_cables &

set -- qemu-system-x86_64 -name "$node" -nodefaults -no-user-config -display none \
	-machine q35,sata=off,smbus=off,usb=off,vmport=off -smp 1 -m "$memory_size" \
	-kernel "$lab_image/vmlinux" -initrd "$lab_image/initrd" \
	-append "console=ttyS0 quiet loglevel=4 net.ifnames=0 mitigations=off audit=0 lsm=yama no_timer_check" \
	-qmp unix:monitor,server=on,wait=off \
	-chardev file,id=console,path=console.log,append=on -serial chardev:console \
	-device virtio-rng-pci
case $accelerator in
kvm) set -- "$@" -accel kvm -cpu host ;;
*)
	# qemu64 and more processors were slower. An emulated node that waits for this
	# machine's other work misses its time-outs and is fenced: it goes first. Where
	# the scheduler groups sessions (sched(7)), it is the group that counts.
	echo -10 2>/dev/null >/proc/self/autogroup || true
	set -- nice -n -10 "$@" -accel tcg,thread=multi,tb-size=512 -cpu max
	;;
esac

# Its own disks. A flush need not reach this machine's disk: a node's power cut
# does not touch this machine's memory.
for own in root.qcow2 own.img; do
	set -- "$@" -drive "if=none,id=${own%.*},file=$own,format=$(echo "$own" | sed 's/.*qcow2/qcow2/; s/.*img/raw/'),cache=unsafe,aio=threads" \
		-device "virtio-blk-pci,drive=${own%.*},serial=lab-${own%.*}"
done
# The shared ones, under the serials by which both nodes find them:
# /dev/disk/by-id/virtio-pmm-sh and -pmm-sbd. QEMU's own lock would keep the second node out.
if [ "$index" -le 2 ]; then
	for shared in sh:"$disk" sbd:"$lab_dir/sbd.img"; do
		set -- "$@" -blockdev "driver=file,filename=${shared#*:},node-name=${shared%%:*},locking=off,aio=threads" \
			-device "virtio-blk-pci,drive=${shared%%:*},share-rw=on,serial=pmm-${shared%%:*}"
	done
fi
for ring in 0 1; do
	set -- "$@" -netdev "tap,id=ring$ring,ifname=n${index}r$ring,script=no,downscript=no" \
		-device "virtio-net-pci,netdev=ring$ring,mac=52:54:00:70:0$index:0$ring"
done
[ -z "$memory" ] || set -- "$@" -incoming "exec:cat '$memory'"
exec "$@"
