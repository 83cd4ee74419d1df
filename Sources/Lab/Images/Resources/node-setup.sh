#!/bin/sh
# Turns a bootstrapped Debian into the lab's node root; runs outside of it, as
# mmdebstrap's customize hook.
#
#   node-setup.sh ROOT full|bare|vm PACKAGES
set -eu
root=$1
variant=$2
packages=$3
here=$(dirname "$0")

# --- What a machine has of its own is given to each node later.
rm -f "$root"/etc/ssh/ssh_host_*
: >"$root/etc/machine-id"
rm -f "$root/var/lib/dbus/machine-id" "$root/etc/hostname"
echo '127.0.0.1 localhost' >"$root/etc/hosts"
: >"$root/etc/resolv.conf"

# --- ssh: the lab's key opens every account; password login is off.
cat >"$root/etc/ssh/sshd_config.d/lab.conf" <<-'CONF'
	HostKey /etc/ssh/ssh_host_ed25519_key
	AuthorizedKeysFile /etc/ssh/lab_authorized_keys .ssh/authorized_keys
	PasswordAuthentication no
	PermitRootLogin prohibit-password
	UseDNS no
	MaxStartups 100
	MaxSessions 100
CONF
# Two accounts beside root: one that may sudo and one that may not.
chroot "$root" useradd --create-home --shell /bin/bash ops
chroot "$root" useradd --create-home --shell /bin/bash nosudo
echo 'ops ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/ops"
chmod 440 "$root/etc/sudoers.d/ops"

# --- Addresses: each node's boot reads them from a file of its own.
cat >"$root/etc/systemd/system/lab-network.service" <<-'UNIT'
	[Unit]
	Description=Addresses of this lab node
	DefaultDependencies=no
	Before=network-pre.target network.target network-online.target ssh.service
	Wants=network-pre.target
	ConditionPathExists=/etc/lab/network

	[Service]
	Type=oneshot
	RemainAfterExit=yes
	ExecStart=/sbin/ip -force -batch /etc/lab/network

	[Install]
	WantedBy=sysinit.target network-online.target
UNIT
mkdir -p "$root/etc/lab"
chroot "$root" systemctl --quiet enable lab-network.service ssh.service

# --- A container has no hardware of its own to wait for, and boots in a second
# without what a server would not miss here.
for unit in systemd-udevd.service systemd-udev-trigger.service systemd-timesyncd.service \
	systemd-networkd.service systemd-networkd.socket systemd-resolved.service \
	e2scrub_reap.service e2scrub_all.timer apt-daily.timer apt-daily-upgrade.timer \
	dpkg-db-backup.timer fstrim.timer logrotate.timer man-db.timer \
	lvm2-monitor.service dm-event.socket lvm2-lvmpolld.socket blk-availability.service \
	getty.target console-getty.service systemd-update-utmp.service \
	podman.service podman.socket podman-restart.service podman-auto-update.timer; do
	chroot "$root" systemctl --quiet mask "$unit" 2>/dev/null || true
done
# Logs of a node that lost power are what one wants to read: keep them, and
# write them out early.
mkdir -p "$root/var/log/journal" "$root/etc/systemd/journald.conf.d"
printf '[Journal]\nStorage=persistent\nSyncIntervalSec=5s\nSystemMaxUse=64M\nAudit=no\n' \
	>"$root/etc/systemd/journald.conf.d/lab.conf"

# --- Packages: nodes have no route out; what the full image was made of lies in
# an archive that every node sees.
if [ "$variant" != bare ]; then
	sh "$here/node-cluster.sh" "$root"
	mkdir -p "$packages"
	mv "$root"/var/cache/apt/archives/*.deb "$packages/"
	sh "$here/package-index.sh" "$packages"
fi
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/etc/apt/sources.list.d/*
echo 'deb [trusted=yes] file:/mnt/packages ./' >"$root/etc/apt/sources.list"
