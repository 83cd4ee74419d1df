#!/bin/sh
# What of a lab is there, one thing a line: `network on`, `node NAME POWER`,
# `bmc NAME on|off`, `forward PORT on|off`, `disk DEVICE`; of virtual machines
# `share on|off`, what serves the shared directory; of instances `cloud on|off|silent`, their API.
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
	[ -n "$cloud" ] || echo "bmc $name $(on_off "bmc-$name")"
done
if [ -n "$cloud" ]; then
	state=$(on_off cloud)
	! in_lab ip rule list from "$api_address" 2>/dev/null | grep -q blackhole || state=silent
	echo "cloud $state"
fi
[ ! -e "$lab_dir/forward.port" ] || echo "forward $(cat "$lab_dir/forward.port") $(on_off forward)"
if [ "$lab_driver" = vm ]; then
	echo "share $(on_off share)"
	! in_lab test -e "$lab_dir/shared.img" 2>/dev/null || echo "disk $lab_dir/shared.img"
	exit 0
fi
echo "disk $(losetup --noheadings --output NAME --associated "$lab_dir/shared.img" 2>/dev/null | head -n 1)"
