#!/bin/sh
# What a BMC does to its node. ipmi_sim calls it as
#
#   bmc-chassis.sh LAB_DIR NODE get power            -> prints power:0 or power:1
#   bmc-chassis.sh LAB_DIR NODE set power 0|1
#   bmc-chassis.sh LAB_DIR NODE set reset|shutdown 1
set -eu
lab_dir=$1
node=$2
shift 2
# Who pressed, and when, whatever the node's power was: proof of a fencing.
[ "$1" != set ] || printf '%s bmc %s %s\n' "$(date +%s.%3N)" "$2" "${3:-}" >>"$lab_dir/nodes/$node/power.log"
power() { sh "$(dirname "$0")/node-power.sh" "$lab_dir" "$node" "$1" >&2; }

case "$1 $2 ${3:-}" in
'get power '*)
	# A frozen node has power. Saying otherwise makes the cluster take it for dead while it still holds the disk.
	case $(sh "$(dirname "$0")/node-power.sh" "$lab_dir" "$node" status) in
	off) echo power:0 ;;
	*) echo power:1 ;;
	esac
	;;
'set power 0') power off ;;
'set power 1') power on ;;
'set reset '*) power reset ;;
'set shutdown '*) power off ;;
# Boot device and identify light: a lab node has neither.
'get '*) echo "$2:0" ;;
*) ;;
esac
