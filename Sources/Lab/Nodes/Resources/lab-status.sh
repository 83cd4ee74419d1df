#!/bin/sh
# What of a lab is there, one thing a line: `network on`, `node NAME POWER`,
# `bmc NAME on|off`, `forward PORT on|off`, `disk DEVICE`; of virtual machines
# `share on|off`, what serves the shared directory.
#
#   lab-status.sh LAB_DIR
set -eu
# shellcheck source=lab-common.sh
. "$(dirname "$0")/lab-common.sh"
read_lab
on_off() { if populated "$lab_cgroup/$1"; then echo on; else echo off; fi; }

if in_lab true 2>/dev/null; then echo network on; else echo network off; fi
for name in $lab_nodes; do
	echo "node $name $(sh "$(dirname "$0")/node-power.sh" "$lab_dir" "$name" status)"
	echo "bmc $name $(on_off "bmc-$name")"
done
[ ! -e "$lab_dir/forward.port" ] || echo "forward $(cat "$lab_dir/forward.port") $(on_off forward)"
if [ "$lab_driver" = vm ]; then
	echo "share $(on_off share)"
	! in_lab test -e "$lab_dir/shared.img" 2>/dev/null || echo "disk $lab_dir/shared.img"
	exit 0
fi
echo "disk $(losetup --noheadings --output NAME --associated "$lab_dir/shared.img" 2>/dev/null | head -n 1)"
