#!/bin/sh
# Leaves the cluster's packages on a node root as an administrator finds them
# before the first configuration: installed, not configured, not started.
#
#   node-cluster.sh ROOT
set -eu
root=$1

# Debian starts corosync with a cluster of one node as its default.
rm -f "$root/etc/corosync/corosync.conf"
chroot "$root" systemctl --quiet disable corosync.service pacemaker.service 2>/dev/null || true
# What asks for a third vote and what gives it, with the certificates that Debian makes at install.
chroot "$root" systemctl --quiet disable corosync-qdevice.service corosync-qnetd.service 2>/dev/null || true
rm -rf "$root/etc/corosync/qnetd/nssdb"
# sbd hangs itself on pacemaker's start where its package is installed. Not
# masked: pacemaker refuses to start with a masked dependency.
chroot "$root" systemctl --quiet disable sbd.service 2>/dev/null || true
rm -f "$root"/etc/systemd/system/pacemaker.service.requires/sbd.service \
	"$root"/etc/systemd/system/corosync.service.requires/sbd.service

# The nodes share one clock, the machine's: chrony runs, as on a real node, and
# says it is in sync with it, but sets nothing.
mkdir -p "$root/etc/systemd/system/chrony.service.d"
printf '[Unit]\nConditionCapability=\n' >"$root/etc/systemd/system/chrony.service.d/lab.conf"
printf 'DAEMON_OPTS="-F 0 -x"\n' >"$root/etc/default/chrony"
printf 'driftfile /var/lib/chrony/chrony.drift\nlocal stratum 10\n' >"$root/etc/chrony/chrony.conf"
