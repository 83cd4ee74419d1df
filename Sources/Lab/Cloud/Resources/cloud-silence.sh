#!/bin/sh
# Nobody hears the lab's EC2 API: packets to it arrive and none comes back, as when a route or an endpoint is lost. Or it
# is heard again.
#
#   cloud-silence.sh LAB_DIR silent|heard
set -eu
# shellcheck source=../../Nodes/Resources/lab-common.sh
. "$(dirname "$0")/lab-common.sh"
read_lab
while in_lab ip rule delete from "$api_address" 2>/dev/null; do :; done
case $2 in
silent) in_lab ip rule add from "$api_address" prio 10 blackhole ;;
heard) ;;
*)
	echo "cloud-silence.sh: silent or heard, not '$2'" >&2
	exit 2
	;;
esac
