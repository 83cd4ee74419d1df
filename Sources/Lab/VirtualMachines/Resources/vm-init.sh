#!/bin/busybox sh
# shellcheck shell=dash
# The first program of a virtual node, in its initrd: loads what finds its disks and
# cards, gives it its identity at its first boot, and makes way for systemd.
export PATH=/bin
busybox mkdir -p /proc /dev /root
busybox mount -t proc proc /proc
busybox mount -t devtmpfs dev /dev
for module in /modules/*; do busybox insmod "$module"; done

# vm-accelerator.sh asks only whether it came this far.
if busybox grep -q pmm_ha_try /proc/cmdline; then
	echo "a guest runs here" >/dev/ttyS0
	busybox poweroff -f
fi

tries=0
until [ -b /dev/vdb ]; do
	tries=$((tries + 1))
	[ "$tries" -le 100 ] || exec busybox sh
	busybox sleep 0.1
done
busybox mount -t ext4 -o noatime /dev/vda /root
busybox mount -t ext4 -o noatime /dev/vdb /root/var/lib/lab
if [ ! -e /root/var/lib/lab/used ]; then
	busybox cp -a /root/var/lib/lab/identity/. /root/
	busybox cp -a /root/var/log/. /root/var/lib/lab/log/
	busybox sync
	: >/root/var/lib/lab/used
fi
busybox mount -o bind /root/var/lib/lab/log /root/var/log
busybox ip link set eth0 name ring0
busybox ip link set eth1 name ring1
busybox umount /proc
busybox mount --move /dev /root/dev || busybox umount /dev
exec busybox switch_root /root /lib/systemd/systemd
