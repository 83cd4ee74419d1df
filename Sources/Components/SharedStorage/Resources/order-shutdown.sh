# Lets systemd stop Pacemaker before it takes the block devices away, at a shutdown. The agent LVM-activate sees to the same
# in /run, at its first start after each boot, with a reload of all units in the middle of a failover; this is there before.
# shellcheck shell=sh disable=SC2154
set -eu
directory=/etc/systemd/system/resource-agents-deps.target.d
umask 022
mkdir -p "$directory"
printf '[Unit]\n# Written by pmm-ha.\nWants=blk-availability.service\nAfter=blk-availability.service\n' >"$directory/pmm-ha.conf"
systemctl daemon-reload
# An order counts among units that run.
systemctl start blk-availability.service || true
