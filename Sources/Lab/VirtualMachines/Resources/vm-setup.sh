#!/bin/sh
# What a node root needs besides to be a virtual machine's; runs outside of it, after node-setup.sh.
#
#   vm-setup.sh ROOT
set -eu
root=$1

# It has hardware: disks are found by udev, volumes by LVM.
chroot "$root" systemctl --quiet unmask systemd-udevd.service systemd-udev-trigger.service \
	lvm2-monitor.service dm-event.socket lvm2-lvmpolld.socket blk-availability.service
# Installed as an administrator finds them; which of them a node runs is configured later.
for unit in rpcbind.service rpcbind.socket nfs-server.service nfs-blkmap.service iscsid.service iscsid.socket \
	open-iscsi.service rtslib-fb-targetctl.service corosync-qnetd.service corosync-qdevice.service \
	glusterd.service multipathd.service multipathd.socket firewalld.service nfs-client.target nvmf-autoconnect.service \
	nvmefc-boot-connections.service pcsd.service pcsd-ruby.service logd.service; do
	chroot "$root" systemctl --quiet disable "$unit" 2>/dev/null || true
done
# Nothing here waits for them, and an emulated boot would: each program that it starts takes it a tenth of a
# second, and a login's own systemd (user@) five.
for unit in systemd-random-seed.service systemd-pcrphase.service systemd-pcrphase-sysinit.service keyboard-setup.service \
	console-setup.service apparmor.service podman-auto-update.service rpc-gssd.service rpc-svcgssd.service auth-rpcgss-module.service \
	user@.service dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount sys-kernel-tracing.mount \
	sys-fs-fuse-connections.mount systemd-binfmt.service proc-sys-fs-binfmt_misc.automount systemd-remount-fs.service \
	systemd-update-utmp-runlevel.service modprobe@drm.service modprobe@efi_pstore.service modprobe@fuse.service \
	modprobe@loop.service systemd-pstore.service; do
	chroot "$root" systemctl --quiet mask "$unit" 2>/dev/null || true
done
# What systemd runs at each boot and each daemon-reload (10 s where emulated) to find units that this image does not have.
mkdir -p "$root/etc/systemd/system-generators"
for generator in "$root"/usr/lib/systemd/system-generators/*; do
	case ${generator##*/} in
	systemd-fstab-generator | nfs-server-generator) ;;
	*) ln -s /dev/null "$root/etc/systemd/system-generators/${generator##*/}" ;;
	esac
done
# Of the hardware that udev asks about once more at a boot, what these nodes are given later: disks, cards, watchdogs.
# The initrd loaded the modules of the rest.
mkdir -p "$root/etc/systemd/system/systemd-udev-trigger.service.d" "$root/etc/systemd/system/ssh.service.d"
cat >"$root/etc/systemd/system/systemd-udev-trigger.service.d/lab.conf" <<-'CONF'
	[Service]
	ExecStart=
	ExecStart=-udevadm trigger --type=devices --action=add --subsystem-match=block --subsystem-match=net --subsystem-match=misc
CONF
# Its settings were tested when the image was made: testing them costs as long as starting it.
chroot "$root" sh -c 'mkdir -p /run/sshd && ssh-keygen -q -t ed25519 -N "" -f /tmp/key && /usr/sbin/sshd -t -h /tmp/key && rm /tmp/key*'
printf '[Service]\nExecStartPre=\n' >"$root/etc/systemd/system/ssh.service.d/lab.conf"
touch "$root/etc/.updated" "$root/var/.updated"

# Its clock is its own. In a network without a time server the nodes agree with one another.
printf 'DAEMON_OPTS="-F 0"\n' >"$root/etc/default/chrony"
cat >"$root/etc/chrony/chrony.conf" <<-'CONF'
	server 198.51.100.11 iburst minpoll 2 maxpoll 4
	server 198.51.100.12 iburst minpoll 2 maxpoll 4
	local stratum 10 orphan
	allow 198.51.100.0/24
	makestep 0.2 -1
	driftfile /var/lib/chrony/chrony.drift
CONF

mkdir -p "$root/mnt/share" "$root/mnt/packages" "$root/var/lib/lab" "$root/etc/modules-load.d"
cat >"$root/etc/fstab" <<-'FSTAB'
	198.51.100.1:/share /mnt/share nfs4 vers=4.2,hard,noauto,_netdev,x-systemd.automount 0 0
	198.51.100.1:/packages /mnt/packages nfs4 vers=4.2,ro,hard,noauto,_netdev,x-systemd.automount 0 0
FSTAB
echo softdog >"$root/etc/modules-load.d/lab.conf"
# What a server of this shape has no use for.
cat >"$root/etc/modprobe.d/lab.conf" <<-'CONF'
	blacklist psmouse
	blacklist pcspkr
	blacklist i2c_i801
	blacklist lpc_ich
	blacklist intel_agp
	blacklist kvm_amd
	blacklist kvm_intel
	blacklist powernow_k8
CONF
